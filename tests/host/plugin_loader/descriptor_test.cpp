// The grammar of names, versions and requirements, at compile time and in the host.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/descriptor.hpp>

namespace gatehouse {
namespace {

TEST(Descriptor, TakesNamesThatCanBeTablesAndFiles) {
  for (const char* good :
       {"a", "notes", "managed_users", "o365", "abcdefghijklmnopqrstuvwxyz01234"}) {
    EXPECT_TRUE(is_plugin_name(good)) << good;
  }
  for (const char* bad : {"",
                          "Notes",
                          "_notes",
                          "1notes",
                          "no-tes",
                          "no/tes",
                          "../x",
                          "abcdefghijklmnopqrstuvwxyz012345"}) {
    EXPECT_FALSE(is_plugin_name(bad)) << bad;
  }
}

TEST(Descriptor, OrdersVersionsByNumberNotByText) {
  std::string_view nine = "1.9.0";
  std::string_view ten = "1.10";
  EXPECT_LT(*take_version(nine), *take_version(ten));
  EXPECT_TRUE(detail::is_full_version("1.0.0"));
  for (const char* bad :
       {"", "1", "1.0", "1.0.", "1.0.0.0", "1..0", "v1.0.0", "1.0.65536", "1.0.0 "}) {
    EXPECT_FALSE(detail::is_full_version(bad)) << bad;
  }
}

TEST(Descriptor, ReadsRequirements) {
  std::string_view text = "users >= 1.0 < 2, ?audit>=1.2.3,accounts";
  const auto users = take_requirement(text);
  ASSERT_TRUE(users);
  EXPECT_EQ(users->name, "users");
  EXPECT_FALSE(users->optional);
  EXPECT_EQ(users->at_least, (Version{1, 0, 0}));
  EXPECT_EQ(users->below, (Version{2, 0, 0}));
  const auto audit = take_requirement(text);
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->name, "audit");
  EXPECT_TRUE(audit->optional);
  EXPECT_EQ(audit->at_least, (Version{1, 2, 3}));
  EXPECT_FALSE(audit->below);
  const auto accounts = take_requirement(text);
  ASSERT_TRUE(accounts);
  EXPECT_EQ(accounts->name, "accounts");
  EXPECT_FALSE(accounts->at_least);
  EXPECT_TRUE(text.empty());
}

TEST(Descriptor, RefusesRequirementsThatMeanNothing) {
  for (const char* bad : {",",
                          "users,",
                          "users >=",
                          "users > 1",
                          "users 1.0",
                          "users >= 1.0 2",
                          "?",
                          "users < 2 >= 1",
                          "Users",
                          "users >= x",
                          "users;audit"}) {
    EXPECT_FALSE(detail::are_requirements(bad)) << bad;
  }
  EXPECT_TRUE(detail::are_requirements(""));
}

}  // namespace
}  // namespace gatehouse
