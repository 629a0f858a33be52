// What If-Match and If-None-Match mean, by the tables of RFC 9110 8.8.3.2 and 13.1.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/preconditions.hpp"

#include <gtest/gtest.h>

namespace gatehouse::runtime {
namespace {

TEST(TagList, MatchesByTheStrongAndTheWeakComparison) {
  struct Case {
    const char* value;
    bool strongly;
    bool weakly;
  };
  const Case cases[] = {
      {R"("a")", true, true},
      {R"(W/"a")", false, true},
      {R"("b")", false, false},
      {R"("b", "a")", true, true},
      {R"("b",W/"a" , "c")", false, true},
      {R"(, "a" ,,)", true, true},
      {R"("a,b", "a")", true, true},
      {R"("")", false, false},
      {"*", true, true},
      {" * ", true, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.value);
    const auto list = TagList::parse("If-Match", c.value);
    ASSERT_TRUE(list);
    EXPECT_EQ(list->matches_strongly("\"a\""), c.strongly);
    EXPECT_EQ(list->matches_weakly("\"a\""), c.weakly);
  }
}

TEST(TagList, RefusesWhatIsNoListOfTags) {
  for (const char* value : {"",
                            " ",
                            ",",
                            "a",
                            "\"a",
                            "a\"",
                            "\"a\" \"b\"",
                            "\"a\", *",
                            "*, \"a\"",
                            "**",
                            "w/\"a\"",
                            "W/",
                            "W/ \"a\"",
                            "\"a b\"",
                            "\"a\x7f\""}) {
    SCOPED_TRACE(value);
    const auto list = TagList::parse("If-Match", value);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code, ErrorCode::Malformed);
    EXPECT_EQ(list.error().reason, "bad_etag");
  }
}

TEST(Preconditions, SeveralHeadersOfOneNameAreOneList) {
  const auto read = Preconditions::read({{"if-match", "\"a\""}, {"If-Match", "\"b\""}});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->check_change("\"b\""));
  EXPECT_EQ(read->check_change("\"c\"").error().code, ErrorCode::PreconditionFailed);
}

TEST(Preconditions, IfNoneMatchForbidsAChangeButNotAReading) {
  const auto read = Preconditions::read({{"If-None-Match", "W/\"a\""}});
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->check_change("\"a\""));
  EXPECT_TRUE(read->check_read("\"a\""));
  EXPECT_TRUE(read->is_unchanged("\"a\""));
  EXPECT_TRUE(read->check_change("\"b\""));
}

}  // namespace
}  // namespace gatehouse::runtime
