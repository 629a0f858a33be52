// How request targets are taken apart. SPDX-License-Identifier: Apache-2.0
#include "sdk/src/runtime/target.hpp"

#include <gtest/gtest.h>

namespace gatehouse::runtime {
namespace {

using Segments = std::vector<std::string>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

TEST(Target, SplitsBeforeItDecodes) {
  const auto target = parse_target("/v1/users/a%20b%C3%A9/?text=a+b%2Bc&text=d&flag&=x&&");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (Segments{"v1", "users", "a b\u00e9", ""}));
  EXPECT_EQ(target->parameters,
            (Parameters{{"text", "a b+c"}, {"text", "d"}, {"flag", ""}, {"", "x"}}));
  EXPECT_EQ(target->path, "/v1/users/a%20b%C3%A9/");
  EXPECT_EQ(target->query, "text=a+b%2Bc&text=d&flag&=x&&");
}

TEST(Target, TheRootIsOneEmptySegment) {
  const auto target = parse_target("/");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, Segments{""});
}

TEST(Target, RefusesWhatCouldMeanTwoThings) {
  const std::pair<const char*, std::string> cases[] = {
      {"no slash", "v1"},
      {"empty", ""},
      {"broken percent", "/a%2"},
      {"bad hex", "/a%ZZ"},
      {"NUL", "/a%00b"},
      {"escape character", "/a%1bb"},
      {"line break", "/a%0Ab"},
      {"overlong UTF-8", "/%C0%AF"},
      {"encoded slash", "/a%2Fb"},
      {"dot segment", "/a/./b"},
      {"parent segment", "/a/../b"},
      {"encoded parent segment", "/a/%2e%2E/b"},
      {"parent at the end", "/a/.."},
      {"empty inner segment", "/a//b"},
      {"leading empty segment", "//a"},
      {"twenty thousand slashes", std::string(20'000, '/')},
      {"too many segments",
       [] {
         std::string path;
         for (int i = 0; i < 65; ++i) path += "/a";
         return path;
       }()},
      {"broken percent in the query", "/a?b=%"},
      {"NUL in the query", "/a?b=%00"},
      {"bad UTF-8 in the query", "/a?%ff=b"},
      {"too many parameters",
       [] {
         std::string query = "/a?";
         for (int i = 0; i < 257; ++i) query += "a=1&";
         return query;
       }()},
  };
  for (const auto& [name, text] : cases) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << name;
    EXPECT_EQ(target.error().code, ErrorCode::Malformed) << name;
    EXPECT_EQ(target.error().reason, "bad_target") << name;
  }
}

}  // namespace
}  // namespace gatehouse::runtime
