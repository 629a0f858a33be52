// The engine's own errors under a route that has a shape of its own, and answers that only a
// deadline or a drain makes. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/routes.hpp>

#include "tests/host/http/test_server.hpp"
#include "tests/sdk/testing/bare_runtime.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

void own_words(const Call&, const Error& error, Answer& answer) {
  answer = {http_status(error.code), "text/plain", "own words", {}};
}

class Dialect final : public Plugin {
 public:
  Gate gate;
  void wire(Context& host) override {
    Routes& routes = host.routes();
    routes.get("/d/free", "public", "Free", [](Call&) -> Result<None> { return None{}; })
        .errors(own_words);
    routes
        .get("/d/waits",
             "public",
             "Wait",
             [this](Call&) -> Result<None> {
               gate.pass();
               return None{};
             })
        .errors(own_words);
    routes
        .post("/d/takes",
              "public",
              "Take",
              [](Call&, const RawJson&) -> Result<None> { return None{}; })
        .body_limit(10)
        .errors(own_words);
    routes
        .get("/d/hash",
             "public",
             "Hash",
             [this](Call&) -> Result<None> {
               gate.pass();
               return None{};
             })
        .hashing();
    routes.get("/d/hash-other", "public", "Hash", [](Call&) -> Result<None> { return None{}; })
        .hashing();
    routes.get("/d/stream204", "public", "Stream without a body", [](Call& call) -> Result<Answer> {
      call.set_stream({"text/plain", [i = 0](std::string& out) mutable -> Result<Streaming> {
                         out += std::string(40'000, 'x');
                         return ++i < 3 ? Streaming::More : Streaming::End;
                       }});
      return Answer{204, "", "", {}};
    });
  }
};

class Site {
 public:
  explicit Site(const HttpOptions& options = patient())
      : server_(options, *runtime, runtime.log, runtime.metrics) {
    port = *server_.start();
  }
  ~Site() {
    dialect.gate.open();
    server_.stop();
  }
  HttpServer* operator->() { return &server_; }
  std::vector<std::string> lines(std::string_view event) const {
    std::vector<std::string> texts;
    for (const auto& record : runtime.log.records()) {
      if (record.event == event) texts.push_back(record.text);
    }
    return texts;
  }

  Dialect dialect;
  gatehouse::testing::BareRuntime runtime{
      dialect, {"https://app.example.com"}, gatehouse::testing::BareRuntime::RequestLines::Yes};
  int port = 0;

 private:
  HttpServer server_;
};

// Long enough for a handler that was let go to have ended.
bool eventually_soon(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + 300ms;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

HttpOptions short_deadline() {
  auto options = patient();
  options.handler_deadline = 100ms;
  return options;
}

TEST(RouteShape, HoldsForABodyThatIsTooLarge) {
  Site site;
  RawClient client(site.port);
  const auto reply = client.ask("POST /d/takes HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(reply->body, "own words");
}

TEST(RouteShape, HoldsForABadChunk) {
  Site site;
  RawClient client(site.port);
  const auto reply =
      client.ask("POST /d/takes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 400);
  EXPECT_EQ(reply->body, "own words");
}

TEST(RouteShape, HoldsForASlowBody) {
  auto options = patient();
  options.body_timeout = 50ms;
  Site site(options);
  RawClient client(site.port);
  const auto reply = client.ask("POST /d/takes HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(reply->body, "own words");
}

TEST(RouteShape, HoldsForAnotherMediaType) {
  Site site;
  RawClient client(site.port);
  const auto reply = client.ask(
      "POST /d/takes HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: "
      "2\r\n\r\n{}");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 415);
  EXPECT_EQ(reply->body, "own words");
}

TEST(RouteShape, HoldsForAHandlerThatIsLate) {
  Site site(short_deadline());
  RawClient client(site.port);
  const auto reply = client.ask(get("/d/waits"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->body, "own words");
}

TEST(RouteShape, HoldsForAnotherMethod) {
  Site site;
  RawClient client(site.port);
  auto reply = client.ask("DELETE /d/free HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 405);
  EXPECT_EQ(reply->fields["allow"], "GET, HEAD, OPTIONS");
  EXPECT_EQ(reply->body, "own words");
}

TEST(RouteShape, HoldsWhileTheServerDrains) {
  Site site;
  RawClient half(site.port);
  half.send("GET /d/free HTTP/1.1\r\nHos");
  RawClient held(site.port);
  held.send(get("/d/waits"));
  ASSERT_TRUE(site.dialect.gate.wait_for(1));
  std::thread drain([&] { site->drain(20s); });
  RawClient idle(site.port);
  EXPECT_EQ(idle.rest(), "");  // so it drains
  half.send("t: a\r\n\r\n");
  const auto reply = half.reply();
  site.dialect.gate.open();
  drain.join();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->body, "own words");
}

TEST(Late, RequestsKeepTheirIdTheirOriginAndTheirClientsAddressAndAreCountedOnce) {
  auto options = short_deadline();
  options.is_trusted_proxy = [](std::string_view address) { return address == "127.0.0.1"; };
  Site site(options);
  RawClient client(site.port);
  auto reply = client.ask(get("/d/waits",
                              "X-Request-Id: mine-1\r\nOrigin: https://app.example.com\r\n"
                              "X-Forwarded-For: 192.0.2.7\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->fields["x-request-id"], "mine-1");
  EXPECT_EQ(reply->fields["access-control-allow-origin"], "https://app.example.com");
  site.dialect.gate.open();
  RawClient other(site.port);
  EXPECT_TRUE(eventually([&] { return other.ask(get("/d/free"))->status == 204; }));
  // The other one may have been asked several times, until the late one let go of its worker.
  const auto late = [&] {
    std::vector<std::string> found;
    for (const std::string& line : site.lines("request")) {
      if (line.find("/d/waits") != line.npos) found.push_back(line);
    }
    return found;
  };
  EXPECT_FALSE(eventually_soon([&] { return late().size() > 1; }));
  const auto lines = late();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("192.0.2.7"), std::string::npos) << lines[0];
}

TEST(StreamOf204, LeavesNothingWhereTheNextAnswerBegins) {
  Site site;
  RawClient client(site.port);
  client.send(get("/d/stream204") + get("/d/free", "Connection: close\r\n"));
  const auto refused = client.reply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 500);
  const auto next = client.reply();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->status, 204);
}

}  // namespace
}  // namespace gatehouse::host::testing
