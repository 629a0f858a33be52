// Cursors come back as they went, belong to one list, and nothing else is taken for one.
// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/cursor.hpp>

#include "tests/sdk/routes/fake_call.hpp"

namespace {
using namespace gatehouse;

struct Place {
  std::string name;
  std::int64_t number = 0;
  std::optional<Time> seen;
};
BOOST_DESCRIBE_STRUCT(Place, (), (name, number, seen))

FakeCall list(std::vector<std::pair<std::string, std::string>> parameters) {
  FakeCall call;
  call.path_text = "/v1/things";
  call.query_pairs = std::move(parameters);
  return call;
}

TEST(Cursor, ComesBackAsItWent) {
  const FakeCall call = list({});
  const Place places[] = {
      {"", 1, std::nullopt},
      {"a.b\"\\\n", 0, Time(std::chrono::milliseconds(1'767'225'600'123))},
      {"żółć", std::numeric_limits<std::int64_t>::min(), std::nullopt},
      {"\xf4\x8f\xbf\xbf", std::numeric_limits<std::int64_t>::max(), std::nullopt},
  };
  for (const Place& place : places) {
    const std::string cursor = write_cursor(call, place);
    const auto read = read_cursor<Place>(call, cursor);
    ASSERT_TRUE(read) << cursor;
    EXPECT_EQ(read->name, place.name);
    EXPECT_EQ(read->number, place.number);
    EXPECT_EQ(read->seen, place.seen);
    EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"),
              std::string::npos);
  }
}

TEST(Cursor, BelongsToAListWithItsParameters) {
  const std::string cursor =
      write_cursor(list({{"text", "a"}, {"limit", "5"}}), Place{"x", 1, std::nullopt});
  struct Case {
    const char* name;
    std::vector<std::pair<std::string, std::string>> parameters;
    bool same;
  };
  const Case cases[] = {
      {"the same", {{"text", "a"}, {"limit", "5"}}, true},
      {"another order", {{"limit", "5"}, {"text", "a"}}, true},
      {"with the cursor", {{"limit", "5"}, {"cursor", "x"}, {"text", "a"}}, true},
      {"another value", {{"text", "b"}, {"limit", "5"}}, false},
      {"one less", {{"text", "a"}}, false},
      {"one more", {{"text", "a"}, {"limit", "5"}, {"sort", "name"}}, false},
      {"twice", {{"text", "a"}, {"text", "a"}, {"limit", "5"}}, false},
      {"run together", {{"text", "a\nlimit 5"}}, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto read = read_cursor<Place>(list(c.parameters), cursor);
    ASSERT_EQ(read.has_value(), c.same);
    if (c.same) continue;
    EXPECT_EQ(read.error().reason, "cursor_mismatch");
    EXPECT_EQ(read.error().code, ErrorCode::Malformed);
  }
  FakeCall elsewhere = list({{"text", "a"}, {"limit", "5"}});
  elsewhere.path_text = "/v1/others";
  EXPECT_EQ(read_cursor<Place>(elsewhere, cursor).error().reason, "cursor_mismatch");
}

TEST(Cursor, EverythingElseIsRefused) {
  const FakeCall call = list({});
  const std::string good = write_cursor(call, Place{"x", 1, std::nullopt});
  for (const std::string& bad : {std::string(),
                                 std::string("x"),
                                 std::string("AAAA"),
                                 good + "=",
                                 good + "AAAA",
                                 good.substr(0, 10),
                                 good.substr(0, good.size() - 3) + "!!!",
                                 std::string(4000, 'A')}) {
    const auto read = read_cursor<Place>(call, bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().reason, "bad_cursor") << bad;
    EXPECT_EQ(read.error().code, ErrorCode::Malformed);
  }
}

TEST(Cursor, AListIsCutBehindItsLimit) {
  const FakeCall call = list({});
  const auto position = [](std::int64_t number) { return Place{"", number, std::nullopt}; };
  std::vector<std::int64_t> rows = {5, 6, 7};
  const auto next = cut_to_limit(call, rows, 2, position);
  EXPECT_EQ(rows, (std::vector<std::int64_t>{5, 6}));
  ASSERT_TRUE(next);
  EXPECT_EQ(read_cursor<Place>(call, *next)->number, 6);
  EXPECT_FALSE(cut_to_limit(call, rows, 2, position));
  EXPECT_EQ(rows.size(), 2U);
  rows.clear();
  EXPECT_FALSE(cut_to_limit(call, rows, 2, position));
}

}  // namespace
