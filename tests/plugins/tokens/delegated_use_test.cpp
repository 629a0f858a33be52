// What a delegated token opens, and what ends it. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/deployment.hpp>
#include <gatehouse/services/api_tokens.hpp>

#include "tests/plugins/from_memory.hpp"
#include "tests/plugins/tokens/delegation_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

class DelegatedUse : public DelegationTest {
 protected:
  void expect_ended(std::string_view token, std::string_view why) {
    EXPECT_EQ(acts(token), 401) << why;
  }
  // From now on memory knows the API token.
  void remember(std::string_view token) {
    const auto act = [&] { return acts(token); };
    ASSERT_EQ(testing::from_memory(app().metrics(), "tokens.api_token_id", act), 200);
  }
  // Changes one's own password, with that client.
  void change_password(const testing::Client& client) {
    const auto reply = client.put(
        "/v1/users/me/password",
        format(R"({"current_password": "{}", "new_password": "another long word"})", kPassword));
    ASSERT_EQ(reply.status, 204) << reply.body;
  }
};

TEST_F(DelegatedUse, ActsForTheUserWithoutAnyRole) {
  change(bea(), R"({"roles": ["staff"]})");
  change(ada(), R"({"roles": ["staff"]})");
  const Time end = app().clock().now() + 300s;
  const Principal who = principal_with(act_for(session(), bea(), R"({"scopes": ["data:read"]})"));
  EXPECT_EQ(who.user, bea());
  EXPECT_EQ(who.username, "bea");
  EXPECT_EQ(who.actor, ada());
  EXPECT_TRUE(who.roles.empty());
  EXPECT_EQ(who.method, "delegated");
  EXPECT_EQ(who.credential, "");
  EXPECT_EQ(who.grant_scopes, std::vector<std::string>{"data:read"});
  EXPECT_FALSE(who.scopes);
  EXPECT_TRUE(who.api_access);
  EXPECT_FALSE(who.signed_in_at);
  EXPECT_EQ(who.expires_at, std::chrono::floor<std::chrono::seconds>(end));
}

TEST_F(DelegatedUse, IsNoCredentialOfTheUsersForAnythingElse) {
  const auto acting = bearer(act_for(session(), bea()));
  const auto of_bea = make_token(session("bea"));
  const std::string number = std::to_string(bea());
  struct Case {
    std::string_view method;
    std::string target;
    std::string body;
  };
  const Case cases[] = {
      {"GET", "/v1/users/me", ""},
      {"GET", "/v1/users", ""},
      {"PATCH", "/v1/users/me", R"({"first_name": "X"})"},
      {"PUT", "/v1/users/me/password", R"({"current_password": "-", "new_password": "-"})"},
      {"DELETE", "/v1/users/" + number, ""},
      {"GET", "/v1/sessions/current", ""},
      {"DELETE", "/v1/sessions/current", ""},
      {"GET", "/v1/users/me/sessions", ""},
      {"DELETE", "/v1/users/me/sessions", ""},
      {"DELETE", "/v1/users/me/sessions/65f1c0ffee00000000000001", ""},
      {"GET", "/v1/users/me/tokens", ""},
      {"POST", "/v1/users/me/tokens", R"({"title": "t"})"},
      {"GET", of_bea.path(), ""},
      {"PATCH", of_bea.path(), R"({"title": "t"})"},
      {"POST", of_bea.path() + "/rotate", ""},
      {"DELETE", of_bea.path(), ""},
  };
  for (const Case& one : cases) {
    const auto reply = acting.send(one.method, one.target, one.body);
    EXPECT_EQ(reply.status, 403) << one.method << ' ' << one.target;
    EXPECT_NE(reply.body.find("\"code\":\"delegated\""), std::string::npos) << reply.body;
  }
}

// Also where a dialect's route would let them in.
TEST_F(DelegatedUse, TheServicesOfThePluginRefuseWhoActsForSomebodyElse) {
  const auto of_bea = make_token(session("bea"));
  const Principal who = principal_with(act_for(session(), bea()));
  auto& tokens = app().services().require<ApiTokens>();
  const auto refused = [&](auto&& call) {
    const auto outcome = host().storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(call(db));
      return None{};
    });
    return !outcome && outcome.error().code == ErrorCode::PermissionDenied;
  };
  ApiTokenDraft draft;
  draft.title = "t";
  draft.made_on = "/v1";
  ApiTokenChange change;
  change.title = "other";
  EXPECT_TRUE(refused([&](Session& db) { return tokens.mint(db, who, bea(), draft); }));
  EXPECT_TRUE(refused([&](Session& db) { return tokens.list(db, who, bea()); }));
  EXPECT_TRUE(refused([&](Session& db) { return tokens.find(db, who, bea(), of_bea.id); }));
  EXPECT_TRUE(
      refused([&](Session& db) { return tokens.change(db, who, bea(), of_bea.id, change); }));
  EXPECT_TRUE(refused([&](Session& db) { return tokens.remove(db, who, bea(), of_bea.id); }));
  auto& sessions = app().services().require<SessionTokens>();
  EXPECT_FALSE(
      host().storage().write([&](Session& db) -> Result<None> { return sessions.end(db, who); }));
  dialect().who = who;
  EXPECT_EQ(app().anonymous().post("/one/sessions", R"({"refresh_token": "-"})").status, 403);
  EXPECT_EQ(count_sessions(), 2) << "the two of the sign-ins";
}

TEST_F(DelegatedUse, WhatIsDoneWithItNamesBoth) {
  const auto acting = bearer(act_for(session(), bea()));
  trail().take();
  ASSERT_EQ(acting.put("/v1/acting", "").status, 204);
  const auto told = trail().take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told.front().origin.actor, ada());
  EXPECT_EQ(told.front().origin.on_behalf_of, bea());
  EXPECT_EQ(told.front().origin.on_behalf_of_id.size(), 24u);
  EXPECT_EQ(told.front().origin.method, "delegated");
}

TEST_F(DelegatedUse, OpensWhatItsScopesOpen) {
  const auto own = session();
  const auto reading = bearer(act_for(own, bea(), R"({"scopes": ["data:read"]})"));
  EXPECT_EQ(reading.get("/v1/acting").status, 200);
  EXPECT_EQ(reading.put("/v1/acting", "").status, 403);
  const auto writing = bearer(act_for(own, bea(), R"({"scopes": ["data:write"]})"));
  EXPECT_EQ(writing.get("/v1/acting").status, 403);
  EXPECT_EQ(writing.put("/v1/acting", "").status, 204);
}

TEST_F(DelegatedUse, HasThePermissionsOfTheApiTokenThatAskedForIt) {
  const auto reader =
      make_token(session(), R"(, "scopes": ["acting:read", "tokens:write", "acting:write"])");
  const auto both = act_for(bearer(reader.secret), bea());
  EXPECT_EQ(bearer(both).put("/v1/acting", "").status, 204);
  const auto narrow = make_token(session(), R"(, "scopes": ["acting:write"])");
  const auto token = act_for(bearer(narrow.secret), bea());
  const auto reply = bearer(token).get("/v1/acting");
  EXPECT_EQ(reply.status, 403);
  EXPECT_NE(reply.body.find("insufficient_scope"), std::string::npos) << reply.body;
  EXPECT_EQ(bearer(token).put("/v1/acting", "").status, 204);
}

// Another plugin may let somebody in by a way of its own, with less than all.
TEST_F(DelegatedUse, HasThePermissionsOfACredentialThatNobodyCanLookUp) {
  Principal who;
  who.user = ada();
  who.method = "other";
  who.credential = "c-1";
  who.scopes = {{"acting:write"}};
  who.expires_at = app().clock().now() + 10s;
  const auto given = read<GivenToken>(ask_for(app().as(who), bea()));
  EXPECT_EQ(given.expires_in, 10);
  EXPECT_EQ(acts(given.access_token), 403);
  EXPECT_EQ(bearer(given.access_token).put("/v1/acting", "").status, 204);
  who.scopes = std::vector<std::string>{"acting:read", "acting:write"};
  EXPECT_EQ(acts(act_for(app().as(who), bea())), 200);
}

TEST_F(DelegatedUse, EndsToTheSecond) {
  const std::string token = act_for(session(), bea());
  app().clock().advance(299s);
  EXPECT_EQ(acts(token), 200);
  app().clock().advance(1s);
  expect_ended(token, "after five minutes");
}

TEST_F(DelegatedUse, EndsWithTheSession) {
  const SignedIn opened = sign_in();
  const auto own = bearer(opened.access_token);
  const std::string token = act_for(own, bea());
  const std::string other = act_for(session(), bea());
  EXPECT_EQ(acts(token), 200);
  ASSERT_EQ(own.remove("/v1/sessions/current").status, 204);
  expect_ended(token, "signed out");
  EXPECT_EQ(acts(other), 200);

  const SignedIn idle = sign_in();
  const std::string last = act_for(bearer(idle.access_token), bea());
  run("update tokens_session set idle_until = :now where id = :id",
      app().clock().now(),
      idle.session);
  publish_session(idle.session);
  expect_ended(last, "the session is idle");
}

TEST_F(DelegatedUse, EndsWithTheApiToken) {
  const auto own = session();
  const auto begin = [&](const ApiToken& from) {
    const std::string token = act_for(bearer(from.secret), bea());
    EXPECT_EQ(acts(token), 200);
    return token;
  };
  const auto first = make_token(own);
  const std::string of_deleted = begin(first);
  ASSERT_EQ(own.remove(first.path()).status, 204);
  expect_ended(of_deleted, "deleted");

  const auto second = make_token(own);
  const std::string of_inactive = begin(second);
  ASSERT_EQ(own.patch(second.path(), R"({"active": false})").status, 200);
  expect_ended(of_inactive, "deactivated");

  const auto third = make_token(own);
  const std::string of_rotated = begin(third);
  ASSERT_EQ(own.patch(third.path(), R"({"title": "another"})").status, 200);
  EXPECT_EQ(acts(of_rotated), 200);
  ASSERT_EQ(own.post(third.path() + "/rotate", "").status, 201);
  expect_ended(of_rotated, "whoever had the secret of before");
}

// As another instance changes and tells it, and as this one does.
TEST_F(DelegatedUse, WhatMemoryKnowsOfTheApiTokenIsReadAnewWhenItChanges) {
  const auto own = session();
  const auto from = make_token(own);
  const std::string token = act_for(bearer(from.secret), bea());
  remember(token);
  run("update tokens_api_token set active = false");
  EXPECT_EQ(acts(token), 200) << "memory has not been told";
  ASSERT_TRUE(host().storage().write(
      [&](Session& db) { return host().bus().publish(db, "tokens.api_token_id", from.id); }));
  expect_ended(token, "told");

  const auto another = make_token(own);
  const std::string second = act_for(bearer(another.secret), bea());
  remember(second);
  ASSERT_EQ(own.remove(another.path()).status, 204);
  expect_ended(second, "deleted here");
}

TEST_F(DelegatedUse, EndsWithThePasswordOfEither) {
  const std::string by_basic = [&] {
    Principal who;
    who.user = ada();
    who.method = "basic";
    return act_for(app().as(who), bea());
  }();
  const auto bea_session = session("bea");
  const auto ada_session = session();
  const std::string by_session = act_for(ada_session, cid());
  const std::string of_bea = act_for(ada_session, bea());
  EXPECT_EQ(acts(of_bea), 200);
  change_password(bea_session);
  expect_ended(of_bea, "bea's password");
  expect_ended(by_basic, "bea's password");
  EXPECT_EQ(acts(by_session), 200);
  const std::string again = act_for(ada_session, bea());
  EXPECT_EQ(acts(again), 200);
  change_password(ada_session);  // the session itself stays
  expect_ended(again, "ada's password");
  expect_ended(by_session, "ada's password");
}

TEST_F(DelegatedUse, EndsWithTheAccessOfEither) {
  const std::string first = act_for(session(), bea());
  change(bea(), R"({"active": false})");
  expect_ended(first, "bea is shut out");
  change(bea(), R"({"active": true})");
  const std::string second = act_for(session(), bea());
  EXPECT_EQ(acts(second), 200);
  change(ada(), R"({"locked": true})");
  expect_ended(second, "ada is locked");
  change(ada(), R"({"locked": false})");
  expect_ended(second, "it does not come back");
  const std::string third = act_for(session(), bea());
  ASSERT_EQ(admin().remove("/v1/users/" + std::to_string(bea())).status, 204);
  expect_ended(third, "bea is gone");
}

TEST_F(DelegatedUse, HoldsWhatTheGrantHoldsAtThatMoment) {
  const std::string token = act_for(session(), bea());
  access().grant(ada(), bea(), {"data:read"});
  EXPECT_EQ(principal_with(token).grant_scopes, std::vector<std::string>{"data:read"});
  EXPECT_EQ(bearer(token).put("/v1/acting", "").status, 403);
  access().grant(ada(), bea(), {});
  expect_ended(token, "revoked");
  access().grant(ada(), bea(), {"data:admin"});
  expect_ended(token, "none of the token's");
  // A grant that is larger now does not make the token so.
  access().grant(ada(), bea(), {"data:read"});
  const std::string narrow = act_for(session(), bea());
  access().grant(ada(), bea(), access().all_scopes());
  EXPECT_EQ(principal_with(narrow).grant_scopes, std::vector<std::string>{"data:read"});
}

TEST_F(DelegatedUse, WhereTheGrantCannotBeReadNobodyIsLetIn) {
  const std::string token = act_for(session(), bea());
  access().is_away = true;
  EXPECT_EQ(acts(token), 503);
  access().is_away = false;
  EXPECT_EQ(acts(token), 200);
}

TEST_F(DelegatedUse, EndsWithWhatRevokesAll) {
  const std::string token = act_for(session(), bea());
  ASSERT_TRUE(host().storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(begin_deployment_epoch(db, app().clock().now()));
    return host().bus().publish(db, "tokens.deployment_epoch", "0");
  }));
  expect_ended(token, "another epoch");
}

TEST_F(DelegatedUse, OpensTheMountItWasGivenOn) {
  const std::string token = act_for(session(), bea());
  EXPECT_EQ(bearer(token).get("/one/me").status, 401);
  EXPECT_EQ(app().anonymous().with("X-Session", token).get("/one/me").status, 401);
}

TEST_F(DelegatedUse, NeedsTheAccessToTheApiOfBoth) {
  struct Case {
    std::string_view ada;
    std::string_view bea;
    int status;
  };
  constexpr std::string_view kNone = R"({"roles": [], "api_access": false})";
  constexpr std::string_view kStaff = R"({"roles": ["staff"], "api_access": false})";
  constexpr std::string_view kOpen = R"({"roles": [], "api_access": true})";
  const Case cases[] = {
      {kOpen, kOpen, 200},
      {kNone, kOpen, 403},
      {kOpen, kNone, 403},
      {kStaff, kOpen, 200},
      {kOpen, kStaff, 403},  // no role of the user's counts
  };
  const std::string token = act_for(session(), bea());
  for (const Case& one : cases) {
    change(ada(), one.ada);
    change(bea(), one.bea);
    EXPECT_EQ(acts(token), one.status) << one.ada << one.bea;
  }
}

}  // namespace
}  // namespace gatehouse::tokens
