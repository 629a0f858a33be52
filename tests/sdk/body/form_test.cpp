// Claim: a form obeys the rules of the same struct in JSON. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/body.hpp>

#include "tests/sdk/body/samples.hpp"

namespace {

using gatehouse::decode_form;
using gatehouse::Lenient;
using namespace samples;

TEST(Form, ReadsScalarsAndRepeatedNames) {
  const auto filter =
      decode_form<Filter>("limit=5&role=a+b&colour=dark-green&role=%C3%A9&active=false");
  ASSERT_TRUE(filter) << verdict(filter);
  EXPECT_EQ(filter->limit, 5);
  EXPECT_EQ(filter->role, (std::vector<std::string>{"a b", "é"}));
  EXPECT_EQ(filter->colour, Colour::DarkGreen);
  EXPECT_FALSE(filter->active);
}

TEST(Form, AbsentNamesKeepTheInitialValues) {
  const auto filter = decode_form<Filter>("");
  ASSERT_TRUE(filter);
  EXPECT_FALSE(filter->limit);
  EXPECT_TRUE(filter->active);
}

TEST(Form, TellsAllBrokenRules) {
  struct Case {
    std::string form;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"limit=0&colour=red&active=yes&x=1", "/limit range, /colour enum, /active type, /x unknown"},
      {"limit=1&limit=2", "/limit duplicate"},
      {"limit=", "/limit type"},
      {"limit=5a", "/limit type"},
      {"limit=+5", "/limit type"},
      {"limit=1.0", "/limit type"},
      {"limit=99999999999999999999", "/limit range"},
      {"role=a&role=b&role=c&role=d", "/role too_many"},
      {"role=a%00b", "/role/0 invalid"},
      {"limit=%zz", "400 malformed_form"},
      {"limit=%4", "400 malformed_form"},
      {"role=%ff", "400 malformed_form"},
      {"%ff=1", "400 malformed_form"},
      {"&&limit=5&", "ok"},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(verdict(decode_form<Filter>(one.form)), one.expected) << one.form;
  }
  EXPECT_EQ(verdict(decode_form<NewNote>("")), "/text required");
  EXPECT_EQ(verdict(decode_form<NewNote>("text=abcde&address=x")), "/text too_long, /address type");
  EXPECT_EQ(verdict(decode_form<Numbers>("whole=-5&real=1e3")), "ok");
  EXPECT_EQ(verdict(decode_form<Numbers>("whole=5&real=inf")), "/real type");
  EXPECT_EQ(verdict(decode_form<Numbers>("whole=5&real=1e999")), "/real range");
}

TEST(Form, LenientRoutesReadWordsAndIgnoreUnknownNames) {
  const auto filter =
      decode_form<Filter>("active=off&x=1", Lenient::BooleanWords | Lenient::UnknownMembers);
  ASSERT_TRUE(filter) << verdict(filter);
  EXPECT_FALSE(filter->active);
}

TEST(Form, DigitsAreANumberAndTheRestIsAnId) {
  const auto number = decode_form<Reference>("account=12");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->account.number, 12);
  const auto id = decode_form<Reference>("account=12ab");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->account.id, "12ab");
}

TEST(Form, APatchHasOnlyWhatWasSent) {
  const auto patch = decode_form<NotePatch>("text=&labels=a&labels=b");
  ASSERT_TRUE(patch) << verdict(patch);
  EXPECT_EQ(patch->text.value(), "");
  EXPECT_FALSE(patch->colour.present());
  EXPECT_EQ(patch->labels.value()->size(), 2u);
}

TEST(Form, AnArrayThatIsAbsentIsEmpty) {
  struct Case {
    const char* form;
    std::size_t count;
  };
  for (const Case& one : {Case{"", 0}, Case{"words=a", 1}, Case{"words=a&words=b", 2}}) {
    const auto list = decode_form<Words>(one.form);
    ASSERT_TRUE(list) << verdict(list);
    EXPECT_EQ(list->words.size(), one.count) << one.form;
  }
  EXPECT_EQ(verdict(gatehouse::decode_json<Words>("{}")), "/words required");
}

TEST(Form, WhatIsSentReplacesTheInitialArray) {
  const auto kept = decode_form<Defaults>("");
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->clearances, std::vector<std::string>{"WHITE"});
  const auto sent = decode_form<Defaults>("clearances=RED");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->clearances, std::vector<std::string>{"RED"});
  const auto json = gatehouse::decode_json<Defaults>(R"({"clearances":["RED"]})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->clearances, std::vector<std::string>{"RED"});
}

TEST(Form, TimesAndRawJsonAreReadFromTheirText) {
  EXPECT_EQ(verdict(decode_form<Times>("rfc=2026-11-21T17:10:47Z&epoch=12")), "ok");
  EXPECT_EQ(verdict(decode_form<Times>("rfc=now")), "/rfc invalid");
  EXPECT_EQ(verdict(decode_form<Raw>("value=%7B%22a%22%3A1%7D")), "ok");
  EXPECT_EQ(verdict(decode_form<Raw>("value=%7B")), "/value invalid");
}

}  // namespace
