// Claim: a handler sees only what fits its types, and what it returns becomes the answer that its
// type says. Method: routes with a request that has no socket. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/body.hpp>
#include <gatehouse/routes.hpp>

#include "tests/sdk/body/samples.hpp"
#include "tests/sdk/routes/fake_call.hpp"

struct NoteId {
  std::int64_t value = 0;
};
template <>
struct gatehouse::PathParameter<NoteId> {
  static std::optional<NoteId> parse(std::string_view text) {
    if (!text.starts_with("note-")) return std::nullopt;
    return NoteId{static_cast<std::int64_t>(text.size())};
  }
};

namespace {

using namespace gatehouse;
using samples::Filter;
using samples::NewNote;
using samples::verdict;

struct Note {
  std::int64_t id = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Note, (), (id, text))

struct Tag {
  std::string id;
};
BOOST_DESCRIBE_STRUCT(Tag, (), (id))

Result<Note> find_note(std::int64_t id) {
  if (id == 404) return not_found();
  return Note{id, "found"};
}

FakeCall json_call(std::string body) {
  FakeCall call;
  call.headers["content-type"] = "application/json";
  call.body_text = std::move(body);
  return call;
}

std::string header(const Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(TypedRoute, ANewObjectIs201WithItsPlace) {
  FakeRoutes routes;
  routes.post("/v1/notes",
              "notes:write",
              "Write a note",
              [](Call&, const NewNote& note) -> Result<Created<Note>> {
                return find_note(static_cast<std::int64_t>(note.text.size()));
              });
  FakeCall call = json_call(R"({"text":"abc"})");
  Answer answer;
  ASSERT_TRUE(routes.last().run(call, Lenient::Strict, answer));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, R"({"id":3,"text":"found"})");
  EXPECT_EQ(header(answer, "Location"), "/v1/notes/3");
}

TEST(TypedRoute, OnlyPatchTakesAMergePatch) {
  FakeRoutes routes;
  routes.patch("/a", "public", "s", [](Call&, const NewNote&) -> Result<None> { return None{}; });
  for (const auto& [method, status] : {std::pair{"PATCH", 0}, {"POST", 415}, {"PUT", 415}}) {
    FakeCall call = json_call(R"({"text":"abc"})");
    call.method_text = method;
    call.headers["content-type"] = "Application/Merge-Patch+JSON; charset=utf-8";
    Answer answer;
    const auto outcome = routes.last().run(call, Lenient::Strict, answer);
    EXPECT_EQ(outcome ? 0 : http_status(outcome.error().code), status) << method;
  }
}

TEST(TypedRoute, TheGivenPlaceWinsAndIdsAreEscaped) {
  FakeRoutes routes;
  routes.post("/v1/notes", "notes:write", "Write", [](Call&) -> Result<Created<Note>> {
    return Created{Note{1, "a"}, "/elsewhere"};
  });
  FakeCall call;
  Answer answer;
  ASSERT_TRUE(routes.last().run(call, Lenient::Strict, answer));
  EXPECT_EQ(header(answer, "Location"), "/elsewhere");
  routes.post("/v1/notes", "notes:write", "Write", [](Call&) -> Result<Created<Tag>> {
    return Tag{"a/b"};
  });
  Answer other;
  ASSERT_TRUE(routes.last().run(call, Lenient::Strict, other));
  EXPECT_EQ(header(other, "Location"), "/v1/notes/a%2Fb");
}

TEST(TypedRoute, EveryResultHasItsStatus) {
  FakeRoutes routes;
  routes.get("/a", "public", "s", [](Call&) -> Result<Note> { return Note{1, "a"}; });
  routes.get("/b", "public", "s", [](Call&) -> Result<Accepted<Note>> { return Note{1, "a"}; });
  routes.get("/c", "public", "s", [](Call&) -> Result<None> { return None{}; });
  routes.get("/d", "public", "s", [](Call&) -> Result<RawJson> { return RawJson{"[1]"}; });
  routes.get("/e", "public", "s", [](Call&) -> Result<std::vector<Tag>> {
    return std::vector<Tag>{{"x"}};
  });
  routes.get("/f", "public", "s", [](Call&) -> Result<Answer> {
    return Answer{418, "text/html", "<p>", {{"X-Tea", "1"}}};
  });
  routes.get("/g", "public", "s", [](Call&) -> Result<Accepted<None>> { return None{}; });
  struct Case {
    int status;
    std::string type;
    std::string body;
  };
  const std::vector<Case> cases{{200, "application/json", R"({"id":1,"text":"a"})"},
                                {202, "application/json", R"({"id":1,"text":"a"})"},
                                {204, "", ""},
                                {200, "application/json", "[1]"},
                                {200, "application/json", R"([{"id":"x"}])"},
                                {418, "text/html", "<p>"},
                                {202, "", ""}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    FakeCall call;
    Answer answer;
    ASSERT_TRUE(routes.entries[i].endpoint->run(call, Lenient::Strict, answer));
    EXPECT_EQ(answer.status, cases[i].status) << i;
    EXPECT_EQ(answer.content_type, cases[i].type) << i;
    EXPECT_EQ(answer.body, cases[i].body) << i;
    if (i == 5) continue;  // composed by the handler
    EXPECT_EQ(routes.entries[i].spec.status, cases[i].status) << i;
  }
}

TEST(TypedRoute, AHandlersErrorIsReturnedAndTheAnswerStaysEmpty) {
  FakeRoutes routes;
  routes.get("/v1/notes/{id}", "notes:read", "Read", [](Call&, std::int64_t id) -> Result<Note> {
    return find_note(id);
  });
  FakeCall call;
  call.path_values = {"404"};
  Answer answer;
  const auto outcome = routes.last().run(call, Lenient::Strict, answer);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::NotFound);
  EXPECT_EQ(answer.body, "");
}

TEST(TypedRoute, APathThatDoesNotFitIsNotFound) {
  FakeRoutes routes;
  routes.get("/{a}/{b}/{c}/{d}",
             "public",
             "s",
             [](Call&, std::int64_t a, const std::string& b, std::string_view c, NoteId d)
                 -> Result<RawJson> {
               return RawJson{std::to_string(a) + b + std::string(c) + std::to_string(d.value)};
             });
  struct Case {
    std::vector<std::string> path;
    std::string expected;
  };
  for (const Case& one : {Case{{"-5", "x", "y", "note-1"}, "-5xy6"},
                          Case{{"five", "x", "y", "note-1"}, ""},
                          Case{{"007", "x", "y", "note-1"}, ""},
                          Case{{"+5", "x", "y", "note-1"}, ""},
                          Case{{"99999999999999999999", "x", "y", "note-1"}, ""},
                          Case{{"5", "x", "y", "memo-1"}, ""}}) {
    FakeCall call;
    call.path_values = one.path;
    Answer answer;
    const auto outcome = routes.last().run(call, Lenient::Strict, answer);
    EXPECT_EQ(outcome.has_value(), !one.expected.empty()) << one.path[0];
    EXPECT_EQ(answer.body, one.expected);
    if (outcome) continue;
    EXPECT_EQ(outcome.error().code, ErrorCode::NotFound);
  }
}

TEST(TypedRoute, OnlyJsonInUtf8IsABody) {
  FakeRoutes routes;
  routes.post("/a", "public", "s", [](Call&, const NewNote&) -> Result<None> { return None{}; });
  struct Case {
    std::optional<std::string> type;
    std::string body;
    Lenient lenient;
    int expected;
  };
  const std::string json = R"({"text":"a"})";
  const std::string form = "application/x-www-form-urlencoded";
  for (const Case& one :
       std::vector<Case>{{"application/json", json, Lenient::Strict, 200},
                         {"Application/JSON ; Charset=\"UTF-8\"", json, Lenient::Strict, 200},
                         {"application/merge-patch+json;charset=utf-8", json, Lenient::Strict, 415},
                         {"application/json; charset=latin1", json, Lenient::Strict, 415},
                         {"application/json; q=1; charset=utf-16", json, Lenient::Strict, 415},
                         {"text/json", json, Lenient::Strict, 415},
                         {"application/jsonx", json, Lenient::Strict, 415},
                         {"", json, Lenient::Strict, 415},
                         {std::nullopt, json, Lenient::Strict, 415},
                         {std::nullopt, json, Lenient::AnyContentType, 200},
                         {"text/plain", json, Lenient::AnyContentType, 200},
                         {"application/json", "", Lenient::Strict, 400},
                         {std::nullopt, "", Lenient::Strict, 400},
                         {form, "text=a", Lenient::Strict, 415},
                         {form, "text=a", Lenient::Forms, 200},
                         {form + "; charset=utf-8", "text=a&pinned=true", Lenient::Forms, 200},
                         {form, "", Lenient::Forms, 422},
                         {"application/json", json, Lenient::Forms, 200},
                         {"application/json", "{", Lenient::Strict, 400},
                         {"application/json", "{}", Lenient::Strict, 422}}) {
    FakeCall call;
    if (one.type) call.headers["content-type"] = *one.type;
    call.body_text = one.body;
    Answer answer;
    const auto outcome = routes.last().run(call, one.lenient, answer);
    const int status = outcome ? 200 : http_status(outcome.error().code);
    EXPECT_EQ(status, one.expected) << one.type.value_or("none") << ' ' << one.body;
  }
}

TEST(TypedRoute, AnOptionalBodyMayBeMissing) {
  FakeRoutes routes;
  routes.post(
      "/a", "public", "s", [](Call&, const std::optional<NewNote>& note) -> Result<RawJson> {
        return RawJson{note ? "true" : "false"};
      });
  FakeCall empty;
  Answer answer;
  ASSERT_TRUE(routes.last().run(empty, Lenient::Strict, answer));
  EXPECT_EQ(answer.body, "false");
  FakeCall full = json_call(R"({"text":"a"})");
  Answer other;
  ASSERT_TRUE(routes.last().run(full, Lenient::Strict, other));
  EXPECT_EQ(other.body, "true");
}

// As /openapi.json says.
TEST(TypedRoute, AnOptionalBodyIsNeverNull) {
  FakeRoutes routes;
  routes.post("/a", "public", "s", [](Call&, const std::optional<NewNote>&) -> Result<None> {
    return None{};
  });
  FakeCall call = json_call("null");
  Answer answer;
  EXPECT_EQ(verdict(routes.last().run(call, Lenient::Strict, answer)), " null");
}

TEST(TypedRoute, MistakesOfQueryAndBodyAreToldTogether) {
  FakeRoutes routes;
  routes.post("/a",
              "public",
              "s",
              [](Call&, const Query<Filter>& query, const NewNote&) -> Result<RawJson> {
                return RawJson{std::to_string(query->limit.value_or(50))};
              });
  FakeCall call = json_call(R"({"text":""})");
  call.query_pairs = {{"limit", "0"}, {"colour", "red"}, {"x", "1"}, {"limit", "2"}};
  Answer answer;
  const auto outcome = routes.last().run(call, Lenient::Strict, answer);
  EXPECT_EQ(verdict(outcome),
            "?limit range, ?colour enum, ?x unknown, ?limit duplicate, /text too_short");
  FakeCall right = json_call(R"({"text":"a"})");
  right.query_pairs = {{"limit", "7"}, {"role", "a"}, {"role", "b"}};
  Answer good;
  ASSERT_TRUE(routes.last().run(right, Lenient::Strict, good));
  EXPECT_EQ(good.body, "7");
}

TEST(TypedRoute, ARouteWithoutAQueryIgnoresParameters) {
  FakeRoutes routes;
  routes.get("/a", "public", "s", [](Call&) -> Result<None> { return None{}; });
  FakeCall call;
  call.query_pairs = {{"x", "1"}};
  Answer answer;
  EXPECT_TRUE(routes.last().run(call, Lenient::Strict, answer));
}

TEST(TypedRoute, APageLinksToTheNextOne) {
  FakeRoutes routes;
  routes.get("/v1/notes",
             "notes:read",
             "List",
             [](Call&, const Query<Filter>& query) -> Result<Page<Tag>> {
               if (!query->limit) return Page<Tag>{{}, std::nullopt};
               return Page<Tag>{{{"a"}, {"b"}}, "c+d"};
             });
  FakeCall last;
  last.path_text = "/v1/notes";
  Answer empty;
  ASSERT_TRUE(routes.last().run(last, Lenient::Strict, empty));
  EXPECT_EQ(empty.body, R"({"items":[],"next":null})");
  EXPECT_EQ(header(empty, "Link"), "");
  FakeCall call;
  call.path_text = "/v1/notes";
  call.query_pairs = {{"role", "a b"}, {"cursor", "old"}, {"limit", "2"}};
  Answer answer;
  EXPECT_EQ(verdict(routes.last().run(call, Lenient::Strict, answer)), "?cursor unknown");
  ASSERT_TRUE(routes.last().run(call, Lenient::UnknownMembers, answer));
  EXPECT_EQ(answer.body, R"({"items":[{"id":"a"},{"id":"b"}],"next":"c+d"})");
  EXPECT_EQ(header(answer, "Link"), "</v1/notes?role=a%20b&limit=2&cursor=c%2Bd>; rel=\"next\"");
}

TEST(TypedRoute, TheSpecSaysWhatTheSignatureSays) {
  FakeRoutes routes;
  routes.patch(
      "/v1/notes/{note}",
      "notes:write",
      "Change a note",
      [](Call&, std::int64_t, const samples::NotePatch&) -> Result<Note> { return Note{}; });
  const RouteSpec& spec = routes.entries[0].spec;
  EXPECT_EQ(spec.size, sizeof(RouteSpec));
  EXPECT_EQ(spec.method, Method::Patch);
  EXPECT_EQ(spec.pattern, "/v1/notes/{note}");
  EXPECT_EQ(spec.permission, "notes:write");
  EXPECT_EQ(spec.summary, "Change a note");
  ASSERT_EQ(spec.path_parameters.size(), 1u);
  EXPECT_EQ(spec.path_parameters[0]->kind, Kind::Integer);
  EXPECT_EQ(spec.query, nullptr);
  EXPECT_STREQ(spec.body->name, "samples.NotePatch");
  EXPECT_STREQ(spec.result->name, "Note");
  EXPECT_FALSE(spec.page);
}

}  // namespace
