// The small text functions of the SDK. SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

using std::string;
using namespace std::string_view_literals;

TEST(Format, PutsArgumentsWhereThePatternHasBraces) {
  EXPECT_EQ(format("{} of {} is {}", 1, std::size_t{20}, "it"), "1 of 20 is it");
  EXPECT_EQ(format("{}{}", string("a"), 'b' == 'b'), "atrue");
  EXPECT_EQ(format("{}", 0.5), "0.5");
  EXPECT_EQ(format("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(Format, NeverFailsOnAWrongNumberOfArguments) {
  EXPECT_EQ(format("{} {}", 1), "1 {}");
  EXPECT_EQ(format("none", 1), "none");
  EXPECT_EQ(format("{ } {", 1), "{ } {");
}

TEST(Format, DoesNotReadBracesInArguments) {
  EXPECT_EQ(format("{}-{}", "{}", 2), "{}-2");
}

TEST(Utf8, IsWhatRfc3629Allows) {
  struct Case {
    const char* name;
    std::string_view text;
    bool expected;
  };
  const Case cases[] = {
      {"nothing", "", true},
      {"NUL", "\0"sv, true},
      {"two bytes", "\xc3\xa9", true},
      {"the last code point", "\xf4\x8f\xbf\xbf", true},
      {"past the last", "\xf4\x90\x80\x80", false},
      {"overlong slash", "\xc0\xaf", false},
      {"overlong in three", "\xe0\x80\xaf", false},
      {"overlong in four", "\xf0\x80\x80\xaf", false},
      {"surrogate", "\xed\xa0\x80", false},
      {"cut short", "\xe2\x82", false},
      {"tail alone", "\x80", false},
      {"tail missing", "\xc3z", false},
      {"0xff", "\xff", false},
  };
  for (const Case& each : cases) EXPECT_EQ(is_utf8(each.text), each.expected) << each.name;
}

TEST(Fold, GivesNamesThatReadAlikeOneKey) {
  EXPECT_EQ(fold("Ada"), fold("aDA"));
  EXPECT_EQ(fold("Stra\u00dfe"), fold("STRASSE"));
  EXPECT_EQ(fold("\u00c5"), fold("a\u030a"));                   // composed and not
  EXPECT_EQ(fold("\uff21\uff44\uff41"), fold("ada"));           // full-width letters
  EXPECT_EQ(fold("\u03a3\u03c3\u03c2"), "\u03c3\u03c3\u03c3");  // both small sigmas
  EXPECT_NE(fold("\u00e9"), fold("e"));                         // an accent is no case
}

TEST(Fold, IsItsOwnResult) {
  for (const char* text : {"Stra\u00dfe", "\u0130stanbul", "\u0345\u03b1", "\u1fb4", "\u01c5"}) {
    const string once = fold(text);
    EXPECT_EQ(fold(once), once) << text;
  }
}

TEST(Fold, IsEmptyForWhatIsNotUtf8) {
  EXPECT_EQ(fold("a\xff"), "");
}

TEST(Normalise, ComposesAndKeepsCase) {
  EXPECT_EQ(normalise("A\u030angstro\u0308m"), "\u00c5ngstr\u00f6m");
  EXPECT_EQ(normalise("Ada"), "Ada");
  EXPECT_EQ(normalise("\uff21"), "\uff21");  // compatibility forms stay
  EXPECT_EQ(normalise("\xff"), "");
}

TEST(DidYouMean, FindsTheNearestWord) {
  const std::vector<string> words = {"welcome", "max_length", "port"};
  EXPECT_EQ(did_you_mean("welcom", words), "welcome");
  EXPECT_EQ(did_you_mean("maxlength", words), "max_length");
  EXPECT_EQ(did_you_mean("prot", words), "port");
}

TEST(DidYouMean, IsSilentWhenNothingIsNear) {
  const std::vector<string> words = {"welcome", "max_length"};
  EXPECT_EQ(did_you_mean("colour", words), "");
  EXPECT_EQ(did_you_mean("anything", {}), "");
}

TEST(SearchWords, SplitsWordsAndKeepsWhatIsQuoted) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(split_search(""), Words{});
  EXPECT_EQ(split_search("  Ada\tLOVELACE "), (Words{"ada", "lovelace"}));
  EXPECT_EQ(split_search("\"ada love\" lace"), (Words{"ada love", "lace"}));
  EXPECT_EQ(split_search("a\"b c\"d"), (Words{"a", "b c", "d"}));
  EXPECT_EQ(split_search("\"never closed"), (Words{"never closed"}));
  EXPECT_EQ(split_search("Straße"), (Words{"strasse"}));
  EXPECT_EQ(split_search("ada\u00a0love\u3000lace\u2003x"), (Words{"ada", "love", "lace", "x"}));
}

TEST(SearchWords, WhatFoldsToNothingBecomesAWordThatIsInNoKey) {
  for (const std::string_view text : {"\u200b", "\u00ad", " ", "\u3000 ", "\"\"", "\"\u2060\""}) {
    const auto words = split_search(text);
    ASSERT_EQ(words.size(), 1U) << text;
    EXPECT_FALSE(words[0].empty()) << text;
    EXPECT_EQ(fold(words[0]), "") << text;
  }
  EXPECT_EQ(split_search("ada \u200b").size(), 2U);
}

}  // namespace
}  // namespace gatehouse
