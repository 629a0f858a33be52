// A POST that is sent again is done once (security.md 19); seen through the harness.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace till {
using namespace gatehouse;
using gatehouse::testing::Client;
using gatehouse::testing::Harness;
using gatehouse::testing::Reply;

struct Order {
  std::string id;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id, text))
struct NewOrder {
  std::string text;
  bool now = false;
};
BOOST_DESCRIBE_STRUCT(NewOrder, (), (text, now))
constexpr auto rules(Of<NewOrder>) {
  return std::tuple{field(&NewOrder::now, {.optional = true})};
}

constexpr Sql kCreate = "create table till_order (id text primary key, text text not null)";
constexpr Sql kInsert = "insert into till_order (id, text) values (:id, :text) returning id, text";
constexpr Sql kCount = "select count(*) from till_order";

// POST /orders/HOW makes an order, and then ends as HOW says.
class Till final : public Plugin {
 public:
  static inline std::latch* entered = nullptr;
  static inline std::latch* may_leave = nullptr;

 private:
  Migrations migrations() const override { return {{"0001", "orders", kCreate}}; }

  Result<Order> insert(Context& host, const NewOrder& order) {
    return host.storage().write([&](Session& session) {
      return session.get<Order>(kInsert, host.random().object_id(), order.text);
    });
  }

  Result<Created<Order>> make(Context& host, const std::string& how, const NewOrder& order) {
    if (how == "refused") return invalid("/text", "is not to be had");
    GATEHOUSE_TRY(Order made, insert(host, order));
    if (how == "thrown") throw std::runtime_error("after the write");
    if (how == "away") return unavailable("Not now.");
    if (how == "limited") return Error{ErrorCode::RateLimited, "", "Slowly.", {}, {}};
    if (how == "conflict") return conflict("sold_out", "Order {} is noted.", made.id);
    if (how == "twice") GATEHOUSE_CHECK(insert(host, order));
    if (how == "large") made.text = std::string(70'000, 'x');
    if (how == "waiting" || how == "waiting-reading") {
      entered->count_down();
      may_leave->wait();
    }
    if (how == "seen" || how == "waiting-reading") {
      GATEHOUSE_TRY(const auto count, host.storage().read([](Session& session) {
        return session.get<std::int64_t>(kCount);
      }));
      made.text = std::to_string(count);
    }
    return Created<Order>{std::move(made), how == "placed" ? "/elsewhere" : ""};
  }

  void wire(Context& host) override {
    host.permissions().declare("till:use", held_by_everybody);
    host.permissions().declare("till:lead", held_by(Role::Staff));
    Routes& routes = host.routes();
    routes
        .post(
            "/orders/{how}",
            "till:use",
            "Order",
            [this, &host](Call&, std::string how, const NewOrder& order) -> Result<Created<Order>> {
              return make(host, how, order);
            })
        .delegable("till:order");
    routes.post("/led",
                "till:lead",
                "Order as a leader",
                [this, &host](Call&, const NewOrder& order) -> Result<Created<Order>> {
                  return make(host, "led", order);
                });
    routes
        .post("/secrets",
              "till:use",
              "Order a secret",
              [this, &host](Call&, const NewOrder& order) -> Result<Created<Order>> {
                return make(host, "secret", order);
              })
        .answers_secret();
    routes
        .post("/sessions",
              "till:use",
              "Order each time",
              [this, &host](Call&, const NewOrder& order) -> Result<Created<Order>> {
                return make(host, "session", order);
              })
        .ignores_idempotency_key();
    routes.post("/open",
                "public",
                "Order without a name",
                [this, &host](Call&, const NewOrder& order) -> Result<Created<Order>> {
                  return make(host, "open", order);
                });
    routes.get("/count", "public", "Count", [&host](Call&) -> Result<Order> {
      GATEHOUSE_TRY(const auto count, host.storage().read([](Session& session) {
        return session.get<std::int64_t>(kCount);
      }));
      return Order{"", std::to_string(count)};
    });
  }
};

class Idempotency : public ::testing::Test {
 protected:
  std::int64_t orders() {
    return app.storage()
        .read([](Session& session) { return session.get<std::int64_t>(kCount); })
        .value();
  }
  std::int64_t records() {
    return app.storage()
        .read([](Session& session) {
          return session.get<std::int64_t>("select count(*) from gatehouse_idempotency_record");
        })
        .value();
  }
  static bool is_replay(const Reply& reply) { return reply.header("Idempotent-Replay") == "true"; }

  Harness<Till> app{"till"};
  Client ada = app.as("ada");
  Client keyed = ada.with("Idempotency-Key", "k-1");
  const char* const body = R"({"text": "tea"})";
};

TEST_F(Idempotency, TheSameRequestIsDoneOnceAndAnsweredTheSameWay) {
  for (const char* path : {"/orders/plain", "/orders/placed"}) {
    SCOPED_TRACE(path);
    const std::int64_t before = orders();
    const Reply first = keyed.post(path, body);
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_FALSE(is_replay(first));
    const Reply again = keyed.post(path, body);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.content_type, first.content_type);
    EXPECT_EQ(again.header("Location"), first.header("Location"));
    EXPECT_NE(again.header("X-Request-Id"), first.header("X-Request-Id"));
    EXPECT_TRUE(is_replay(again));
    EXPECT_EQ(orders(), before + 1);
  }
}

TEST_F(Idempotency, WithoutAKeyEachRequestIsAnother) {
  EXPECT_EQ(ada.post("/orders/plain", body).status, 201);
  EXPECT_EQ(ada.post("/orders/plain", body).status, 201);
  EXPECT_EQ(orders(), 2);
  EXPECT_EQ(records(), 0);
}

TEST_F(Idempotency, AKeyBelongsToWhoSentItAndWhereItWasSent) {
  EXPECT_EQ(keyed.post("/orders/plain", body).status, 201);
  Principal delegated;
  delegated.user = 1;
  delegated.actor = 2;
  delegated.grant_scopes = {"till:order"};
  const Client others[] = {app.as("bob"), app.as(delegated)};
  for (const Client& other : others) {
    const Reply reply = other.with("Idempotency-Key", "k-1").post("/orders/plain", body);
    EXPECT_EQ(reply.status, 201);
    EXPECT_FALSE(is_replay(reply));
  }
  EXPECT_FALSE(is_replay(keyed.post("/orders/other", body)));
  EXPECT_FALSE(is_replay(ada.with("Idempotency-Key", "k-2").post("/orders/plain", body)));
  EXPECT_EQ(orders(), 5);
}

TEST_F(Idempotency, AKeyWithAnotherRequestIsRefused) {
  ASSERT_EQ(keyed.post("/orders/plain", body).status, 201);
  for (const auto& [target, text] : {std::pair{"/orders/plain", R"({"text": "coffee"})"},
                                     std::pair{"/orders/plain?x=1", body}}) {
    const Reply reply = keyed.post(target, text);
    EXPECT_EQ(reply.status, 422) << reply.body;
    EXPECT_NE(reply.body.find("\"code\":\"idempotency_key_reused\""), std::string::npos);
    EXPECT_FALSE(is_replay(reply));
  }
  EXPECT_EQ(orders(), 1);
}

TEST_F(Idempotency, KeysAreShortVisibleAndStandOnce) {
  for (const std::string& key : {std::string("a b"),
                                 std::string(),
                                 std::string("\x7f"),
                                 std::string("ü"),
                                 std::string(256, 'k')}) {
    SCOPED_TRACE(key);
    const Reply reply = ada.with("Idempotency-Key", key).post("/orders/plain", body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.find("\"code\":\"bad_idempotency_key\""), std::string::npos);
  }
  EXPECT_EQ(keyed.with("Idempotency-Key", "k-1").post("/orders/plain", body).status, 400);
  EXPECT_EQ(orders(), 0);
  const std::string longest(255, '~');
  EXPECT_EQ(ada.with("Idempotency-Key", longest).post("/orders/plain", body).status, 201);
}

TEST_F(Idempotency, WhatFailedIsNeitherDoneNorRemembered) {
  struct Case {
    const char* how;
    int status;
  };
  for (const Case& c : {Case{"thrown", 500}, {"away", 503}, {"twice", 500}, {"refused", 422}}) {
    SCOPED_TRACE(c.how);
    const std::string path = std::string("/orders/") + c.how;
    for (int i = 0; i < 2; ++i) {
      const Reply reply = keyed.post(path, body);
      EXPECT_EQ(reply.status, c.status) << reply.body;
      EXPECT_FALSE(is_replay(reply));
    }
    EXPECT_EQ(orders(), 0);
    EXPECT_EQ(records(), 0);
  }
  EXPECT_EQ(keyed.post("/orders/plain", "{").status, 400);
  EXPECT_EQ(records(), 0);
}

TEST_F(Idempotency, ARefusalThatWroteSomethingIsDoneOnceToo) {
  const Reply first = keyed.post("/orders/conflict", body);
  EXPECT_EQ(first.status, 409);
  const Reply again = keyed.post("/orders/conflict", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body, first.body);
  EXPECT_TRUE(is_replay(again));
  EXPECT_EQ(orders(), 1);
}

TEST_F(Idempotency, WhoIsToldToWaitIsNotToldAgain) {
  EXPECT_EQ(keyed.post("/orders/limited", body).status, 429);
  EXPECT_FALSE(is_replay(keyed.post("/orders/limited", body)));
  EXPECT_EQ(records(), 0);
}

TEST_F(Idempotency, AHandlerReadsWhatItsHeldTransactionWrote) {
  const Reply reply = keyed.post("/orders/seen", body);
  EXPECT_EQ(reply.status, 201);
  EXPECT_NE(reply.body.find("\"text\":\"1\""), std::string::npos) << reply.body;
}

TEST_F(Idempotency, OfTwentyAtOnceOneIsDone) {
  std::vector<Reply> replies(20);
  std::vector<std::thread> threads;
  threads.reserve(replies.size());
  std::latch begin(20);
  for (Reply& reply : replies) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      reply = keyed.post("/orders/plain", body);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(orders(), 1);
  int originals = 0;
  for (const Reply& reply : replies) {
    if (reply.status == 201 && !is_replay(reply)) ++originals;
    if (reply.status == 201) continue;
    EXPECT_EQ(reply.status, 409);
    EXPECT_NE(reply.body.find("\"code\":\"idempotency_in_progress\""), std::string::npos);
  }
  EXPECT_EQ(originals, 1);
}

TEST_F(Idempotency, WhoAsksWhileItIsDoneIsToldAtOnce) {
  std::latch entered(1);
  std::latch may_leave(1);
  Till::entered = &entered;
  Till::may_leave = &may_leave;
  Reply first;
  std::thread worker([&] { first = keyed.post("/orders/waiting", body); });
  entered.wait();
  const Reply meanwhile = keyed.post("/orders/waiting", body);
  may_leave.count_down();
  worker.join();
  EXPECT_EQ(meanwhile.status, 409);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(keyed.post("/orders/waiting", body).body, first.body);
}

// There the others wait for the one connection that writes.
class SqliteIdempotency : public Idempotency {};

TEST_F(SqliteIdempotency, WhoWorksOnAfterTheWriteIsRolledBackForOthersAndCanTryAgain) {
  int told = 0;
  for (const char* path : {"/orders/waiting", "/orders/waiting-reading"}) {
    SCOPED_TRACE(path);
    const std::int64_t before = orders();
    std::latch entered(1);
    std::latch may_leave(1);
    Till::entered = &entered;
    Till::may_leave = &may_leave;
    Reply slow;
    std::thread worker([&] { slow = keyed.post(path, body); });
    entered.wait();
    EXPECT_EQ(ada.post("/orders/plain", body).status, 201);
    EXPECT_EQ(orders(), before + 1);
    may_leave.count_down();
    worker.join();
    EXPECT_EQ(slow.status, 503) << slow.body;
    EXPECT_EQ(slow.header("Retry-After"), "1");
    EXPECT_NE(slow.body.find("too long after its write"), std::string::npos) << slow.body;
    EXPECT_EQ(orders(), before + 1);
    ASSERT_EQ(app.log().count("held_too_long"), ++told);
    const auto records = app.log().records();
    const auto line = std::find_if(records.rbegin(), records.rend(), [](const auto& record) {
      return record.event == "held_too_long";
    });
    EXPECT_NE(line->text.find("plugin till: POST /orders/{how}"), std::string::npos) << line->text;
    EXPECT_EQ(app.log().count("undeclared_answer"), 0);

    std::latch entered_again(1);
    Till::entered = &entered_again;
    const Reply again = keyed.post(path, body);
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_FALSE(is_replay(again));
    EXPECT_EQ(orders(), before + 2);
  }
}

TEST_F(Idempotency, ASecretIsShownOnceAndNotKept) {
  const Reply first = keyed.post("/secrets", body);
  ASSERT_EQ(first.status, 201);
  const Reply again = keyed.post("/secrets", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_NE(again.body.find("\"code\":\"secret_already_shown\""), std::string::npos);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_FALSE(again.header("Location").empty());
  EXPECT_EQ(again.header("Cache-Control"), "no-store");
  EXPECT_TRUE(is_replay(again));
  const auto kept = app.storage().read([](Session& session) {
    return session.get<std::int64_t>(
        "select count(*) from gatehouse_idempotency_record where body is not null");
  });
  EXPECT_EQ(*kept, 0);
  EXPECT_EQ(orders(), 1);
}

TEST_F(Idempotency, AnAnswerThatIsTooLargeIsNotKeptButNotMadeAgain) {
  const Reply first = keyed.post("/orders/large", body);
  ASSERT_EQ(first.status, 201);
  const Reply again = keyed.post("/orders/large", body);
  EXPECT_EQ(again.status, 409);
  EXPECT_NE(again.body.find("\"code\":\"answer_not_kept\""), std::string::npos);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_EQ(orders(), 1);
}

TEST_F(Idempotency, SomeRoutesTakeNoKeys) {
  for (const char* path : {"/sessions", "/open"}) {
    SCOPED_TRACE(path);
    for (int i = 0; i < 2; ++i) {
      const Reply reply = keyed.post(path, body);
      EXPECT_EQ(reply.status, 201);
      EXPECT_FALSE(is_replay(reply));
    }
  }
  EXPECT_EQ(orders(), 4);
  EXPECT_EQ(records(), 0);
}

TEST_F(Idempotency, WhoMayNoLongerAskIsNotAnswered) {
  const Client lead = app.as("eve", Role::Staff).with("Idempotency-Key", "k-1");
  ASSERT_EQ(lead.post("/led", body).status, 201);
  EXPECT_TRUE(is_replay(lead.post("/led", body)));
  const Reply later = app.as("eve").with("Idempotency-Key", "k-1").post("/led", body);
  EXPECT_EQ(later.status, 403);
  EXPECT_FALSE(is_replay(later));
}

TEST_F(Idempotency, WhoseRightsAreOthersNowIsToldWhatWasMadeButNotShownIt) {
  Principal asked;
  asked.user = 7;
  asked.roles = Roles(Role::Staff) | Role::AccountAdmin;
  asked.account = 3;
  asked.scopes = {"till:use"};
  const Reply first = app.as(asked).with("Idempotency-Key", "k-1").post("/orders/plain", body);
  ASSERT_EQ(first.status, 201);
  EXPECT_TRUE(is_replay(app.as(asked).with("Idempotency-Key", "k-1").post("/orders/plain", body)));

  Principal fewer_roles = asked;
  fewer_roles.roles = Role::AccountAdmin;
  Principal other_account = asked;
  other_account.account = 4;
  Principal other_scopes = asked;
  other_scopes.scopes = {"till:use", "till:lead"};
  Principal no_limits = asked;
  no_limits.scopes.reset();
  for (const Principal& now : {fewer_roles, other_account, other_scopes, no_limits}) {
    const Reply later = app.as(now).with("Idempotency-Key", "k-1").post("/orders/plain", body);
    EXPECT_EQ(later.status, 409);
    EXPECT_NE(later.body.find("\"code\":\"rights_changed\""), std::string::npos) << later.body;
    EXPECT_EQ(later.body.find("tea"), std::string::npos) << later.body;
    EXPECT_EQ(later.header("Location"), first.header("Location"));
    EXPECT_TRUE(is_replay(later));
  }
  EXPECT_TRUE(is_replay(app.as(asked).with("Idempotency-Key", "k-1").post("/orders/plain", body)));
  EXPECT_EQ(orders(), 1);
}

TEST_F(Idempotency, AKeyIsForgottenAfterADay) {
  ASSERT_EQ(keyed.post("/orders/plain", body).status, 201);
  app.clock().advance(std::chrono::hours(23));
  EXPECT_TRUE(is_replay(keyed.post("/orders/plain", body)));
  app.clock().advance(std::chrono::hours(1));
  EXPECT_FALSE(is_replay(keyed.post("/orders/plain", body)));
  EXPECT_TRUE(is_replay(keyed.post("/orders/plain", body)));
  EXPECT_EQ(orders(), 2);
  EXPECT_EQ(records(), 1);
}

TEST_F(Idempotency, NeitherKeyNorBodyCanBeReadFromTheTable) {
  const Client secretive = ada.with("Idempotency-Key", "my-secret-key");
  ASSERT_EQ(secretive.post("/secrets", R"({"text": "my-secret-body"})").status, 201);
  const auto text = app.storage().read([](Session& session) {
    return session.get<std::string>(
        "select id || fingerprint || content_type || coalesce(location, '')"
        " from gatehouse_idempotency_record");
  });
  ASSERT_TRUE(text);
  EXPECT_EQ(text->find("my-secret"), std::string::npos) << *text;
}

TEST_F(Idempotency, IsInTheOpenApiDocumentOfTheRoutesThatHonourIt) {
  const std::string& document = app.openapi();
  std::size_t count = 0;
  const std::string_view parameter = R"("name":"Idempotency-Key","in":"header")";
  for (auto at = document.find(parameter); at != document.npos;
       at = document.find(parameter, at + 1)) {
    ++count;
  }
  EXPECT_EQ(count, 3U) << document;  // /orders/{how}, /led, /secrets
}

}  // namespace till
