// Opaque session tokens, as dialects give them. SPDX-License-Identifier: Apache-2.0
#include "plugins/tokens/checksum.hpp"
#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

class OpaqueSession : public TokensTest {
 protected:
  std::string open(std::string_view at = "/one/sessions") {
    dialect().who.user = ada();
    const auto reply = app().anonymous().post(at, R"({"refresh_token": "-"})");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return read<Refresh>(reply).refresh_token;
  }
  testing::Client with(std::string_view token) {
    return app().anonymous().with("X-Session", token);
  }
  int opens_one(std::string_view token) { return with(token).get("/one/me").status; }
};

TEST_F(OpaqueSession, OpensItsMountAndNoOther) {
  const std::string token = open();
  EXPECT_EQ(with(token).get("/one/me").body, R"({"refresh_token":"ada"})");
  EXPECT_EQ(with(token).get("/two/me").status, 401);
  EXPECT_EQ(bearer(token).get("/v1/users/me").status, 401);
  const std::string of_v1 = open("/v1/opaque-sessions");
  EXPECT_EQ(opens_one(of_v1), 401);
  EXPECT_EQ(bearer(of_v1).get("/v1/users/me").status, 401) << "no credential of /v1";
  EXPECT_EQ(try_refresh(token).status, 401);
}

TEST_F(OpaqueSession, OfAnotherMountIsRefused) {
  const std::string token = open();
  EXPECT_EQ(opens_one(token), 200);
  run("update tokens_session set mount = '/other'");
  publish_session(token.substr(4, 24));
  EXPECT_EQ(opens_one(token), 401);
}

TEST_F(OpaqueSession, IsNoCredentialOfV1) {
  const std::string token = open();
  EXPECT_EQ(bearer(token).get("/v1/users/me").status, 401);
  EXPECT_EQ(try_refresh(token).status, 401);
}

TEST_F(OpaqueSession, HasAFormThatNobodyMistakes) {
  const std::string token = open();
  EXPECT_TRUE(token.starts_with("gst_"));
  EXPECT_EQ(token.size(), 65u);
  EXPECT_TRUE(has_checksum(token));
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'a' ? 'b' : 'a';
    EXPECT_EQ(opens_one(changed), 401) << at;
    if (at + kChecksumLength >= token.size()) continue;
    changed.resize(changed.size() - kChecksumLength);
    EXPECT_EQ(opens_one(changed + checksum(changed)), 401) << at;
  }
  EXPECT_EQ(ask<std::int64_t>(
                "select count(*) as count from tokens_session where token_digest = :token", token),
            0);
}

TEST_F(OpaqueSession, IsListedAndEndsLikeEverySession) {
  const std::string token = open();
  auto page = read<SessionPage>(as(ada()).get("/v1/users/me/sessions"));
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items.front().mount, "/one");
  EXPECT_EQ(page.items.front().method, "form");
  EXPECT_EQ(as(ada()).remove("/v1/users/me/sessions/" + page.items.front().id).status, 204);
  EXPECT_EQ(opens_one(token), 401);

  const std::string second = open();
  EXPECT_EQ(with(second).remove("/one/sessions").status, 204);
  EXPECT_EQ(opens_one(second), 401);

  const std::string third = open();
  ASSERT_TRUE(teller().publish(UserPasswordChanged{ada(), "", 0}));
  EXPECT_EQ(opens_one(third), 401);
  EXPECT_EQ(count_sessions(), 0);
}

TEST_F(OpaqueSession, SaysToTheMinuteWhenItWasUsedLast) {
  const std::string token = open();
  const Time opened_at = app().clock().now();
  const auto used_after = [&](std::chrono::seconds pause) {
    app().clock().advance(pause);
    EXPECT_EQ(opens_one(token), 200);
    app().run_jobs();
    return read<SessionPage>(as(ada()).get("/v1/users/me/sessions")).items.front().last_used_at;
  };
  EXPECT_EQ(used_after(59s), opened_at);
  EXPECT_EQ(used_after(1s), opened_at + 60s);
}

TEST_F(OpaqueSession, LastsAsLongAsTheDialectSays) {
  dialect().life = 60s;
  const std::string token = open();
  app().clock().advance(60s - 1us);
  EXPECT_EQ(opens_one(token), 200);
  app().clock().advance(1us);
  EXPECT_EQ(opens_one(token), 401);
  app().run_jobs();
  EXPECT_EQ(count_sessions(), 0);
}

// security.md 3: no exchange upwards.
TEST_F(OpaqueSession, NeverReachesFurtherThanWhatItWasOpenedWith) {
  dialect().who.scopes = std::vector<std::string>{"users:read", "tokens:read"};
  dialect().who.expires_at = app().clock().now() + 10s;
  const std::string token = open();
  EXPECT_EQ(opens_one(token), 403) << "dialect:use is not among its scopes";
  EXPECT_EQ(ask<std::string>("select scopes from tokens_session"), "users:read tokens:read");
  app().clock().advance(10s);
  EXPECT_EQ(opens_one(token), 401);

  dialect().who = {};
  dialect().who.user = ada();
  dialect().who.actor = 1;
  EXPECT_EQ(app().anonymous().post("/one/sessions", R"({"refresh_token": "-"})").status, 403);
}

}  // namespace
}  // namespace gatehouse::tokens
