// Roles, their names and sets. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/principal.hpp>

namespace gatehouse {
namespace {

TEST(RoleNames, AreThoseOfTheContractAndReadBack) {
  const std::vector<std::string> names = {
      "admin", "admin-reader", "staff", "account-admin", "consultant"};
  std::vector<std::string> found;
  for (const Role role : all_roles()) {
    found.emplace_back(role_name(role));
    EXPECT_EQ(parse_role(role_name(role)), role);
  }
  EXPECT_EQ(found, names);
}

TEST(RoleNames, AreExact) {
  for (const char* text : {"", "Admin", "admin ", "root"}) EXPECT_FALSE(parse_role(text)) << text;
}

TEST(Roles, AreASet) {
  Roles roles = Roles(Role::Staff) | Role::Consultant;
  EXPECT_TRUE(roles.has(Role::Staff));
  EXPECT_FALSE(roles.has(Role::Admin));
  EXPECT_TRUE(roles.contains(Role::Consultant));
  EXPECT_FALSE(Roles(Role::Staff).contains(roles));
  EXPECT_EQ(role_names(roles), (std::vector<std::string>{"staff", "consultant"}));
  EXPECT_EQ(Roles::from_bits(roles.bits()), roles);
}

TEST(Roles, ForgetBitsThatAreNoRole) {
  EXPECT_EQ(Roles::from_bits(1U << 9), Roles());
}

}  // namespace
}  // namespace gatehouse
