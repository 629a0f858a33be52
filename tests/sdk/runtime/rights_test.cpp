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
  const Holders* holders = rights.find(permission);
  return holders != nullptr && holds(who, *holders, permission);
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
