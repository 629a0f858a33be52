// What is said of a user without a database: search words and the name that is shown.
// SPDX-License-Identifier: Apache-2.0
#include "plugins/users/directory/user.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

TEST(UserSearch, SplitsWordsAndKeepsWhatIsQuoted) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(split_search(""), Words{});
  EXPECT_EQ(split_search("  Ada\tLOVELACE "), (Words{"ada", "lovelace"}));
  EXPECT_EQ(split_search("\"ada love\" lace"), (Words{"ada love", "lace"}));
  EXPECT_EQ(split_search("a\"b c\"d"), (Words{"a", "b c", "d"}));
  EXPECT_EQ(split_search("\"never closed"), (Words{"never closed"}));
  EXPECT_EQ(split_search("Straße"), (Words{"strasse"}));
  EXPECT_EQ(split_search("ada\u00a0love\u3000lace\u2003x"), (Words{"ada", "love", "lace", "x"}));
}

TEST(UserSearch, WhatFoldsToNothingBecomesAWordThatIsInNoKey) {
  for (const std::string_view text : {"\u200b", "\u00ad", " ", "\u3000 ", "\"\"", "\"\u2060\""}) {
    const auto words = split_search(text);
    ASSERT_EQ(words.size(), 1U) << text;
    EXPECT_FALSE(words[0].empty()) << text;
    EXPECT_EQ(fold(words[0]), "") << text;
  }
  EXPECT_EQ(split_search("ada \u200b").size(), 2U);
}

TEST(StoredUser, IsShownByNamesThenUsernameThenId) {
  StoredUser user;
  user.id = "65f1c0ffee00000000000001";
  EXPECT_EQ(display_name(user), user.id);
  user.username = "ada";
  EXPECT_EQ(display_name(user), "ada");
  user.last_name = "Lovelace";
  EXPECT_EQ(display_name(user), "Lovelace");
  user.first_name = "Ada";
  EXPECT_EQ(display_name(user), "Ada Lovelace");
}

}  // namespace
}  // namespace gatehouse::users
