// What settings (policy.roles among them) and the scopes of a credential change in the rules of
// policy.hpp. SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include <gtest/gtest.h>

#include "tests/sdk/policy/people.hpp"

namespace gatehouse {
namespace {

// security.md 3: who sets a password, moves an address, gives a role, hands somebody over or
// shares their data can come back without scopes.
TEST(Policy, ScopesBoundWhatACredentialCouldBeExchangedFor) {
  PolicySettings settings;
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    settings.held[bits] = {"notes:read", "users:write"};
    if (bits != 0) settings.held[bits].push_back("accounts:write");
  }
  Principal who;
  who.user = 1;
  who.roles = Role::Admin;
  UserObject plain;
  plain.user = 2;
  UserObject oneself;
  oneself.user = who.user;
  oneself.roles = who.roles;
  UserObject managed;
  managed.user = 4;
  managed.manager = who.user;
  UserObject other_admin;
  other_admin.user = 3;
  other_admin.roles = Role::Admin;
  const auto expect = [&](Decision of_plain, Decision of_admin) {
    EXPECT_EQ(decide(who, UserAction::ResetPassword, plain, settings), of_plain);
    EXPECT_EQ(decide_field(who, UserField::Names, plain, settings), of_plain);
    EXPECT_EQ(decide(who, UserAction::HandOver, managed, settings), of_plain);
    EXPECT_EQ(decide(who, UserAction::Share, managed, settings), of_plain);
    EXPECT_EQ(decide(who, UserAction::Share, oneself, settings), of_plain);
    EXPECT_EQ(decide(who, UserAction::ResetPassword, other_admin, settings), of_admin);
    EXPECT_EQ(decide_field(who, UserField::Names, other_admin, settings), of_admin);
    EXPECT_EQ(decide_role(who, RoleChange::Give, Role::Staff, plain, settings), of_admin);
    EXPECT_EQ(decide(who, AccountAction::Grant, AccountObject{4, 0}, settings), of_admin);
    // What raises nobody's rights.
    EXPECT_EQ(decide(who, UserAction::Delete, plain, settings), Decision::Allowed);
    EXPECT_EQ(decide_field(who, UserField::Active, other_admin, settings), Decision::Allowed);
    EXPECT_EQ(decide_role(who, RoleChange::Take, Role::Staff, other_admin, settings),
              Decision::Allowed);
    EXPECT_EQ(decide_field(who, UserField::Names, UserObject{}, settings), Decision::Allowed);
  };
  expect(Decision::Allowed, Decision::Allowed);
  who.scopes = {{"users:write"}};
  expect(Decision::Denied, Decision::Denied);
  who.scopes = {{"notes:read", "users:write"}};
  expect(Decision::Allowed, Decision::Denied);
  who.scopes = {{"accounts:write", "notes:read", "users:write"}};
  expect(Decision::Allowed, Decision::Allowed);
}

TEST(Policy, MembersEditTheirAccountOnlyWhereTheSettingSaysSo) {
  PolicySettings settings;
  settings.members_may_edit_account = true;
  constexpr AccountObject client{kAccount, kConsultancy};
  EXPECT_EQ(decide(person({}, kAccount), AccountAction::Edit, client, settings), A);
  EXPECT_EQ(decide(person({}, kAccount), AccountAction::Grant, client, settings), D);
  EXPECT_EQ(decide(person({}, kElsewhere), AccountAction::Edit, client, settings), U);
  EXPECT_EQ(decide(asking(0, kAccount, 99), AccountAction::Edit, client, settings), U);
}

TEST(Policy, MembersReadEachOtherOnlyWhereTheSettingSaysSo) {
  PolicySettings settings;
  settings.members_may_read_each_other = true;
  const Principal member = person({}, kAccount);
  const UserObject colleague = other({}, kAccount);
  EXPECT_EQ(decide(member, UserAction::Read, colleague, kDefaults), U);
  EXPECT_EQ(decide(member, UserAction::Read, colleague, settings), A);
  for (const UserAction action : {UserAction::Edit,
                                  UserAction::Administer,
                                  UserAction::Delete,
                                  UserAction::ResetPassword,
                                  UserAction::Move,
                                  UserAction::ReadTrail,
                                  UserAction::Share,
                                  UserAction::HandOver,
                                  UserAction::ReadGrants}) {
    EXPECT_EQ(decide(member, action, colleague, settings), D) << static_cast<int>(action);
  }
  EXPECT_FALSE(shows_recovery_email(member, colleague, settings));
  EXPECT_EQ(decide_field(member, UserField::Names, colleague, settings), D);
  EXPECT_EQ(decide(person({}, kElsewhere), UserAction::Read, colleague, settings), U);
  EXPECT_EQ(decide(asking(0, kAccount, 99), UserAction::Read, colleague, settings), U);
  EXPECT_EQ(decide(person({}, 0), UserAction::Read, other({}, 0), settings), U);
  EXPECT_EQ(decide(member, UserAction::Read, other({}, kAccount, 3), settings), U) << "managed";
  EXPECT_EQ(visible_trail(member).colleagues_in, 0);
}

TEST(Policy, AdminsMakeAdminsOnlyWhereTheSettingSaysSo) {
  PolicySettings settings;
  settings.grant_admin_over_api = true;
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    const Principal who = person(Roles::from_bits(bits), kAccount);
    const UserObject whom = other({}, kAccount);
    EXPECT_EQ(decide_role(who, RoleChange::Give, Role::Admin, whom, settings) == A,
              who.roles.has(Role::Admin))
        << bits;
    EXPECT_NE(decide_role(who, RoleChange::Give, Role::Admin, whom, kDefaults), A) << bits;
  }
}

// A role that policy.roles narrows holds its holders down, and whoever loses it holds more.
TEST(Policy, NobodyHoldsMoreByARoleThatIsTaken) {
  PolicySettings settings;  // consultants hold less than everybody does
  settings.held.fill({"users:read"});
  const Roles both = Roles(Role::AccountAdmin) | Role::Consultant;
  for (const Roles narrowed : {Roles(Role::Consultant), both}) {
    settings.held[narrowed.bits()].clear();
  }
  const Principal who = person(both, kAccount);
  EXPECT_EQ(decide_role(who, RoleChange::Take, Role::Consultant, self(both, kAccount), settings),
            D);
  const UserObject colleague = other(Role::Consultant, kAccount);
  EXPECT_EQ(decide_role(who, RoleChange::Take, Role::Consultant, colleague, settings), D);
  EXPECT_EQ(decide_role(who, RoleChange::Take, Role::Consultant, colleague, kDefaults), A);
  const Principal admin = person(Role::Admin);
  EXPECT_EQ(decide_role(admin, RoleChange::Take, Role::Consultant, colleague, settings), A);
}

// Roles may hold less or more than by default (policy.roles), and then reach is not all.
TEST(Policy, NobodyChangesSomebodyWhoHoldsAPermissionMore) {
  PolicySettings settings;  // account-admins hold something that staff and consultants do not
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    const Roles roles = Roles::from_bits(bits);
    if (roles.has(Role::AccountAdmin) || roles.has(Role::Admin)) {
      settings.held[bits] = {"users:write"};
    }
  }
  const UserObject whom = other(Role::AccountAdmin, kAccount);
  EXPECT_EQ(decide(person(Role::Staff), UserAction::ResetPassword, whom, settings), D);
  EXPECT_EQ(decide(person(Role::Admin), UserAction::ResetPassword, whom, settings), A);
  EXPECT_EQ(decide(person(Role::AccountAdmin, kAccount), UserAction::Delete, whom, settings), A);
  const Principal consultant = person(Role::Consultant, kConsultancy);
  EXPECT_EQ(decide(consultant, UserAction::ResetPassword, whom, settings), D);
  // Nor makes somebody so, for they could sign in as them a moment later.
  const UserObject plain = other({}, kAccount);
  EXPECT_EQ(decide_role(consultant, RoleChange::Give, Role::AccountAdmin, plain, settings), D);
  EXPECT_EQ(decide_role(consultant, RoleChange::Give, Role::AccountAdmin, plain, kDefaults), A);
}

}  // namespace
}  // namespace gatehouse
