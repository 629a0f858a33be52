// What is remembered of a right password, and for how long. SPDX-License-Identifier: Apache-2.0
#include "plugins/users/sign_in/remembered_passwords.hpp"

#include <gtest/gtest.h>

namespace gatehouse::users {
namespace {

class Zeros final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (std::byte& one : bytes) one = std::byte{0};
  }
};

constexpr Time kNoon{std::chrono::hours(12)};

class RememberedPasswordsTest : public testing::Test {
 protected:
  Zeros random_;
};

TEST_F(RememberedPasswordsTest, KnowsOnlyThatUserVersionAndPassword) {
  RememberedPasswords passwords(random_, 10);
  passwords.remember(1, 1, "correct horse", kNoon);
  EXPECT_TRUE(passwords.knows(1, 1, "correct horse", kNoon));
  EXPECT_FALSE(passwords.knows(2, 1, "correct horse", kNoon));
  EXPECT_FALSE(passwords.knows(1, 2, "correct horse", kNoon));
  EXPECT_FALSE(passwords.knows(1, 1, "correct hors", kNoon));
  EXPECT_FALSE(passwords.knows(11, 1, "correct horse", kNoon)) << "parts must not run together";
}

TEST_F(RememberedPasswordsTest, ForgetsAfterFiveMinutes) {
  RememberedPasswords passwords(random_, 10);
  passwords.remember(1, 1, "correct horse", kNoon);
  EXPECT_TRUE(passwords.knows(1, 1, "correct horse", kNoon + std::chrono::seconds(299)));
  EXPECT_FALSE(passwords.knows(1, 1, "correct horse", kNoon + std::chrono::seconds(300)));
  EXPECT_FALSE(passwords.knows(1, 1, "correct horse", kNoon)) << "it is gone, not hidden";
}

TEST_F(RememberedPasswordsTest, TrustsNoClockThatWasSetBack) {
  RememberedPasswords passwords(random_, 10);
  passwords.remember(1, 1, "correct horse", kNoon);
  EXPECT_FALSE(passwords.knows(1, 1, "correct horse", kNoon - std::chrono::seconds(1)));
}

TEST_F(RememberedPasswordsTest, KeepsAtMostItsLimitAndDropsTheOldest) {
  RememberedPasswords passwords(random_, 2);
  passwords.remember(1, 1, "p", kNoon);
  passwords.remember(2, 1, "p", kNoon);
  passwords.remember(1, 1, "p", kNoon);  // seen again: now the youngest
  passwords.remember(3, 1, "p", kNoon);
  EXPECT_TRUE(passwords.knows(1, 1, "p", kNoon));
  EXPECT_FALSE(passwords.knows(2, 1, "p", kNoon));
  EXPECT_TRUE(passwords.knows(3, 1, "p", kNoon));
}

TEST_F(RememberedPasswordsTest, ZeroRemembersNothing) {
  RememberedPasswords passwords(random_, 0);
  passwords.remember(1, 1, "p", kNoon);
  EXPECT_FALSE(passwords.knows(1, 1, "p", kNoon));
}

}  // namespace
}  // namespace gatehouse::users
