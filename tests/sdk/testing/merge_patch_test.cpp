// A merge-patch (RFC 7396) as a plugin sees it: absent, null and a value are three things, and only
// PATCH has such bodies. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace patched {
using namespace gatehouse;
using gatehouse::testing::Harness;

struct Change {
  Patch<std::string> text;
  Patch<std::vector<std::int64_t>> numbers;
};
BOOST_DESCRIBE_STRUCT(Change, (), (text, numbers))
struct Told {
  std::string text;
  std::string numbers;
};
BOOST_DESCRIBE_STRUCT(Told, (), (text, numbers))

template <class T>
std::string tell(const Patch<T>& patch) {
  if (!patch.present()) return "absent";
  return patch.is_null() ? "null" : "value";
}

class Patched final : public Plugin {
  void wire(Context& host) override {
    const auto handler = [](Call&, const Change& change) -> Result<Told> {
      return Told{tell(change.text), tell(change.numbers)};
    };
    host.routes().patch("/thing", "public", "Change", handler);
    host.routes().put("/thing", "public", "Replace", handler);
    host.routes().post("/thing", "public", "Make", handler);
  }
};

TEST(MergePatch, AbsentNullAndAValueAreThreeThings) {
  struct Case {
    const char* body;
    const char* text;
    const char* numbers;
  };
  const Case cases[] = {
      {"{}", "absent", "absent"},
      {R"({"text":null})", "null", "absent"},
      {R"({"text":""})", "value", "absent"},
      {R"({"numbers":[]})", "absent", "value"},
      {R"({"numbers":null,"text":"a"})", "value", "null"},
  };
  Harness<Patched> app("patched");
  for (const Case& c : cases) {
    SCOPED_TRACE(c.body);
    const auto reply = app.anonymous().patch("/thing", c.body);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body,
              std::string(R"({"text":")") + c.text + R"(","numbers":")" + c.numbers + R"("})");
  }
  for (const char* body : {R"({"text":1})", R"({"numbers":[null]})", R"({"other":null})"}) {
    EXPECT_EQ(app.anonymous().patch("/thing", body).status, 422) << body;
  }
  EXPECT_EQ(app.anonymous().patch("/thing", "null").status, 422);
}

TEST(MergePatch, IsABodyOfPatchAlone) {
  Harness<Patched> app("patched");
  for (const char* type :
       {"application/merge-patch+json", "Application/Merge-Patch+JSON; charset=utf-8"}) {
    const auto client = app.anonymous().with("Content-Type", type);
    EXPECT_EQ(client.patch("/thing", "{}").status, 200) << type;
    EXPECT_EQ(client.put("/thing", "{}").status, 415) << type;
    EXPECT_EQ(client.post("/thing", "{}").status, 415) << type;
  }
}

}  // namespace patched
