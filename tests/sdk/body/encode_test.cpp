// Claim: what is written is valid, compact and always the same. SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>

#include "tests/sdk/body/samples.hpp"

namespace {

using gatehouse::encode_json;
using namespace samples;

TEST(Encode, WritesMembersInOrderWithoutBlanks) {
  NewNote note;
  note.text = "a";
  note.colour = Colour::DarkGreen;
  note.labels = {"x", "y"};
  note.address = Address{"s", {}};
  EXPECT_EQ(encode_json(note),
            R"({"text":"a","colour":"dark-green","pinned":false,"labels":["x","y"],"rank":null,)"
            R"("address":{"street":"s","country":null},"copies":[]})");
}

TEST(Encode, EscapesWhatMustBeAndNothingElse) {
  EXPECT_EQ(encode_json(Text{"\"\\/\b\f\n\r\t\x01\x1f\x7fé😀"}),
            "{\"text\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7fé😀\"}");
}

TEST(Encode, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(encode_json(Text{"a\xff"
                             "é\xc3"}),
            "{\"text\":\"a\xef\xbf\xbd"
            "é\xef\xbf\xbd\"}");
}

TEST(Encode, WritesTheShortestNumberThatReadsBack) {
  EXPECT_EQ(encode_json(Numbers{-9223372036854775807 - 1, 0.1}),
            R"({"whole":-9223372036854775808,"real":0.1})");
  EXPECT_EQ(encode_json(Numbers{1, 1e300}), R"({"whole":1,"real":1e+300})");
  EXPECT_EQ(encode_json(Numbers{1, std::numeric_limits<double>::infinity()}),
            R"({"whole":1,"real":null})");
}

TEST(Encode, WritesTimesInTheFormOfTheirField) {
  const gatehouse::Time time{std::chrono::microseconds(1795281047169005)};
  EXPECT_EQ(encode_json(Times{time, time, time, time}),
            R"({"rfc":"2026-11-21T17:10:47.169Z","iso":"2026-11-21T17:10:47.169005",)"
            R"("http":"Sat, 21 Nov 2026 17:10:47 GMT","epoch":1795281047})");
}

TEST(Encode, LeavesOutNullsWhereTheRuleSaysSo) {
  EXPECT_EQ(encode_json(Times{}), "{}");
}

TEST(Encode, WritesOnlyThePresentMembersOfAPatch) {
  NotePatch patch;
  EXPECT_EQ(encode_json(patch), "{}");
  patch.text.make_null();
  patch.colour = gatehouse::Patch<Colour>(Colour::Blue);
  EXPECT_EQ(encode_json(patch), R"({"text":null,"colour":"blue"})");
}

TEST(Encode, WritesRawJsonAsItIs) {
  EXPECT_EQ(encode_json(Raw{{R"({"a":1})"}}), R"({"value":{"a":1}})");
  EXPECT_EQ(encode_json(Raw{}), R"({"value":null})");
}

TEST(Encode, ReplacesWhatIsNoUtf8InRawJson) {
  EXPECT_EQ(encode_json(Raw{{"[\"a\xff"
                             "é\xed\xa0\x80\"]"}}),
            "{\"value\":[\"a\xef\xbf\xbd"
            "é\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]}");
}

TEST(Encode, WritesAnIdOrANumber) {
  EXPECT_EQ(encode_json(Reference{{"5f1a", 0}}), R"({"account":"5f1a"})");
  EXPECT_EQ(encode_json(Reference{{"", 7}}), R"({"account":7})");
}

TEST(Encode, WritesArraysAtTheTop) {
  EXPECT_EQ(encode_json(std::vector<Flag>{{true}, {false}}), R"([{"on":true},{"on":false}])");
  EXPECT_EQ(encode_json(std::vector<Flag>{}), "[]");
}

TEST(Encode, RenamedAndInheritedMembersHaveTheirNames) {
  Derived derived;
  derived.id = 5;
  EXPECT_EQ(encode_json(derived), R"({"id":5,"account-admin":""})");
}

TEST(Encode, AnEnumWithoutEnumeratorIsABug) {
  NewNote note;
  note.colour = static_cast<Colour>(77);
  EXPECT_THROW(encode_json(note), std::logic_error);
}

// Each member may be there or not; a, c and e are outside the ETag.
struct Shelved {
  std::optional<std::int64_t> a;
  std::optional<std::int64_t> b;
  std::optional<std::int64_t> c;
  std::optional<std::int64_t> d;
  std::optional<std::int64_t> e;
};
BOOST_DESCRIBE_STRUCT(Shelved, (), (a, b, c, d, e))
constexpr auto rules(gatehouse::Of<Shelved>) {
  using gatehouse::field;
  return std::tuple{field(&Shelved::a, {.omit_null = true, .outside_etag = true}),
                    field(&Shelved::b, {.omit_null = true}),
                    field(&Shelved::c, {.omit_null = true, .outside_etag = true}),
                    field(&Shelved::d, {.omit_null = true}),
                    field(&Shelved::e, {.omit_null = true, .outside_etag = true})};
}

TEST(EntityTag, IsTheSameWhetherOrNotAMemberOutsideItIsWritten) {
  const auto tag_of = [](const Shelved& object) {
    return gatehouse::entity_tag(gatehouse::type_of<Shelved>(), &object);
  };
  std::set<std::string> tags;
  for (unsigned inside = 0; inside < 4; ++inside) {
    Shelved plain;
    if ((inside & 1U) != 0) plain.b = 1;
    if ((inside & 2U) != 0) plain.d = 2;
    EXPECT_TRUE(tags.insert(tag_of(plain)).second) << "two states, one tag";
    for (unsigned outside = 1; outside < 8; ++outside) {
      Shelved more = plain;
      if ((outside & 1U) != 0) more.a = 7;
      if ((outside & 2U) != 0) more.c = 8;
      if ((outside & 4U) != 0) more.e = 9;
      EXPECT_EQ(tag_of(more), tag_of(plain)) << encode_json(more);
    }
  }
}

}  // namespace
