// The engine with the runtime behind it: what the two promise together about answers and about the
// lines of the log. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/routes.hpp>

#include "tests/host/http/test_server.hpp"
#include "tests/sdk/testing/bare_runtime.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

struct Note {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Note, (), (text))

class Notes final : public Plugin {
 public:
  void wire(Context& host) override {
    Routes& routes = host.routes();
    routes.get("/notes/{note}", "public", "Read", [](Call&, std::string) -> Result<None> {
      return None{};
    });
    routes.get("/own-length", "public", "Set a framing header", [](Call& call) -> Result<None> {
      call.set_header("Content-Length", "1");
      return None{};
    });
    routes.get("/own-status", "public", "Answer 99", [](Call&) -> Result<Answer> {
      return Answer{99, "text/plain", "x", {}};
    });
    routes.get("/own-type", "public", "Split the type", [](Call&) -> Result<Answer> {
      return Answer{200, "text/plain\r\nX: y", "x", {}};
    });
    routes.get("/own-error", "public", "Fail badly", [](Call&) -> Result<None> { return denied(); })
        .errors([](const Call&, const Error&, Answer& answer) {
          answer = {403, "text/plain", "x", {{"Transfer-Encoding", "chunked"}}};
        });
    routes
        .post("/small",
              "public",
              "Take little",
              [](Call&, const RawJson&) -> Result<None> { return None{}; })
        .body_limit(10);
    routes
        .get("/state",
             "public",
             "Read a state",
             [](Call&) -> Result<Note> { return Note{"as it is"}; })
        .etag();
    routes.get("/trace", "public", "Say the trace", [](Call& call) -> Result<Note> {
      return Note{std::string(call.trace_id())};
    });
  }
};

HttpOptions impatient() {
  HttpOptions options = patient();
  options.header_timeout = 50ms;
  return options;
}

class Site {
 public:
  explicit Site(const HttpOptions& options = patient())
      : server_(options, *runtime, runtime.log, runtime.metrics) {
    port = *server_.start();
  }
  ~Site() { server_.stop(); }

  // The texts of the lines with that event.
  std::vector<std::string> lines(std::string_view event) const {
    std::vector<std::string> texts;
    for (const auto& record : runtime.log.records()) {
      if (record.event == event) texts.push_back(record.text);
    }
    return texts;
  }

  Notes notes;
  gatehouse::testing::BareRuntime runtime{
      notes, {}, gatehouse::testing::BareRuntime::RequestLines::Yes};
  int port = 0;

 private:
  HttpServer server_;
};

TEST(HttpRuntime, WhatCannotBeReadIsAnsweredWithOneStatusAndLoggedWithItsAddress) {
  struct Case {
    const char* name;
    std::string input;
    int status;
    const char* method;
  };
  const std::vector<Case> cases = {
      {"no host", "GET /notes/1 HTTP/1.1\r\n\r\n", 400, "GET"},
      {"no request", "{\r\n\r\n", 400, "-"},
      {"half a head", "GET /no", 408, "-"},
      {"a large body",
       "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n",
       413,
       "POST"},
      {"a long target", "GET /" + std::string(20'000, 'a'), 414, "-"},
      {"another expectation", get("/notes/1", "Expect: miracles\r\n"), 417, "GET"},
      {"a large head", get("/notes/1", "X: " + std::string(20'000, 'a') + "\r\n"), 431, "-"},
      {"another method", "FROB / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "-"},
      {"another coding", get("/notes/1", "Transfer-Encoding: gzip\r\n"), 501, "GET"},
      {"another version", "GET / HTTP/2.0\r\n\r\n", 505, "-"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Site site(impatient());
    RawClient client(site.port);
    const auto reply = client.ask(c.input);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, c.status);
    EXPECT_NE(reply->body.find("\"status\":" + std::to_string(c.status)), std::string::npos)
        << reply->body;
    EXPECT_EQ(reply->fields.at("cache-control"), "no-store");
    EXPECT_FALSE(reply->fields.at("x-request-id").empty());
    const auto lines = site.lines("request");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_TRUE(lines[0].starts_with(std::string(c.method) + " ")) << lines[0];
    EXPECT_NE(lines[0].find(" 127.0.0.1 "), std::string::npos) << lines[0];
  }
}

TEST(HttpRuntime, AnAnswerThatCannotBeSentIs500UnderTheSameIdAndTheLogNamesIt) {
  struct Case {
    const char* path;
    const char* says;
  };
  const std::vector<Case> cases = {
      {"/own-length", "'Content-Length'"},
      {"/own-status", "status 99"},
      {"/own-type", "content type"},
      {"/own-error", "'Transfer-Encoding'"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.path);
    Site site;
    RawClient client(site.port);
    const auto reply = client.ask(get(c.path, "X-Request-Id: abc-1\r\n"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 500);
    EXPECT_EQ(reply->fields.at("x-request-id"), "abc-1");
    EXPECT_NE(reply->body.find("\"request_id\":\"abc-1\""), std::string::npos) << reply->body;
    const auto failures = site.lines("request_failed");
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_NE(failures[0].find(c.says), std::string::npos) << failures[0];
    EXPECT_NE(failures[0].find(c.path), std::string::npos) << failures[0];
    EXPECT_EQ(site.lines("request").size(), 1U);
    EXPECT_EQ(client.ask(get("/notes/1"))->status, 204) << "the connection lives on";
  }
}

TEST(HttpRuntime, AStateThatTheClientHasIsAnsweredWithAHeadAlone) {
  Site site;
  RawClient client(site.port);
  const auto first = client.ask(get("/state"));
  ASSERT_TRUE(first);
  const std::string tag = first->fields.at("etag");
  for (const char* method : {"GET", "HEAD"}) {
    SCOPED_TRACE(method);
    const auto reply =
        client.ask(std::string(method) + " /state HTTP/1.1\r\nHost: a\r\nIf-None-Match: W/" + tag +
                   "\r\n\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 304);
    EXPECT_EQ(reply->body, "");
    EXPECT_EQ(reply->fields.at("etag"), tag);
    EXPECT_EQ(reply->fields.at("cache-control"), "no-store");
    EXPECT_EQ(reply->fields.count("content-length"), 0U);
    EXPECT_EQ(reply->fields.count("content-type"), 0U);
  }
  EXPECT_EQ(client.ask(get("/state"))->body, first->body) << "the connection lives on";
}

TEST(HttpRuntime, ATraceReachesTheHandlerAndTheFieldsOfTheLog) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  Site site;
  RawClient client(site.port);
  const auto reply =
      client.ask(get("/trace", "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_NE(reply->body.find(trace), std::string::npos) << reply->body;
  EXPECT_EQ(client.ask(get("/trace", "traceparent: 00-x-y-01\r\n"))->status, 200);
  std::vector<std::vector<std::pair<std::string, std::string>>> lines;
  for (const auto& record : site.runtime.log.records()) {
    if (record.event == "request") lines.push_back(record.fields);
  }
  ASSERT_EQ(lines.size(), 2U);
  const auto field = [](const auto& fields, std::string_view name) {
    for (const auto& [known, value] : fields) {
      if (known == name) return value;
    }
    return std::string("(none)");
  };
  EXPECT_EQ(field(lines[0], "trace_id"), trace);
  EXPECT_EQ(field(lines[0], "method"), "GET");
  EXPECT_EQ(field(lines[0], "route"), "/trace");
  EXPECT_EQ(field(lines[0], "status"), "200");
  EXPECT_EQ(field(lines[0], "remote_address"), "127.0.0.1");
  EXPECT_EQ(field(lines[0], "user"), "(none)");
  EXPECT_EQ(field(lines[1], "trace_id"), "(none)");
}

TEST(HttpRuntime, OptionsOfTheWholeServerAreAllMethods) {
  Site site;
  RawClient client(site.port);
  const auto reply = client.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 204);
  EXPECT_EQ(reply->fields.at("allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

TEST(HttpRuntime, TheLogHasThePatternOfAPathAlsoForAnotherMethod) {
  Site site;
  RawClient client(site.port);
  EXPECT_EQ(client.ask("DELETE /notes/1 HTTP/1.1\r\nHost: a\r\n\r\n")->status, 405);
  EXPECT_EQ(client.ask("OPTIONS /notes/1 HTTP/1.1\r\nHost: a\r\n\r\n")->status, 204);
  EXPECT_EQ(client.ask(get("/nothing"))->status, 404);
  const auto lines = site.lines("request");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[0].starts_with("DELETE /notes/{note} 405 ")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("OPTIONS /notes/{note} 204 ")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("GET - 404 ")) << lines[2];
}

}  // namespace
}  // namespace gatehouse::host::testing
