// Which roles hold which permissions. SPDX-License-Identifier: Apache-2.0
#include "sdk/src/runtime/rights.hpp"

#include <gtest/gtest.h>

namespace gatehouse::runtime {
namespace {

ConfigNode scalar(std::string text) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::Scalar;
  node.scalar = std::move(text);
  node.origin = "test.yaml:7";
  return node;
}

ConfigNode map_of(std::vector<ConfigMember> members) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::Map;
  node.members = std::move(members);
  node.origin = "test.yaml:6";
  return node;
}

ConfigNode list_of(const std::vector<std::string>& words) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::List;
  node.origin = "test.yaml:7";
  for (const std::string& word : words) node.items.push_back(scalar(word));
  return node;
}

bool may(const Rights& rights, Principal who, std::string_view permission) {
  const HeldBy* held_by = rights.find(permission);
  return held_by != nullptr && holds(who, *held_by, permission);
}

Principal with_role(Roles roles) {
  Principal who;
  who.user = 1;
  who.roles = roles;
  return who;
}

TEST(Rights, AdminsHoldAllAndAdminReadersWhatReads) {
  Rights rights;
  rights.declare("notes", "notes:read", held_by(Role::Staff));
  rights.declare("notes", "notes:write", held_by(Role::Staff));
  EXPECT_TRUE(rights.freeze().empty());
  EXPECT_TRUE(may(rights, with_role(Role::Admin), "notes:write"));
  EXPECT_TRUE(may(rights, with_role(Role::AdminReader), "notes:read"));
  EXPECT_FALSE(may(rights, with_role(Role::AdminReader), "notes:write"));
  EXPECT_TRUE(may(rights, with_role(Role::Staff), "notes:write"));
  EXPECT_FALSE(may(rights, with_role({}), "notes:read"));
  EXPECT_EQ(rights.of(Role::AdminReader), std::vector<std::string>{"notes:read"});
}

TEST(Rights, ScopesNarrowWhatRolesHold) {
  Rights rights;
  rights.declare("notes", "notes:read", held_by_everybody);
  rights.declare("notes", "notes:write", held_by_everybody);
  Principal who = with_role(Role::Admin);
  who.scopes = {"notes:read", "unknown:thing"};
  EXPECT_TRUE(may(rights, who, "notes:read"));
  EXPECT_FALSE(may(rights, who, "notes:write"));
}

TEST(Rights, TheConfigurationReplacesWhatARoleHolds) {
  Rights rights;
  const ConfigNode policy = map_of(
      {{"roles",
        map_of({{"staff", list_of({"notes:read"})}, {"everybody", list_of({"notes:write"})}})}});
  std::vector<std::string> mistakes;
  rights.configure(&policy, mistakes);
  EXPECT_TRUE(mistakes.empty());
  rights.declare("notes", "notes:read", held_by_everybody);
  rights.declare("notes", "notes:write", held_by(Role::Staff));
  EXPECT_TRUE(rights.freeze().empty());
  EXPECT_TRUE(may(rights, with_role(Role::Staff), "notes:read"));
  EXPECT_FALSE(may(rights, with_role({}), "notes:read"));
  EXPECT_TRUE(may(rights, with_role({}), "notes:write"));
}

TEST(Rights, AConfiguredRoleHoldsItsListAndNothingThroughEverybody) {
  Rights rights;
  const ConfigNode policy = map_of({{"roles", map_of({{"staff", list_of({"users:read"})}})}});
  std::vector<std::string> mistakes;
  rights.configure(&policy, mistakes);
  rights.declare("users", "users:read", held_by_everybody);
  rights.declare("users", "users:write", held_by_everybody);
  rights.declare("notes", "notes:write", held_by(Role::Consultant));
  EXPECT_TRUE(rights.freeze().empty());
  struct Case {
    std::string_view name;
    Roles roles;
    bool reads_users;
    bool writes_users;
    bool writes_notes;
  };
  Roles staff_and_consultant = Role::Staff;
  staff_and_consultant.add(Role::Consultant);
  Roles staff_and_admin = Role::Staff;
  staff_and_admin.add(Role::Admin);
  const Case cases[] = {
      {"the configured role", Role::Staff, true, false, false},
      {"a role that is not configured", Role::Consultant, true, true, true},
      {"both, which hold what each does by itself", staff_and_consultant, true, false, true},
      {"an admin besides", staff_and_admin, true, true, true},
      {"no role", {}, true, true, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(may(rights, with_role(c.roles), "users:read"), c.reads_users) << c.name;
    EXPECT_EQ(may(rights, with_role(c.roles), "users:write"), c.writes_users) << c.name;
    EXPECT_EQ(may(rights, with_role(c.roles), "notes:write"), c.writes_notes) << c.name;
  }
  EXPECT_EQ(rights.of(Role::Staff), std::vector<std::string>{"users:read"});
  EXPECT_EQ(rights.of(Role::AccountAdmin), (std::vector<std::string>{"users:read", "users:write"}));
}

TEST(Rights, KnowWhichRolesHoldAllThatOthersDo) {
  Rights rights;
  const ConfigNode policy =
      map_of({{"roles", map_of({{"consultant", list_of({"notes:read", "notes:publish"})}})}});
  std::vector<std::string> mistakes;
  rights.configure(&policy, mistakes);
  rights.declare("notes", "notes:read", held_by_everybody);
  rights.declare("notes", "notes:publish", held_by(Role::AccountAdmin));
  EXPECT_TRUE(rights.freeze().empty());
  const PolicySettings& settings = rights.settings();
  EXPECT_TRUE(settings.holds_all_of(Role::AccountAdmin, {}));
  EXPECT_FALSE(settings.holds_all_of({}, Role::AccountAdmin));
  EXPECT_TRUE(settings.holds_all_of(Role::Consultant, Role::AccountAdmin));
  EXPECT_TRUE(settings.holds_all_of(Role::Staff, Role::AccountAdmin)) << "staff hold everything";
  EXPECT_FALSE(settings.holds_all_of(Role::AdminReader, Role::AccountAdmin));
  EXPECT_TRUE(settings.holds_all_of(Role::Admin, Roles::from_bits(31)));
}

TEST(Rights, FlagsOfThePolicyAreOffUnlessSet) {
  Rights rights;
  std::vector<std::string> mistakes;
  rights.configure(nullptr, mistakes);
  EXPECT_FALSE(rights.settings().members_may_edit_account);
  EXPECT_FALSE(rights.settings().grant_admin_over_api);
}

TEST(Rights, MistakesInTheConfigurationSayWhereAndWhatWasMeant) {
  Rights rights;
  const ConfigNode policy = map_of(
      {{"roles", map_of({{"staf", list_of({"notes:read"})}, {"staff", list_of({"notes:raed"})}})}});
  std::vector<std::string> mistakes;
  rights.configure(&policy, mistakes);
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0], "test.yaml:7: policy.roles.staf: unknown role (did you mean 'staff'?)");
  rights.declare("notes", "notes:read", held_by_everybody);
  const auto unknown = rights.freeze();
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_EQ(unknown[0],
            "test.yaml:7: policy.roles.staff: no enabled plugin declares the permission "
            "'notes:raed' (did you mean 'notes:read'?)");
}

TEST(Rights, APermissionIsDeclaredOnceAndReadsAreaColonVerb) {
  Rights rights;
  rights.declare("notes", "notes:read", held_by_everybody);
  EXPECT_THROW(rights.declare("other", "notes:read", held_by_everybody), std::invalid_argument);
  for (const char* bad : {"notes", "Notes:read", ":read", "notes:", "a:b:c", ""}) {
    EXPECT_THROW(rights.declare("notes", bad, held_by_everybody), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace gatehouse::runtime
