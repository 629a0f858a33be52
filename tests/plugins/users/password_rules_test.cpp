// What is taken for a password. SPDX-License-Identifier: Apache-2.0
#include "plugins/users/passwords/password_rules.hpp"

#include <gtest/gtest.h>

namespace gatehouse::users {
namespace {

std::string verdict(std::string_view password, const PasswordRules& rules = {}) {
  StoredUser owner;
  owner.username = "lovelace";
  owner.email = "Ada.Byron@example.org";
  owner.first_name = "Augusta Ada";
  const auto fault = judge_password(rules, password, owner);
  return fault ? std::string(fault->code) : "";
}

std::string varied(std::size_t length) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('!' + i * i % 89);
  return text;
}

TEST(PasswordRules, JudgeLengthAndBytes) {
  EXPECT_EQ(verdict("kx7$Qp2m"), "");
  EXPECT_EQ(verdict("kx7$Qp2"), "too_short");
  EXPECT_EQ(verdict("\u00e4\u00f6\u00fcQ7\u00f6\u00fc$"), "") << "8 characters, more bytes";
  EXPECT_EQ(verdict("\u00e4\u00f6\u00fcQ\u00f6\u00fc$"), "too_short");
  EXPECT_EQ(verdict("  blanks  around it "), "");
  EXPECT_EQ(verdict(varied(1024)), "");
  EXPECT_EQ(verdict(varied(1025)), "too_long");
  EXPECT_EQ(verdict(std::string_view("kx7$\0Qp2m", 9)), "invalid");
  EXPECT_EQ(verdict("kx7$Qp2m\xFF"), "invalid");
}

TEST(PasswordRules, RefuseWhatIsCommonOrOnesOwn) {
  for (const char* easy : {"12345678",
                           "Password1!",
                           "LoveLace",
                           "lovelace2026",
                           "ada.byron@example.org",
                           "adabyron",
                           "augusta1",
                           "gatehouse",
                           "aaaaaaaaaaaaaaaa"}) {
    EXPECT_EQ(verdict(easy), "too_easy") << easy;
  }
  EXPECT_EQ(verdict("enchantress of number"), "");
}

TEST(PasswordRules, AskWhatTheOperatorSets) {
  EXPECT_EQ(verdict("kx7$Qp2mRt9", {.min_length = 12}), "too_short");
  EXPECT_EQ(verdict("lovelace", {.min_guesses = 0}), "");
  EXPECT_EQ(verdict("kx7$Qp2m", {.min_guesses = 60}), "too_easy");
}

}  // namespace
}  // namespace gatehouse::users
