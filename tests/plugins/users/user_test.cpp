// What is said of a user without a database: the name that is shown.
// SPDX-License-Identifier: Apache-2.0
#include "plugins/users/directory/user.hpp"

#include <gtest/gtest.h>

namespace gatehouse::users {
namespace {

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
