// Tokens as the SDK asks for them: of the principal, delegated, refreshed; and who is signed in.
// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/digest.hpp>

#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPrincipal = "/api/v1/oauth/principal-token";
constexpr std::string_view kUserInfo = "/api/v1/oauth/userinfo";

class OAuth : public SweatStackTest {
 protected:
  static std::string token_of(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json_member(reply.body, "access_token");
  }
  // What a client reads in a token without knowing a key.
  static std::string claim(std::string_view token, std::string_view name) {
    const std::string_view payload = token.substr(token.find('.') + 1);
    const auto claims = base64url_decode(payload.substr(0, payload.find('.')));
    EXPECT_TRUE(claims) << token;
    return claims ? json_member(*claims, name) : "";
  }
  // A user who shares with the manager.
  Person friendly() {
    const Person friendly = world().place({.first_name = "Fay"});
    world().place_grant(friendly.number, manager().number, true);
    return friendly;
  }
  testing::Reply refresh(std::string_view token) {
    return try_token("grant_type=refresh_token&refresh_token=" + std::string(token) +
                     "&client_id=5382f68b0d254378&client_secret=&tz=Europe%2FBerlin");
  }
};

// The SDK asks for it before each list, and reads both tokens.
TEST_F(OAuth, ThePrincipalTokenIsOfTheSameSessionAndEndsWithWhatWasPresented) {
  const std::string first = access_token(manager());
  app().clock().advance(100s);
  const auto reply = bearer(first).get(kPrincipal);
  const std::string token = token_of(reply);
  EXPECT_EQ(json_member(reply.body, "refresh_token"), "");
  EXPECT_NE(reply.body.find(R"("refresh_token":"")"), std::string::npos);
  EXPECT_EQ(json_member(reply.body, "expires_in"), "200");
  EXPECT_EQ(json_member(reply.body, "scope"), "data:read data:write");
  EXPECT_EQ(claim(token, "sub"), manager().id);
  EXPECT_EQ(claim(token, "sid"), claim(first, "sid"));
  EXPECT_EQ(claim(token, "exp"), claim(first, "exp"));
  EXPECT_EQ(all(bearer(token).get(kUsers), "id"), manager().id);
  app().clock().advance(200s);
  EXPECT_EQ(bearer(token).get(kUsers).status, 401);
}

// security.md 3.
TEST_F(OAuth, ThePrincipalTokenOfAnApiTokenHasItsScopesAndEnd) {
  const auto key = bearer(
      api_token(manager(),
                R"(, "scopes": ["managed_users:read"], "expires_at": "2026-01-01T00:02:00.000Z")"));
  const auto reply = key.get(kPrincipal);
  EXPECT_EQ(json_member(reply.body, "refresh_token"), "");
  EXPECT_EQ(json_member(reply.body, "scope"), "managed_users:read");
  EXPECT_EQ(json_member(reply.body, "expires_in"), "120");
  const auto client = bearer(token_of(reply));
  EXPECT_EQ(client.get(kUsers).status, 200);
  EXPECT_EQ(client.post(kUsers, R"({"first_name": "A", "last_name": null})").status, 403);
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  EXPECT_EQ(json_member(client.get(kPrincipal).body, "expires_in"), "120");
  app().clock().advance(120s);
  EXPECT_EQ(client.get(kUsers).status, 401);
  EXPECT_EQ(key.get(kUsers).status, 401);
}

TEST_F(OAuth, ADelegatedTokenIsOfTheUserForWhomItIs) {
  const auto me = client(manager());
  const std::string bob = make(me);
  for (const std::string& id : {bob, friendly().id}) {
    const auto reply =
        me.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + id + R"(", "team_id": null})");
    EXPECT_EQ(claim(token_of(reply), "sub"), id);
    EXPECT_EQ(json_member(reply.body, "scope"), id == bob ? "data:read data:write" : "data:read");
    EXPECT_NE(reply.body.find(R"("refresh_token":"")"), std::string::npos);
  }
}

TEST_F(OAuth, ADelegatedTokenIsGivenForNobodyElse) {
  const auto me = client(manager());
  const std::string bob = make(me);
  for (const std::string& id :
       {stranger().id, manager().id, std::string("65f1c0ffee00000000000001"), std::string("x")}) {
    const auto refused = me.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + id + R"("})");
    EXPECT_EQ(refused.status, 404) << id;
    EXPECT_EQ(refused.body,
              R"({"detail":"User does not exist or has not shared access with you"})");
  }
  const auto of_a_team =
      me.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + bob + R"(", "team_id": "team_1"})");
  EXPECT_EQ(of_a_team.status, 404);
}

TEST_F(OAuth, ADelegatedTokenOpensNoneOfTheseRoutes) {
  const auto me = client(manager());
  const std::string bob = make(me);
  const auto acting = bearer(delegated_token(me, bob));
  for (const auto& reply :
       {acting.get(kUsers),
        acting.post(kUsers, R"({"first_name": "x", "last_name": null})"),
        acting.get(path_of(bob)),
        acting.put(path_of(bob), "{}"),
        acting.remove(path_of(bob)),
        acting.get(kUserInfo),
        acting.get(kPrincipal),
        acting.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + bob + R"("})")}) {
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.body, R"({"detail":"Whoever acts for another user may not do this."})");
  }
}

// principal_from_delegated.
TEST_F(OAuth, ADelegatedTokenLeadsBackToTheManagerWhereThatIsSet) {
  begin(kFaithful);
  const std::string session = access_token(manager());
  const std::string key = api_token(manager(), R"(, "scopes": ["managed_users:read",
                                                  "managed_users:delegate"])");
  const std::string bob = make(bearer(session));
  for (const std::string& mine : {session, key}) {
    const auto acting = bearer(delegated_token(bearer(mine), bob));
    EXPECT_EQ(acting.get(kUsers).status, 403);
    app().clock().advance(100s);
    const auto back = acting.get(kPrincipal);
    EXPECT_EQ(claim(token_of(back), "sub"), manager().id);
    EXPECT_EQ(json_member(back.body, "refresh_token"), "");
    EXPECT_EQ(json_member(back.body, "expires_in"), "200") << "no longer than the delegated one";
    const auto again = bearer(token_of(back));
    EXPECT_EQ(json_parts(again.get(kUsers).body).size(), 2u);
    const int writes = again.put(path_of(bob), "{}").status;
    EXPECT_EQ(writes, mine == key ? 403 : 200) << "its scopes are those of the API token";
    if (mine == session) app().clock().advance(-100s);
  }
  EXPECT_EQ(bearer("a.b.c").get(kPrincipal).status, 401);
  EXPECT_EQ(bearer(session).get(kPrincipal).status, 200);
}

TEST_F(OAuth, ARefreshTokenIsUsedOnceAndStaysOnItsMount) {
  const std::string opened = sign_in(manager());
  EXPECT_EQ(claim(json_member(opened, "access_token"), "sub"), manager().id);
  const std::string first = json_member(opened, "refresh_token");
  const auto second = refresh(first);
  EXPECT_EQ(json_parts(bearer(token_of(second)).get(kUsers).body).size(), 1u);
  EXPECT_NE(json_member(second.body, "refresh_token"), first);
  const auto elsewhere = anonymous().post(
      "/v1/sessions/refresh",
      R"({"refresh_token": ")" + json_member(second.body, "refresh_token") + R"("})");
  EXPECT_EQ(elsewhere.status, 401);
  EXPECT_EQ(refresh(json_member(second.body, "refresh_token")).status, 200);
  app().clock().advance(31s);
  EXPECT_EQ(refresh(first).status, 401);
  EXPECT_EQ(bearer(token_of(second)).get(kUsers).status, 401) << "the session has ended";
  const auto of_v1 = anonymous().post(
      "/v1/sessions",
      R"({"username": ")" + manager().id + R"(", "password": "correct horse battery"})");
  EXPECT_EQ(refresh(json_member(of_v1.body, "refresh_token")).status, 401);
}

// What the client has in Authorization has ended when it refreshes.
TEST_F(OAuth, RefreshingDoesNotLookAtAuthorization) {
  const std::string opened = sign_in(manager());
  app().clock().advance(300s);
  const auto ended = bearer(json_member(opened, "access_token"));
  EXPECT_EQ(ended.get(kUsers).status, 401);
  const auto reply =
      ended.with("Content-Type", kForm)
          .post("/api/v1/oauth/token",
                "grant_type=refresh_token&refresh_token=" + json_member(opened, "refresh_token"));
  EXPECT_EQ(reply.status, 200) << reply.body;
}

TEST_F(OAuth, APasswordIsTakenOnlyWhereThatIsSet) {
  EXPECT_EQ(try_sign_in(manager(), "wrong").status, 401);
  EXPECT_EQ(try_sign_in(manager(), "correct+horse+battery").status, 200);
  begin({});
  const auto refused = try_sign_in(manager(), "correct+horse+battery");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, R"({"detail":"Unsupported grant type"})");
}

TEST_F(OAuth, WrongPasswordsAreThrottled) {
  begin(kDefaults, {.plugins = {{"users", {{"throttle.per_user", "2"}}}}});
  int status = 0;
  for (int i = 0; i < 5 && status != 429; ++i) status = try_sign_in(manager(), "wrong").status;
  const auto refused = try_sign_in(manager(), "correct+horse+battery");
  EXPECT_EQ(refused.status, 429);
  EXPECT_GT(std::stoi(refused.header("Retry-After")), 0);
}

TEST_F(OAuth, SaysWhoIsSignedIn) {
  const auto info = client(manager()).get(kUserInfo);
  EXPECT_EQ(info.body,
            R"({"sub":")" + manager().id +
                R"(","name":"Mona Meier","given_name":"Mona","family_name":"Meier","email":")" +
                manager().id +
                R"(@example.org","registered_at":"1970-01-01T00:00:00.000Z","issue":null})");
}

}  // namespace
}  // namespace gatehouse::sweatstack
