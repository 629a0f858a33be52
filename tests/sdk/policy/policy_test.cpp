// Every rule of policy.hpp, as a table of who, what, whom. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/sdk/policy/people.hpp"

namespace gatehouse {
namespace {

struct Case {
  std::string_view name;
  Principal who;
  UserObject whom;
  // Read, Edit, Administer, Delete, ResetPassword, Share, HandOver
  std::array<Decision, 7> expected;
};

TEST(Policy, DecidesWhoMayDoWhatToWhom) {
  const Case cases[] = {
      {"somebody over themselves", person({}), self({}), {A, A, D, D, A, A, D}},
      {"somebody over a stranger", person({}), other({}), {U, U, U, U, U, U, U}},
      {"somebody over a colleague",
       person({}, kAccount),
       other({}, kAccount),
       {U, U, U, U, U, U, U}},
      {"an admin over a user", person(Role::Admin), other({}), {A, A, A, A, A, D, D}},
      {"an admin over an admin", person(Role::Admin), other(Role::Admin), {A, A, A, A, A, D, D}},
      {"an admin over themselves", person(Role::Admin), self(Role::Admin), {A, A, A, A, A, A, D}},
      {"an admin-reader over a user", person(Role::AdminReader), other({}), {A, D, D, D, D, D, D}},
      {"an admin-reader over themselves",
       person(Role::AdminReader),
       self(Role::AdminReader),
       {A, A, D, D, A, A, D}},
      {"staff over a user", person(Role::Staff), other({}), {A, A, A, A, A, D, D}},
      {"staff over an account-admin",
       person(Role::Staff),
       other(Role::AccountAdmin, kAccount),
       {A, A, A, A, A, D, D}},
      {"staff over an admin", person(Role::Staff), other(Role::Admin), {A, D, D, D, D, D, D}},
      {"staff over staff", person(Role::Staff), other(Role::Staff), {A, D, D, D, D, D, D}},
      {"staff over an admin-reader",
       person(Role::Staff),
       other(Role::AdminReader),
       {A, D, D, D, D, D, D}},
      {"staff over themselves", person(Role::Staff), self(Role::Staff), {A, A, D, D, A, A, D}},
      {"an account-admin over a user of the account",
       person(Role::AccountAdmin, kAccount),
       other({}, kAccount),
       {A, A, A, A, A, D, D}},
      {"an account-admin over another of the account",
       person(Role::AccountAdmin, kAccount),
       other(Role::AccountAdmin, kAccount),
       {A, A, A, A, A, D, D}},
      {"an account-admin over a consultant of the account",
       person(Role::AccountAdmin, kAccount),
       other(Role::Consultant, kAccount),
       {A, A, A, A, A, D, D}},
      {"an account-admin over an admin of the account",
       person(Role::AccountAdmin, kAccount),
       other(Role::Admin, kAccount),
       {A, D, D, D, D, D, D}},
      {"an account-admin over a user of another account",
       person(Role::AccountAdmin, kAccount),
       other({}, kElsewhere),
       {U, U, U, U, U, U, U}},
      {"an account-admin without an account",
       person(Role::AccountAdmin),
       other({}),
       {U, U, U, U, U, U, U}},
      {"a consultant over a user of a client",
       person(Role::Consultant, kConsultancy),
       other({}, kAccount),
       {A, A, A, A, A, D, D}},
      {"a consultant over an account-admin of a client",
       person(Role::Consultant, kConsultancy),
       other(Role::AccountAdmin, kAccount),
       {A, A, A, A, A, D, D}},
      {"a consultant over a consultant of a client, who reaches the clients' clients",
       person(Role::Consultant, kConsultancy),
       other(Role::Consultant, kAccount),
       {A, D, D, D, D, D, D}},
      {"a consultant over a colleague",
       person(Role::Consultant, kConsultancy),
       other({}, kConsultancy),
       {U, U, U, U, U, U, U}},
      {"a user of a client over one of the consultancy",
       person(Role::AccountAdmin, kAccount),
       other({}, kConsultancy),
       {U, U, U, U, U, U, U}},
      {"a manager over whom they manage", person({}), other({}, 0, 1), {A, A, D, A, D, A, A}},
      {"a manager over a managed user with a role",
       person({}),
       other(Role::Staff, 0, 1),
       {A, D, D, D, D, D, D}},
      {"a manager without an account over whom they manage in one",
       person({}),
       other({}, kAccount, 1),
       {A, A, D, A, D, A, A}},
      {"an admin over who is managed by another",
       person(Role::Admin),
       other({}, 0, 3),
       {A, A, A, A, A, D, D}},
      {"a delegate of a manager over whom that one manages",
       delegate_of({}),
       other({}, 0, 1),
       {U, U, U, U, U, U, U}},
      {"a delegate over whom they act for", delegate_of({}), self({}), {A, D, D, D, D, D, D}},
      {"a delegate of an admin over a user",
       delegate_of(Role::Admin),
       other({}),
       {U, U, U, U, U, U, U}},
      {"an admin making a user", person(Role::Admin), UserObject{}, {A, A, A, A, A, D, D}},
      {"somebody making a user", person({}), UserObject{}, {U, U, U, U, U, U, U}},
  };
  constexpr std::array actions{UserAction::Read,
                               UserAction::Edit,
                               UserAction::Administer,
                               UserAction::Delete,
                               UserAction::ResetPassword,
                               UserAction::Share,
                               UserAction::HandOver};
  for (const Case& c : cases) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      EXPECT_EQ(decide(c.who, actions[i], c.whom, kDefaults), c.expected[i])
          << c.name << ", action " << i;
    }
  }
}

TEST(Policy, DecidesWhoGivesAndTakesRoles) {
  struct RoleCase {
    std::string_view name;
    Principal who;
    Role role;
    UserObject whom;
    Decision give;
    Decision take;
  };
  const RoleCase cases[] = {
      {"nobody makes an admin", person(Role::Admin), Role::Admin, other({}), D, A},
      {"an admin and staff", person(Role::Admin), Role::Staff, other({}), A, A},
      {"an admin and admin-reader", person(Role::Admin), Role::AdminReader, other({}), A, A},
      {"staff gives nothing", person(Role::Staff), Role::AccountAdmin, other({}, kAccount), D, D},
      {"an account-admin and a colleague's consultancy",
       person(Role::AccountAdmin, kAccount),
       Role::Consultant,
       other({}, kAccount),
       A,
       A},
      {"an account-admin and account-admin",
       person(Role::AccountAdmin, kAccount),
       Role::AccountAdmin,
       other({}, kAccount),
       D,
       D},
      {"an account-admin and their own consultancy",
       person(Role::AccountAdmin, kAccount),
       Role::Consultant,
       self(Role::AccountAdmin, kAccount),
       D,
       A},
      {"an account-admin and an admin's consultancy",
       person(Role::AccountAdmin, kAccount),
       Role::Consultant,
       other(Role::Admin, kAccount),
       D,
       D},
      {"a consultant and a client's account-admin",
       person(Role::Consultant, kConsultancy),
       Role::AccountAdmin,
       other({}, kAccount),
       A,
       A},
      {"a consultant and a client's consultancy",
       person(Role::Consultant, kConsultancy),
       Role::Consultant,
       other({}, kAccount),
       D,
       D},
      {"a consultant and a colleague",
       person(Role::Consultant, kConsultancy),
       Role::AccountAdmin,
       other({}, kConsultancy),
       U,
       U},
      {"somebody and themselves", person({}), Role::Staff, self({}), D, D},
      {"somebody and a stranger", person({}), Role::Staff, other({}), U, U},
  };
  for (const RoleCase& c : cases) {
    EXPECT_EQ(decide_role(c.who, RoleChange::Give, c.role, c.whom, kDefaults), c.give)
        << c.name << " (give)";
    EXPECT_EQ(decide_role(c.who, RoleChange::Take, c.role, c.whom, kDefaults), c.take)
        << c.name << " (take)";
  }
}

TEST(Policy, DecidesWhoWritesWhichField) {
  struct FieldCase {
    std::string_view name;
    Principal who;
    UserObject whom;
    // Names, Profile, Preferences, Organization, Account, Active, Lifetime, Standing; and the
    // recovery address on reading.
    std::string_view expected;
    bool shows_recovery_email;
  };
  const FieldCase cases[] = {
      {"somebody over themselves", person({}), self({}), "AAADDDDD", true},
      {"somebody over a colleague", person({}, kAccount), other({}, kAccount), "UUUUUUUU", false},
      {"an admin over a user", person(Role::Admin), other({}), "AADAAAAA", true},
      {"an admin over an admin", person(Role::Admin), other(Role::Admin), "AADAAAAA", true},
      {"an admin over themselves", person(Role::Admin), self(Role::Admin), "AAAAADAA", true},
      {"an admin-reader over a user", person(Role::AdminReader), other({}), "DDDDDDDD", false},
      {"staff over a user", person(Role::Staff), other({}), "AADAAADA", true},
      {"staff over an account-admin",
       person(Role::Staff),
       other(Role::AccountAdmin, kAccount),
       "AADAAADA",
       true},
      {"staff over staff", person(Role::Staff), other(Role::Staff), "DDDDDDDD", false},
      {"staff over an admin", person(Role::Staff), other(Role::Admin), "DDDDDDDD", false},
      {"staff over an admin-reader",
       person(Role::Staff),
       other(Role::AdminReader),
       "DDDDDDDD",
       false},
      {"staff over themselves", person(Role::Staff), self(Role::Staff), "AAADDDDD", true},
      {"an account-admin over a user of the account",
       person(Role::AccountAdmin, kAccount),
       other({}, kAccount),
       "AADADADD",
       false},
      {"an account-admin over staff of the account",
       person(Role::AccountAdmin, kAccount),
       other(Role::Staff, kAccount),
       "DDDDDDDD",
       false},
      {"an account-admin over themselves",
       person(Role::AccountAdmin, kAccount),
       self(Role::AccountAdmin, kAccount),
       "AAAADDDD",
       true},
      {"an account-admin over a stranger",
       person(Role::AccountAdmin, kAccount),
       other({}, kElsewhere),
       "UUUUUUUU",
       false},
      {"a consultant over a user of a client",
       person(Role::Consultant, kConsultancy),
       other({}, kAccount),
       "AADADADD",
       false},
      {"a consultant over a colleague",
       person(Role::Consultant, kConsultancy),
       other({}, kConsultancy),
       "UUUUUUUU",
       false},
      {"a manager over whom they manage", person({}), other({}, 0, 1), "DADDDDDD", false},
      {"a manager over a managed user with a role",
       person({}),
       other(Role::Staff, 0, 1),
       "DDDDDDDD",
       false},
      {"a delegate over whom they act for", delegate_of({}), self({}), "DDDDDDDD", false},
      {"a delegate of an admin", delegate_of(Role::Admin), self(Role::Admin), "DDDDDDDD", false},
      {"an admin making a user", person(Role::Admin), UserObject{}, "AADAAAAA", true},
      {"an account-admin making one of the account",
       person(Role::AccountAdmin, kAccount),
       UserObject{0, kAccount, 0, 0, {}},
       "AADADADD",
       false},
  };
  constexpr std::array fields{UserField::Names,
                              UserField::Profile,
                              UserField::Preferences,
                              UserField::Organization,
                              UserField::Account,
                              UserField::Active,
                              UserField::Lifetime,
                              UserField::Standing};
  for (const FieldCase& c : cases) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Decision expected = c.expected[i] == 'A' ? A : c.expected[i] == 'D' ? D : U;
      EXPECT_EQ(decide_field(c.who, fields[i], c.whom, kDefaults), expected)
          << c.name << ", field " << i;
    }
    EXPECT_EQ(shows_recovery_email(c.who, c.whom, kDefaults), c.shows_recovery_email) << c.name;
  }
}

TEST(Policy, ApiAccessIsNotAskedOfAdminsAndStaff) {
  for (std::uint32_t bits = 0; bits < 32; ++bits) {
    Principal who = person(Roles::from_bits(bits));
    EXPECT_TRUE(may_use_api(who));
    who.api_access = false;
    EXPECT_EQ(may_use_api(who), who.roles.has(Role::Admin) || who.roles.has(Role::Staff)) << bits;
    who.actor = 9;
    EXPECT_FALSE(may_use_api(who)) << bits;
  }
}

// No field of somebody who reaches further is anybody's to write, but what a manager or the user
// writes of themselves.
TEST(Policy, NoFieldOfSomebodyWhoReachesFurtherIsWritten) {
  constexpr std::array fields{UserField::Names,
                              UserField::Profile,
                              UserField::Organization,
                              UserField::Account,
                              UserField::Active,
                              UserField::Lifetime,
                              UserField::Standing};
  for (std::uint32_t mine = 0; mine < 32; ++mine) {
    for (std::uint32_t theirs = 0; theirs < 32; ++theirs) {
      for (const std::int64_t account : {std::int64_t{0}, kAccount, kConsultancy, kElsewhere}) {
        const Principal who = person(Roles::from_bits(mine), kAccount);
        const UserObject whom = other(Roles::from_bits(theirs), account);
        if (decide(who, UserAction::ResetPassword, whom, kDefaults) == Decision::Allowed) continue;
        for (const UserField field : fields) {
          EXPECT_NE(decide_field(who, field, whom, kDefaults), Decision::Allowed)
              << mine << " and " << theirs;
        }
      }
    }
  }
}

// Whoever may change somebody could sign in as them: the actor's reach must contain the target's.
TEST(Policy, NobodyChangesSomebodyWhoReachesFurther) {
  const std::int64_t accounts[] = {0, kAccount, kConsultancy, kElsewhere};
  const auto object = [](std::int64_t user, std::int64_t account, std::uint32_t bits) {
    return UserObject{
        user, account, account == kAccount ? kConsultancy : 0, 0, Roles::from_bits(bits)};
  };
  int compared = 0;
  for (std::uint32_t mine = 0; mine < 32; ++mine) {
    for (const std::int64_t my_account : accounts) {
      const Principal who = person(Roles::from_bits(mine), my_account, 1);
      for (std::uint32_t theirs = 0; theirs < 32; ++theirs) {
        for (const std::int64_t their_account : accounts) {
          const UserObject target = object(2, their_account, theirs);
          if (decide(who, UserAction::ResetPassword, target, kDefaults) != Decision::Allowed)
            continue;
          const Principal become = person(Roles::from_bits(theirs), their_account, 2);
          for (std::uint32_t victim = 0; victim < 32; ++victim) {
            for (const std::int64_t victim_account : accounts) {
              const UserObject third = object(3, victim_account, victim);
              if (decide(become, UserAction::Administer, third, kDefaults) != Decision::Allowed)
                continue;
              ++compared;
              // What contracts/v1.md hands out without holding it: account-admins make consultants
              // of the account, and consultants make account-admins of their clients.
              const bool by_handed_out_consultancy =
                  who.roles.has(Role::AccountAdmin) && my_account == their_account &&
                  target.roles.has(Role::Consultant) && third.account_consultancy == my_account;
              const bool by_named_account_admin =
                  who.roles.has(Role::Consultant) && my_account == target.account_consultancy &&
                  target.roles.has(Role::AccountAdmin) && third.account == their_account &&
                  third.roles.has(Role::Consultant);
              ASSERT_TRUE(decide(who, UserAction::Administer, third, kDefaults) ==
                              Decision::Allowed ||
                          by_handed_out_consultancy || by_named_account_admin)
                  << mine << "@" << my_account << " becomes " << theirs << "@" << their_account
                  << " and reaches " << victim << "@" << victim_account;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 1000);
}

bool is_shown(const Visibility& sees, std::int64_t account, std::int64_t consultancy) {
  return sees.all ||
         std::find(sees.accounts.begin(), sees.accounts.end(), account) != sees.accounts.end() ||
         (sees.clients_of != 0 && consultancy == sees.clients_of);
}

bool is_shown(const Visibility& sees, const UserObject& whom) {
  return is_shown(sees, whom.account, whom.account_consultancy) || whom.user == sees.self ||
         (whom.manager != 0 && whom.manager == sees.manager) ||
         (whom.manager == 0 && whom.account != 0 && whom.account == sees.colleagues_in);
}

TEST(Policy, ListsShowWhatSingleReadsShow) {
  const std::int64_t accounts[] = {0, kAccount, kConsultancy, kElsewhere};
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    for (const std::int64_t account : accounts) {
      for (const std::int64_t actor : {std::int64_t{0}, std::int64_t{99}}) {
        const Principal who = asking(bits, account, actor);
        SCOPED_TRACE(testing::Message() << bits << "@" << account << " for " << actor);
        for (const std::int64_t theirs : accounts) {
          for (const UserObject& whom :
               {other({}, theirs), other({}, theirs, 1), self({}, theirs)}) {
            for (const PolicySettings& settings : {kDefaults, among_colleagues()}) {
              EXPECT_EQ(is_shown(visibility(who, settings), whom),
                        decide(who, UserAction::Read, whom, settings) == Decision::Allowed)
                  << whom.user << " of " << theirs;
            }
          }
          const AccountObject object{theirs, theirs == kAccount ? kConsultancy : 0};
          if (theirs == 0) continue;
          EXPECT_EQ(is_shown(visible_accounts(who), theirs, object.consultancy),
                    decide(who, AccountAction::Read, object, kDefaults) == Decision::Allowed)
              << "account " << theirs;
          EXPECT_EQ(is_shown(visible_trail(who), theirs, object.consultancy),
                    decide(who, AccountAction::ReadTrail, object, kDefaults) == Decision::Allowed)
              << "trail of account " << theirs;
        }
      }
    }
  }
}

TEST(Policy, DecidesWhoMayDoWhatToAccounts) {
  struct AccountCase {
    std::string_view name;
    Principal who;
    AccountObject account;
    std::string_view expected;  // Read, Edit, Grant, Administer, ReadTrail
  };
  constexpr AccountObject client{kAccount, kConsultancy};
  constexpr AccountObject consultancy{kConsultancy, 0};
  constexpr AccountObject new_one{0, 0};
  const AccountCase cases[] = {
      {"an admin", person(Role::Admin), client, "AAAAA"},
      {"an admin making one", person(Role::Admin), new_one, "AAAAA"},
      {"an admin-reader", person(Role::AdminReader), client, "ADDDA"},
      {"staff", person(Role::Staff), client, "AADAD"},
      {"staff making one", person(Role::Staff), new_one, "AADAD"},
      {"a member", person({}, kAccount), client, "ADDDD"},
      {"a member of the consultancy", person({}, kConsultancy), client, "UUUUU"},
      {"a member making one", person({}, kAccount), new_one, "UUUDU"},
      {"an account-admin", person(Role::AccountAdmin, kAccount), client, "AADDA"},
      {"an account-admin of another", person(Role::AccountAdmin, kElsewhere), client, "UUUUU"},
      {"an account-admin without account", person(Role::AccountAdmin), new_one, "UUUDU"},
      {"a consultant", person(Role::Consultant, kConsultancy), client, "AADDA"},
      {"a consultant at home", person(Role::Consultant, kConsultancy), consultancy, "ADDDD"},
      {"a consultant of the client", person(Role::Consultant, kAccount), consultancy, "UUUUU"},
      {"a delegate of a member", asking(0, kAccount, 99), client, "UUUUU"},
      {"a delegate of an admin", delegate_of(Role::Admin), client, "UUUUU"},
  };
  constexpr std::array actions{AccountAction::Read,
                               AccountAction::Edit,
                               AccountAction::Grant,
                               AccountAction::Administer,
                               AccountAction::ReadTrail};
  for (const AccountCase& c : cases) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const Decision expected = c.expected[i] == 'A' ? A : c.expected[i] == 'D' ? D : U;
      EXPECT_EQ(decide(c.who, actions[i], c.account, kDefaults), expected)
          << c.name << ", action " << i;
    }
  }
}

TEST(Policy, AdminsAloneMoveUsers) {
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    const Principal who = person(Roles::from_bits(bits), kAccount);
    for (const UserObject& whom : {other({}, kAccount), self({}, kAccount)}) {
      EXPECT_EQ(decide(who, UserAction::Move, whom, kDefaults) == A, who.roles.has(Role::Admin))
          << bits;
    }
  }
}

TEST(Policy, TrailsOfUsersAreReadByThemselvesAndByWhoReadsTheAccounts) {
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    for (const std::int64_t account : {std::int64_t{0}, kAccount, kConsultancy, kElsewhere}) {
      const Principal who = person(Roles::from_bits(bits), account);
      const AccountObject home{kAccount, kConsultancy};
      EXPECT_EQ(decide(who, UserAction::ReadTrail, other({}, kAccount, 1), kDefaults) == A,
                decide(who, AccountAction::ReadTrail, home, kDefaults) == A)
          << bits << "@" << account;
      EXPECT_EQ(decide(who, UserAction::ReadTrail, self({}, account), kDefaults), A);
    }
  }
  EXPECT_NE(decide(delegate_of({}), UserAction::ReadTrail, self({}), kDefaults), A);
}

}  // namespace
}  // namespace gatehouse
