// Claim: JSON that a described struct does not mean is refused, all of it at once, with pointers
// and stable codes. Method: tables of documents and verdicts. SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>

#include "tests/sdk/body/samples.hpp"

namespace {

using gatehouse::decode_json;
using gatehouse::ErrorCode;
using gatehouse::Lenient;
using namespace samples;

struct Case {
  std::string name;
  std::string json;
  std::string expected;
};

template <class T>
void expect_verdicts(const std::vector<Case>& cases, Lenient lenient = Lenient::Strict) {
  for (const Case& one : cases) {
    EXPECT_EQ(verdict(decode_json<T>(one.json, lenient)), one.expected)
        << one.name << ": " << one.json.substr(0, 200);
  }
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Decode, ReadsEveryKindOfField) {
  const auto note = decode_json<NewNote>(
      R"({"text":"é\u00e9\n","colour":"dark-green","pinned":true,"labels":["a","b"],"rank":3,)"
      R"("address":{"street":"s","country":"de"},"copies":[{"street":"t"}]})");
  ASSERT_TRUE(note) << verdict(note);
  EXPECT_EQ(note->text, "éé\n");
  EXPECT_EQ(note->colour, Colour::DarkGreen);
  EXPECT_TRUE(note->pinned);
  EXPECT_EQ(note->labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(note->rank, 3);
  EXPECT_EQ(note->address->country, "de");
  EXPECT_EQ(note->copies.at(0).street, "t");
}

TEST(Decode, AbsentOptionalMembersKeepTheirInitialValues) {
  const auto note = decode_json<NewNote>(R"({"text":"a"})");
  ASSERT_TRUE(note);
  EXPECT_EQ(note->colour, Colour::Yellow);
  EXPECT_FALSE(note->rank);
}

TEST(Decode, RefusesWhatIsNoJsonWithTheByte) {
  const std::vector<Case> cases{
      {"nothing", "", "400 malformed_json"},
      {"a byte order mark", "\xef\xbb\xbf{\"text\":\"a\"}", "400 malformed_json"},
      {"a comment", "{\"text\":\"a\"/**/}", "400 malformed_json"},
      {"a trailing comma", "{\"text\":\"a\",}", "400 malformed_json"},
      {"a leading zero", "{\"text\":01}", "400 malformed_json"},
      {"NaN", "{\"text\":NaN}", "400 malformed_json"},
      {"more than one value", "{\"text\":\"a\"}{}", "400 malformed_json"},
      {"an open string", "{\"text\":\"a", "400 malformed_json"},
      {"a raw control character", "{\"text\":\"a\x01\"}", "400 malformed_json"},
      {"a raw NUL", std::string("{\"text\":\"a\0\"}", 13), "400 malformed_json"},
      {"single quotes", "{'text':'a'}", "400 malformed_json"},
      {"invalid UTF-8", "{\"text\":\"\xff\"}", "400 malformed_json"},
      {"overlong UTF-8", "{\"text\":\"\xc0\xaf\"}", "400 malformed_json"},
      {"a surrogate in UTF-8", "{\"text\":\"\xed\xa0\x80\"}", "400 malformed_json"},
      {"invalid UTF-8 in a name", "{\"\xff\":1}", "400 malformed_json"},
      {"a lone high surrogate", R"({"text":"\ud800"})", "400 malformed_json"},
      {"a lone low surrogate", R"({"text":"\udc00"})", "400 malformed_json"},
      {"33 levels", repeated("[", 33) + repeated("]", 33), "400 malformed_json"},
      {"a million levels", repeated("[", 1'000'000), "400 malformed_json"},
      {"a name of 5000 bytes", "{\"" + repeated("x", 5000) + "\":1}", "400 malformed_json"},
  };
  expect_verdicts<Text>(cases);
  const auto wrong = decode_json<Text>(R"({"text":"a"} x)");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "The body goes on after its JSON value (byte 13).");
}

TEST(Decode, TellsAllBrokenRulesAtOnce) {
  expect_verdicts<NewNote>({
      {"of several fields",
       R"({"text":"","pinned":1,"x/y":2,"text":"b"})",
       "/text too_short, /pinned type, /x~1y unknown, /text duplicate"},
      {"of nested fields",
       R"({"text":"a","address":{"zip":1,"country":"deu"},"copies":[{"street":"s"},{"street":2}]})",
       "/address/zip unknown, /address/country too_long, /address/street required, "
       "/copies/1/street type"},
      {"a missing member", "{}", "/text required"},
      {"null",
       R"({"text":null,"labels":null,"rank":null,"address":null})",
       "/text null, /labels null"},
      {"an enum", R"({"text":"a","colour":"red"})", "/colour enum"},
      {"an enum by its C++ name", R"({"text":"a","colour":"Yellow"})", "/colour enum"},
      {"an enum of another type", R"({"text":"a","colour":1})", "/colour type"},
      {"too many items", R"({"text":"a","labels":["a","b","c","d"]})", "/labels too_many"},
      {"the rule of items", R"({"text":"a","labels":["a","","b"]})", "/labels/1 too_short"},
      {"the range", R"({"text":"a","rank":10})", "/rank range"},
      {"the check", R"({"text":"a:b"})", "/text invalid"},
      {"U+0000", R"({"text":"a\u0000"})", "/text invalid"},
      {"a struct of another type", R"({"text":"a","address":[]})", "/address type"},
      {"an array of another type", R"({"text":"a","copies":{}})", "/copies type"},
      {"the body's type", "[]", " type"},
      {"a null body", "null", " null"},
      {"~ in a name", R"({"text":"a","~":1})", "/~0 unknown"},
  });
}

TEST(Decode, AnUnknownEnumNameIsAnsweredWithTheNames) {
  const auto note = decode_json<NewNote>(R"({"text":"a","colour":"red"})");
  ASSERT_FALSE(note);
  EXPECT_EQ(note.error().fields.at(0).detail, "must be one of: yellow, dark-green, blue");
}

TEST(Decode, AMisspeltMemberIsAnsweredWithTheNearestOne) {
  const auto note = decode_json<NewNote>(R"({"text":"a","color":"blue"})");
  ASSERT_FALSE(note);
  EXPECT_EQ(note.error().fields.at(0).detail, "is not known here; did you mean colour?");
}

TEST(Decode, TellsAtMost64Mistakes) {
  std::string json = "{\"text\":\"a\"";
  for (int i = 0; i < 200; ++i) json += ",\"x" + std::to_string(i) + "\":1";
  const auto note = decode_json<NewNote>(json + "}");
  ASSERT_FALSE(note);
  EXPECT_EQ(note.error().fields.size(), 64u);
}

TEST(Decode, LengthsCountCharacters) {
  expect_verdicts<NewNote>({
      {"4 characters of 2 bytes", R"({"text":"éééé"})", "ok"},
      {"5 characters of 2 bytes", R"({"text":"ééééé"})", "/text too_long"},
      {"4 characters of 4 bytes", R"({"text":"😀😀😀😀"})", "ok"},
      {"1 character of 2 bytes where 2 characters are wanted",
       R"({"text":"a","address":{"street":"","country":"é"}})",
       "/address/country too_short"},
  });
}

TEST(Decode, ReadsNumbersExactlyOrNotAtAll) {
  const std::string ones = repeated("1", 1000);
  expect_verdicts<Numbers>({
      {"the largest", R"({"whole":9223372036854775807,"real":1.7976931348623157e308})", "ok"},
      {"the smallest", R"({"whole":-9223372036854775808,"real":-1.7976931348623157e308})", "ok"},
      {"2^63", R"({"whole":9223372036854775808,"real":0})", "/whole range"},
      {"2^64", R"({"whole":18446744073709551616,"real":0})", "/whole range"},
      {"1e400", R"({"whole":1e400,"real":1e400})", "/whole range, /real range"},
      {"1000 digits",
       "{\"whole\":" + ones + ",\"real\":" + ones + "}",
       "/whole range, /real range"},
      {"too small for a double", R"({"whole":0,"real":1e-400})", "ok"},
      {"small by its exponent", "{\"whole\":0,\"real\":" + ones + "e-1400}", "ok"},
      {"large in spite of it", "{\"whole\":0,\"real\":" + ones + "e-5}", "/real range"},
      {"large behind zeros",
       "{\"whole\":0,\"real\":0." + repeated("0", 400) + "1e999}",
       "/real range"},
      {"a fraction", R"({"whole":1.5,"real":1.5})", "/whole type"},
      {"a whole double", R"({"whole":1.0,"real":1})", "ok"},
      {"an exponent", R"({"whole":1e2,"real":1e2})", "ok"},
      {"2^53 as a double", R"({"whole":9007199254740992.0,"real":0})", "ok"},
      {"above 2^53 as a double", R"({"whole":9007199254740994.0,"real":0})", "/whole range"},
      {"text", R"({"whole":"1","real":"1"})", "/whole type, /real type"},
      {"a truth", R"({"whole":true,"real":false})", "/whole type, /real type"},
  });
  const auto numbers = decode_json<Numbers>(R"({"whole":1e2,"real":0.1})");
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->whole, 100);
  EXPECT_EQ(numbers->real, 0.1);
}

TEST(Decode, TwentyThousandDoublesReadBackExactly) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::uint64_t> bits;
  for (int i = 0; i < 20'000; ++i) {
    Numbers before;
    const std::uint64_t pattern = bits(random);
    std::memcpy(&before.real, &pattern, sizeof(before.real));
    if (!std::isfinite(before.real)) continue;
    const auto after = decode_json<Numbers>(gatehouse::encode_json(before));
    ASSERT_TRUE(after);
    ASSERT_EQ(after->real, before.real);
  }
}

TEST(Decode, LenientRoutesIgnoreUnknownMembers) {
  expect_verdicts<Flag>({{"unknown", R"({"on":true,"off":{"a":[1]}})", "ok"},
                         {"unknown twice", R"({"on":true,"a":1,"a":2})", "ok"},
                         {"known twice", R"({"on":true,"on":true})", "/on duplicate"}},
                        Lenient::UnknownMembers);
}

TEST(Decode, LenientRoutesReadWordsAsTruths) {
  for (const char* const word :
       {"1", "\"1\"", "true", "\"true\"", "\"True\"", "\"t\"", "\"on\"", "\"yes\"", "\"y\""}) {
    const std::string json = std::string("{\"on\":") + word + "}";
    const auto flag = decode_json<Flag>(json, Lenient::BooleanWords);
    ASSERT_TRUE(flag) << json;
    EXPECT_TRUE(flag->on) << json;
    EXPECT_EQ(verdict(decode_json<Flag>(json)), std::string(word) == "true" ? "ok" : "/on type");
  }
  for (const char* const word :
       {"0", "\"0\"", "false", "\"false\"", "\"False\"", "\"f\"", "\"off\"", "\"no\"", "\"n\""}) {
    const std::string json = std::string("{\"on\":") + word + "}";
    const auto flag = decode_json<Flag>(json, Lenient::BooleanWords);
    ASSERT_TRUE(flag) << json;
    EXPECT_FALSE(flag->on) << json;
  }
  expect_verdicts<Flag>({{"two", R"({"on":2})", "/on type"},
                         {"maybe", R"({"on":"maybe"})", "/on type"},
                         {"nothing", R"({"on":""})", "/on type"}},
                        Lenient::BooleanWords);
}

TEST(Decode, APatchKnowsAbsentFromNull) {
  const auto absent = decode_json<NotePatch>("{}");
  ASSERT_TRUE(absent);
  EXPECT_FALSE(absent->text.present());
  const auto null = decode_json<NotePatch>(R"({"text":null})");
  ASSERT_TRUE(null);
  EXPECT_TRUE(null->text.is_null());
  const auto value = decode_json<NotePatch>(R"({"text":"a","labels":["b"]})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->text.value(), "a");
  EXPECT_EQ(value->labels.value()->at(0), "b");
}

TEST(Decode, RawJsonIsKeptCompactAndIsStrictInside) {
  const auto raw =
      decode_json<Raw>(R"({"value": { "a" : [ 1.0, 1e2, null, true, "\u00e9\n" ] } })");
  ASSERT_TRUE(raw);
  EXPECT_EQ(raw->value.text, R"({"a":[1.0,1e2,null,true,"é\n"]})");
  const auto null = decode_json<Raw>(R"({"value":null})");
  ASSERT_TRUE(null);
  EXPECT_EQ(null->value.text, "null");
  expect_verdicts<Raw>({
      {"doubled names", R"({"value":{"b":{"a":1,"c":2,"a":3}}})", "/value/b/a duplicate"},
      {"U+0000", R"({"value":["\u0000"]})", "/value/0 invalid"},
      {"1e400", R"({"value":{"a":1e400}})", "/value/a range"},
      {"too many bytes", "{\"value\":\"" + repeated("x", 39) + "\"}", "/value too_long"},
  });
}

TEST(Decode, AnObjectIsNamedByIdOrNumber) {
  const auto id = decode_json<Reference>(R"({"account":"5f1a"})");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->account.id, "5f1a");
  const auto number = decode_json<Reference>(R"({"account":7})");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->account.number, 7);
  expect_verdicts<Reference>({{"zero", R"({"account":0})", "/account range"},
                              {"negative", R"({"account":-1})", "/account range"},
                              {"empty", R"({"account":""})", "/account too_short"},
                              {"a truth", R"({"account":true})", "/account type"},
                              {"null", R"({"account":null})", "/account null"}});
}

TEST(Decode, TimesAreReadInTheFormOfTheirField) {
  const auto times = decode_json<Times>(
      R"({"rfc":"2026-11-21T18:10:47.169+01:00","iso":"2026-11-21T17:10:47.169000",)"
      R"("http":"Sat, 21 Nov 2026 17:10:47 GMT","epoch":1795281047})");
  ASSERT_TRUE(times) << verdict(times);
  EXPECT_EQ(times->rfc, times->iso);
  EXPECT_EQ(times->http, times->epoch);
  EXPECT_EQ(*times->rfc - *times->http, std::chrono::milliseconds(169));
  expect_verdicts<Times>({
      {"a day that is not", R"({"rfc":"2026-02-30T00:00:00Z"})", "/rfc invalid"},
      {"without a zone", R"({"rfc":"2026-02-03T00:00:00"})", "/rfc invalid"},
      {"a number", R"({"rfc":1795281047})", "/rfc type"},
      {"text for seconds", R"({"epoch":"1795281047"})", "/epoch type"},
      {"beyond the calendar", R"({"epoch":9223372036854775807})", "/epoch invalid"},
  });
}

TEST(Decode, ABodyMayBeAnArray) {
  const auto list = decode_json<std::vector<Address>>(R"([{"street":"a"},{"street":"b"}])");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->at(1).street, "b");
  expect_verdicts<std::vector<Address>>(
      {{"an item", R"([{"street":"a"},{}])", "/1/street required"},
       {"an object", "{}", " type"},
       {"10001 items", "[1" + repeated(",1", 10'000) + "]", " too_many"}});
}

TEST(Decode, DeepTreesAreReadUpTo32Levels) {
  std::string json = R"({"name":"a","children":[]})";
  for (int i = 0; i < 14; ++i) json = R"({"name":"a","children":[)" + json + "]}";
  EXPECT_EQ(verdict(decode_json<Tree>(json)), "ok");  // 30 levels
}

TEST(Decode, RenamedAndInheritedMembersObeyTheirRules) {
  expect_verdicts<Derived>(
      {{"both", R"({"id":1,"account-admin":"a"})", "ok"},
       {"the C++ name",
        R"({"id":1,"account_admin":"a"})",
        "/account_admin unknown, /account-admin required"},
       {"the base's rule", R"({"id":1001,"account-admin":"a"})", "/id range"}});
}

}  // namespace
