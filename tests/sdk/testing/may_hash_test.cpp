// Routes that hash sometimes: on which lane they run when, and that their first run leaves nothing.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <gatehouse/passwords.hpp>

#include "tests/sdk/testing/bare_runtime.hpp"

namespace gatehouse::testing {
namespace {

struct Wish {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Wish, (), (text))

constexpr Sql kCreate = "create table bare_wish (text text not null)";
constexpr Sql kInsert = "insert into bare_wish (text) values (:text)";
constexpr Sql kCount = "select count(*) from bare_wish";

class Wishes final : public Plugin, private Authenticator {
 public:
  int runs = 0;
  Db* db = nullptr;

  Migrations migrations() const override { return {{"0001", "wishes", kCreate}}; }
  void wire(Context& host) override {
    db = &host.storage();
    host.permissions().declare("bare:use", held_by_everybody);
    host.authenticators().add(*this);
    Routes& routes = host.routes();
    const auto grant = [this, &host](Call& call, const Wish& wish) {
      return make(host, call, wish);
    };
    routes.post("/open", "public", "Wish", grant).may_hash();
    routes.post("/closed", "bare:use", "Wish", grant).may_hash();
    routes.post("/inline", "public", "Wish", grant).may_hash().non_blocking();
    routes.post("/silent", "public", "Wish", grant);
    routes
        .put("/wish",
             "bare:use",
             "Wish",
             [this, &host](Call& call, const Wish& wish) -> Result<Wish> {
               ++runs;
               if (!hashing_is_allowed()) return needs_hashing(false);
               return host.storage().write([&](Session& session) -> Result<Wish> {
                 GATEHOUSE_CHECK(call.check_if_match(Wish{"old"}));
                 GATEHOUSE_CHECK(session.run(kInsert, wish.text));
                 return wish;
               });
             })
        .may_hash()
        .etag();
  }
  std::int64_t count() {
    return db->read([](Session& session) { return session.get<std::int64_t>(kCount); }).value();
  }

 private:
  Result<None> make(Context& host, Call& call, const Wish& wish) {
    ++runs;
    call.set_header("X-Run", std::to_string(runs));
    const auto insert = [&](Session& session) { return session.run(kInsert, wish.text); };
    if (wish.text == "plain") return None{};
    if (wish.text == "forgetful") {
      GATEHOUSE_CHECK(host.storage().write(insert));
      return needs_hashing(false);
    }
    if (wish.text == "insatiable") return needs_hashing(false);
    if (!hashing_is_allowed()) return needs_hashing(wish.text == "known");
    GATEHOUSE_CHECK(host.storage().write(insert));
    return None{};
  }

  std::string_view challenge(Refusal) const override { return "Bare"; }
  Result<Authentication> authenticate(const Call& call) override {
    const auto name = call.header("Authorization");
    if (!name) return Authentication::not_recognised();
    if (*name == "hashed" && !hashing_is_allowed()) return needs_hashing(true);
    call_headers(call);
    Principal who;
    who.user = 7;
    who.user_id = "65f1c0ffee00000000000007";
    return Authentication::accepted(std::move(who));
  }
  // A dialect renews its cookie so.
  static void call_headers(const Call& call) {
    const_cast<Call&>(call).set_header("X-Renewed", "yes");
  }
};

class MayHash : public ::testing::Test {
 protected:
  std::unique_ptr<Exchange> post(const std::string& target,
                                 const std::string& text,
                                 std::vector<std::pair<std::string, std::string>> headers = {}) {
    return send("POST", target, text, std::move(headers));
  }
  std::unique_ptr<Exchange> send(const std::string& method,
                                 const std::string& target,
                                 const std::string& text,
                                 std::vector<std::pair<std::string, std::string>> headers) {
    headers.emplace_back("Content-Type", "application/json");
    auto exchange = runtime.open(method, target, std::move(headers));
    exchange->receive("{\"text\":\"" + text + "\"}");
    return exchange;
  }
  static std::string header(Exchange& exchange, std::string_view name) {
    for (const auto& [header, value] : exchange.answer().headers) {
      if (header == name) return value;
    }
    return {};
  }
  Wishes plugin;
  BareRuntime runtime{plugin};
};

TEST_F(MayHash, RunsOnAWorkerAndInASlotOnlyWhenItMust) {
  const auto plain = post("/open", "plain");
  EXPECT_EQ(plain->lane(), Lane::Worker);
  plain->run();
  ASSERT_TRUE(plain->done());
  EXPECT_EQ(plain->answer().status, 204);

  const auto hashed = post("/open", "hashed");
  EXPECT_EQ(hashed->lane(), Lane::Worker);
  hashed->run();
  ASSERT_FALSE(hashed->done());
  EXPECT_EQ(hashed->lane(), Lane::Hashing);
  EXPECT_EQ(plugin.count(), 0);
  hashed->run();
  ASSERT_TRUE(hashed->done());
  EXPECT_EQ(hashed->answer().status, 204);
  EXPECT_EQ(header(*hashed, "X-Run"), "3") << "only the headers of the run that counts";
  EXPECT_EQ(plugin.count(), 1);
  EXPECT_EQ(runtime.log.count("undeclared_answer"), 0);
}

TEST_F(MayHash, NeverRunsOnTheIoThread) {
  EXPECT_EQ(post("/inline", "hashed")->lane(), Lane::Worker);
}

TEST_F(MayHash, SaysWhoseWorkItIs) {
  for (const auto& [text, known] : {std::pair("known", true), std::pair("hashed", false)}) {
    const auto exchange = post("/open", text);
    exchange->run();
    ASSERT_EQ(exchange->lane(), Lane::Hashing);
    EXPECT_EQ(exchange->hashing_claim().address, "192.0.2.1");
    EXPECT_EQ(exchange->hashing_claim().is_known_device, known);
  }
  const auto exchange = post("/closed", "plain", {{"Authorization", "hashed"}});
  EXPECT_FALSE(exchange->hashing_claim().is_known_device);
  exchange->run();
  ASSERT_EQ(exchange->lane(), Lane::Hashing);
  EXPECT_TRUE(exchange->hashing_claim().is_known_device);
  exchange->run();
  ASSERT_EQ(exchange->lane(), Lane::Worker);
  exchange->run();
  ASSERT_TRUE(exchange->done());
  EXPECT_EQ(exchange->answer().status, 204);
}

TEST_F(MayHash, KeepsWhatTheAuthenticatorSetInTheAnswer) {
  const auto exchange = post("/closed", "hashed", {{"Authorization", "me"}});
  exchange->run();
  ASSERT_EQ(exchange->lane(), Lane::Hashing);
  exchange->run();
  ASSERT_TRUE(exchange->done());
  EXPECT_EQ(header(*exchange, "X-Renewed"), "yes");
  EXPECT_EQ(header(*exchange, "X-Run"), "2");
}

TEST_F(MayHash, AKeyIsFreeWhileItsRequestWaitsAndIsCarriedOutOnce) {
  const std::vector<std::pair<std::string, std::string>> headers = {{"Authorization", "me"},
                                                                    {"Idempotency-Key", "k1"}};
  const auto first = post("/closed", "hashed", headers);
  const auto second = post("/closed", "hashed", headers);
  first->run();
  second->run();
  ASSERT_EQ(first->lane(), Lane::Hashing);
  ASSERT_EQ(second->lane(), Lane::Hashing) << "no attempt is left open";
  second->run();
  first->run();
  EXPECT_EQ(second->answer().status, 204);
  EXPECT_EQ(first->answer().status, 204);
  EXPECT_EQ(header(*first, "Idempotent-Replay"), "true");
  EXPECT_EQ(plugin.count(), 1);
}

TEST_F(MayHash, PreconditionsHoldForTheRunThatCounts) {
  const auto stale = send("PUT", "/wish", "x", {{"Authorization", "me"}, {"If-Match", "\"no\""}});
  stale->run();
  ASSERT_EQ(stale->lane(), Lane::Hashing);
  stale->run();
  ASSERT_TRUE(stale->done());
  EXPECT_EQ(stale->answer().status, 412);
  EXPECT_EQ(plugin.count(), 0);
  const auto any = send("PUT", "/wish", "x", {{"Authorization", "me"}, {"If-Match", "*"}});
  any->run();
  any->run();
  ASSERT_TRUE(any->done());
  EXPECT_EQ(any->answer().status, 200);
  EXPECT_EQ(plugin.count(), 1);
}

TEST_F(MayHash, WhatAHandlerDoesWrongIs500AndALine) {
  struct Case {
    const char* target;
    const char* text;
    const char* says;
  };
  const Case cases[] = {
      {"/open", "forgetful", "after a Db::write()"},
      {"/open", "insatiable", "where it was allowed to hash"},
      {"/silent", "hashed", "the route has no may_hash()"},
  };
  int lines = 0;
  for (const Case& c : cases) {
    const auto exchange = post(c.target, c.text);
    while (!exchange->done()) exchange->run();
    EXPECT_EQ(exchange->answer().status, 500) << c.says;
    EXPECT_EQ(runtime.log.count("request_failed"), ++lines);
    EXPECT_NE(runtime.log.records().back().text.find(c.says), std::string::npos)
        << runtime.log.records().back().text;
  }
}

TEST_F(MayHash, WhatWasWrittenUnderAKeyIsRolledBack) {
  const auto exchange =
      post("/closed", "forgetful", {{"Authorization", "me"}, {"Idempotency-Key", "k2"}});
  while (!exchange->done()) exchange->run();
  EXPECT_EQ(exchange->answer().status, 500);
  EXPECT_EQ(plugin.count(), 0);
}

}  // namespace
}  // namespace gatehouse::testing
