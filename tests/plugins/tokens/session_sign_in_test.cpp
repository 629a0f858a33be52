// Signing in, and what a session shows. SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

class SessionSignIn : public TokensTest {};

TEST_F(SessionSignIn, AnswersTokensAndWhoItIs) {
  for (const std::string_view name : {"ada", "ADA", "ada@example.org"}) {
    const auto reply = try_sign_in(name);
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.header("Location"), "/v1/sessions/current");
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    const auto opened = read<SignedIn>(reply);
    EXPECT_EQ(opened.token_type, "Bearer");
    EXPECT_EQ(opened.expires_in, 300);
    EXPECT_EQ(opened.session.size(), 24u);
    EXPECT_EQ(opened.user.number, ada());
    EXPECT_EQ(opened.user.username, "ada");
    EXPECT_EQ(opened.user.email, "ada@example.org");
    EXPECT_TRUE(opened.user.roles.empty());
    EXPECT_TRUE(opened.refresh_token.starts_with("grt_" + opened.session + "_1_"));
    const auto shown = bearer(opened.access_token).get("/v1/sessions/current");
    ASSERT_EQ(shown.status, 200) << shown.body;
    const auto current = read<CurrentSession>(shown);
    EXPECT_EQ(current.method, "session");
    EXPECT_EQ(current.session, opened.session);
    EXPECT_FALSE(current.token);
    EXPECT_FALSE(current.scopes);
    EXPECT_EQ(current.user.number, ada());
    EXPECT_EQ(current.expires_at, app().clock().now() + std::chrono::hours(24 * 30));
  }
}

TEST_F(SessionSignIn, WhateverIsWrongTheAnswerIsTheSame) {
  change(create("shut"), R"({"active": false})");
  const auto wrong = try_sign_in("ada", "wrong");
  EXPECT_EQ(wrong.status, 401);
  for (const std::string_view name : {"nobody", "shut", "no@example.org"}) {
    const auto reply = try_sign_in(name);
    EXPECT_EQ(reply.status, 401) << name;
    EXPECT_EQ(reply.body.substr(0, reply.body.find("request_id")),
              wrong.body.substr(0, wrong.body.find("request_id")));
  }
}

TEST_F(SessionSignIn, NeedsOneOfTheTwoNames) {
  for (const std::string_view body :
       {R"({"password": "x"})", R"({"username": "ada", "email": "a@b.c", "password": "x"})"}) {
    EXPECT_EQ(app().anonymous().post("/v1/sessions", body).status, 422) << body;
  }
}

TEST_F(SessionSignIn, EachIsANewSessionAlsoWithAnIdempotencyKey) {
  const auto client = app().anonymous().with("Idempotency-Key", "same");
  const std::string body = format(R"({"username": "ada", "password": "{}"})", kPassword);
  const auto first = read<SignedIn>(client.post("/v1/sessions", body));
  const auto second = read<SignedIn>(client.post("/v1/sessions", body));
  EXPECT_NE(first.session, second.session);
  EXPECT_NE(first.refresh_token, second.refresh_token);
  EXPECT_EQ(opens(first.access_token), 200);
}

TEST_F(SessionSignIn, OtherCredentialsAreShownAsWhatTheyAre) {
  const auto current = read<CurrentSession>(as(ada()).get("/v1/sessions/current"));
  EXPECT_EQ(current.method, "test");
  EXPECT_FALSE(current.session);
  EXPECT_FALSE(current.expires_at);
}

TEST_F(SessionSignIn, TheOldestEndsWhereAUserHasTooMany) {
  begin({{"sessions_per_user", "2"}});
  const auto first = sign_in();
  app().clock().advance(1s);
  const auto second = sign_in();
  app().clock().advance(1s);
  const auto third = sign_in();
  EXPECT_EQ(opens(first.access_token), 401);
  EXPECT_EQ(try_refresh(first.refresh_token).status, 401);
  EXPECT_EQ(opens(second.access_token), 200);
  EXPECT_EQ(opens(third.access_token), 200);
  EXPECT_EQ(count_sessions(), 2);
}

TEST_F(SessionSignIn, WithoutApiAccessOneSignsInAndOutAndNoMore) {
  change(ada(), R"({"api_access": false})");
  const auto opened = sign_in();
  EXPECT_EQ(opens(opened.access_token), 403);
  EXPECT_EQ(bearer(opened.access_token).get("/v1/users/me").status, 200);
  refresh(opened.refresh_token);
  EXPECT_EQ(bearer(opened.access_token).remove("/v1/sessions/current").status, 204);
  EXPECT_EQ(bearer(opened.access_token).get("/v1/users/me").status, 401);
}

TEST_F(SessionSignIn, ADumpOfTheDatabaseOpensNothing) {
  const auto opened = sign_in();
  const std::string secret = opened.refresh_token.substr(opened.refresh_token.rfind('_') + 1);
  const auto row = host().storage().read([&](Session& db) {
    return db.get<StoredSession>(
        "select id, user_number, mount, method, scopes, created_at, signed_in_at, remote_address, "
        "user_agent, last_used_at, last_used_address, idle_until, expires_at, user_epoch, "
        "deployment_epoch, family_key, generation, rotated_at, token_digest from tokens_session");
  });
  ASSERT_TRUE(row);
  const std::string dump = encode_json(*row);
  EXPECT_EQ(dump.find(secret), dump.npos);
  // Its key without the master key: sealed text, not the bytes that the token is made with.
  EXPECT_EQ(try_refresh(RefreshToken::derive(*row->family_key, row->id, 1).text()).status, 401);
}

}  // namespace
}  // namespace gatehouse::tokens
