// What pages of other origins may read, answer by answer. SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gtest/gtest.h>

#include "tests/sdk/testing/bare_runtime.hpp"

namespace gatehouse::testing {
namespace {

constexpr const char* kOurs = "https://app.example.com";

class Words final : public Plugin {
  void wire(Context& host) override {
    host.permissions().declare("words:read", held_by_everybody);
    host.routes().get(
        "/word", "public", "Read", [](Call&) -> Result<RawJson> { return RawJson{"\"word\""}; });
    host.routes().remove(
        "/word", "words:read", "Remove", [](Call&) -> Result<None> { return None{}; });
  }
};

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "-" : found->second;
  }
};

Reply ask(BareRuntime& runtime,
          std::string method,
          std::string target,
          std::vector<std::pair<std::string, std::string>> headers) {
  const auto exchange = runtime.open(std::move(method), std::move(target), std::move(headers));
  while (!exchange->done()) exchange->run();
  Reply reply;
  reply.status = exchange->answer().status;
  for (const auto& [name, value] : exchange->answer().headers) reply.headers[name] = value;
  return reply;
}

TEST(Cors, ShowsAnswersToExactlyTheConfiguredOrigins) {
  Words plugin;
  BareRuntime runtime(plugin, {"https://other.example", kOurs});
  struct Case {
    const char* name;
    const char* origin;
    const char* allowed;
  };
  const Case cases[] = {
      {"ours", kOurs, kOurs},
      {"the other one", "https://other.example", "https://other.example"},
      {"another scheme", "http://app.example.com", "-"},
      {"a port", "https://app.example.com:8443", "-"},
      {"a name that begins like ours", "https://app.example.com.evil.example", "-"},
      {"a name that ends like ours", "https://evil-app.example.com", "-"},
      {"capitals, which no browser sends", "https://APP.example.com", "-"},
      {"null", "null", "-"},
      {"a star", "*", "-"},
      {"two origins", "https://app.example.com https://other.example", "-"},
      {"empty", "", "-"},
  };
  for (const Case& c : cases) {
    const Reply reply = ask(runtime, "GET", "/word", {{"Origin", c.origin}});
    EXPECT_EQ(reply.status, 200) << c.name;
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), c.allowed) << c.name;
    EXPECT_EQ(reply.header("Vary"), "Origin") << c.name;
    EXPECT_EQ(reply.header("Access-Control-Allow-Credentials"), "-") << c.name;
  }
  const Reply shown = ask(runtime, "GET", "/word", {{"Origin", kOurs}});
  EXPECT_EQ(shown.header("Access-Control-Expose-Headers"),
            "ETag, Idempotent-Replay, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
            "WWW-Authenticate, X-Request-Id");
}

TEST(Cors, SaysThatAnswersDependOnTheOriginAlsoToThoseWhoSendNone) {
  Words plugin;
  BareRuntime runtime(plugin, {kOurs});
  const Reply reply = ask(runtime, "GET", "/word", {});
  EXPECT_EQ(reply.header("Vary"), "Origin");
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "-");
}

TEST(Cors, LetsPagesReadErrorsToo) {
  Words plugin;
  BareRuntime runtime(plugin, {kOurs});
  const std::pair<const char*, int> targets[] = {{"/missing", 404}, {"/a//b", 400}};
  for (const auto& [target, status] : targets) {
    const Reply reply = ask(runtime, "GET", target, {{"Origin", kOurs}});
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), kOurs) << target;
  }
  const Reply unsigned_in = ask(runtime, "DELETE", "/word", {{"Origin", kOurs}});
  EXPECT_EQ(unsigned_in.status, 401);
  EXPECT_EQ(unsigned_in.header("Access-Control-Allow-Origin"), kOurs);

  const auto refused = runtime.open("GET", "/word", {{"Origin", kOurs}});
  refused->refuse(503, "overloaded", "Later.");
  bool allowed = false;
  for (const auto& [name, value] : refused->answer().headers) {
    allowed |= name == "Access-Control-Allow-Origin" && value == kOurs;
  }
  EXPECT_TRUE(allowed) << "an error of the engine's own";
}

TEST(Cors, AnswersPreflightsWithWhatThePathAllows) {
  Words plugin;
  BareRuntime runtime(plugin, {kOurs});
  const auto preflight = [&](const char* origin, const char* target) {
    return ask(runtime,
               "OPTIONS",
               target,
               {{"Origin", origin},
                {"Access-Control-Request-Method", "DELETE"},
                {"Access-Control-Request-Headers", "authorization"}});
  };
  const Reply ours = preflight(kOurs, "/word");
  EXPECT_EQ(ours.status, 204) << "no credential is asked of a preflight";
  EXPECT_EQ(ours.header("Access-Control-Allow-Origin"), kOurs);
  EXPECT_EQ(ours.header("Access-Control-Allow-Methods"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_NE(ours.header("Access-Control-Allow-Headers").find("Authorization"), std::string::npos);
  EXPECT_NE(ours.header("Vary").find("Origin"), std::string::npos);
  EXPECT_EQ(ours.header("Access-Control-Allow-Credentials"), "-");

  const Reply foreign = preflight("https://evil.example", "/word");
  EXPECT_EQ(foreign.status, 204);
  for (const char* name : {"Origin", "Methods", "Headers"}) {
    EXPECT_EQ(foreign.header(std::string("Access-Control-Allow-") + name), "-") << name;
  }
  EXPECT_EQ(preflight(kOurs, "/missing").status, 404);

  const Reply options = ask(runtime, "OPTIONS", "/word", {{"Origin", kOurs}});
  EXPECT_EQ(options.header("Access-Control-Allow-Methods"), "-") << "no preflight";
  EXPECT_EQ(options.header("Access-Control-Allow-Origin"), kOurs);
}

TEST(Cors, IsSilentWhereNoOriginIsConfigured) {
  Words plugin;
  BareRuntime runtime(plugin);
  for (const char* method : {"GET", "OPTIONS"}) {
    const Reply reply = ask(
        runtime, method, "/word", {{"Origin", kOurs}, {"Access-Control-Request-Method", "GET"}});
    EXPECT_EQ(reply.header("Vary"), "-");
    EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "-");
  }
}

}  // namespace
}  // namespace gatehouse::testing
