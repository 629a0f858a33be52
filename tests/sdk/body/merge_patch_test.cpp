// Claim: a merge-patch on texts does what RFC 7396 says. SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>

namespace {

using gatehouse::ErrorCode;
using gatehouse::merge_patch;

struct Case {
  const char* target;
  const char* patch;
  const char* result;
};

TEST(MergePatchText, DoesWhatTheExamplesOfRfc7396Say) {
  const Case cases[] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.target) + " + " + c.patch);
    const auto merged = merge_patch(c.target, c.patch);
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(*merged, c.result);
  }
}

TEST(MergePatchText, KeepsNumbersAndTextsAsTheyAreAndArraysWhole) {
  const Case cases[] = {
      {R"({"n": 0.10, "s": "\u00fc\"", "t": true})",
       R"({"m": 1e2, "a": [null, {"x": null}]})",
       R"({"n":0.10,"s":"ü\"","t":true,"m":1e2,"a":[null,{"x":null}]})"},
      {R"({"a":1,"a":2})", R"({"b":1,"b":null,"c":1,"c":2})", R"({"a":2,"c":2})"},
  };
  for (const Case& c : cases) {
    const auto merged = merge_patch(c.target, c.patch);
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(*merged, c.result);
  }
}

TEST(MergePatchText, RefusesWhatIsNoJsonOrNestedTooDeep) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  for (const std::string& wrong : {std::string("{"), std::string(), deep}) {
    EXPECT_EQ(merge_patch(wrong, "{}").error().code, ErrorCode::Malformed);
    EXPECT_EQ(merge_patch("{}", wrong).error().code, ErrorCode::Malformed);
  }
}

}  // namespace
