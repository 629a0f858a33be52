// Cursors come back as they went, and nothing else is taken for one.
// SPDX-License-Identifier: Apache-2.0
#include "plugins/users/user_cursor.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace gatehouse::users {
namespace {

TEST(UserCursor, ComesBackAsItWent) {
  const UserPosition positions[] = {
      {"", 1'767'225'600'000'000, 1},
      {"a.b.c", 0, 7},
      {"żółć", std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()},
  };
  for (const UserPosition& position : positions) {
    const auto read = read_cursor("list", write_cursor("list", position));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text_key, position.text_key);
    EXPECT_EQ(read->number_key, position.number_key);
    EXPECT_EQ(read->number, position.number);
  }
}

TEST(UserCursor, BelongsToOneList) {
  const auto read = read_cursor("another", write_cursor("list", {"", 1, 1}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, "cursor_mismatch");
  EXPECT_EQ(read.error().code, ErrorCode::Malformed);
}

TEST(UserCursor, EverythingElseIsRefused) {
  const std::string good = write_cursor("list", {"x", 1, 1});
  for (std::string bad : {std::string(),
                          std::string("x"),
                          std::string("AAAA"),
                          good + "=",
                          good.substr(0, 10),
                          good.substr(0, good.size() - 3) + "!!!",
                          std::string(4000, 'A')}) {
    const auto read = read_cursor("list", bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().reason, "bad_cursor") << bad;
  }
}

}  // namespace
}  // namespace gatehouse::users
