// Who is given a delegated token, and which (gatehouse/services/delegated_tokens.hpp).
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/tokens/delegation_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

class DelegatedMaking : public DelegationTest {
 protected:
  static void expect(const testing::Reply& reply, int status, std::string_view code) {
    EXPECT_EQ(reply.status, status) << reply.body;
    EXPECT_NE(reply.body.find("\"" + std::string(code) + "\""), std::string::npos) << reply.body;
  }
};

TEST_F(DelegatedMaking, SaysWhatRfc8693Wants) {
  const SignedIn opened = sign_in();
  const auto reply = ask_for(bearer(opened.access_token), bea());
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto given = read<GivenToken>(reply);
  EXPECT_EQ(given.scopes, access().all_scopes());
  EXPECT_EQ(given.expires_in, 300);
  learn(given.access_token);
  EXPECT_EQ(claims_.iss, "https://id.example.org");
  EXPECT_EQ(claims_.aud, "https://id.example.org/v1");
  EXPECT_EQ(claims_.client_id, "gatehouse");
  EXPECT_EQ(claims_.exp - claims_.iat, 300);
  EXPECT_GE(claims_.jti.size(), 22u);
  ASSERT_TRUE(is_delegated(claims_));
  EXPECT_EQ(claims_.act->sub, opened.user.id);
  EXPECT_EQ(claims_.scope, "data:read data:write");
  EXPECT_EQ(claims_.sub, principal_with(given.access_token).user_id);
  EXPECT_EQ(base64url_decode(parts_[1])->find("role"), std::string::npos);
}

TEST_F(DelegatedMaking, HasTheScopesThatAreAskedForAndHold) {
  const auto client = session();
  const auto scopes = [&](std::int64_t user, std::string_view wish) {
    return read<GivenToken>(ask_for(client, user, wish)).scopes;
  };
  using Scopes = std::vector<std::string>;
  EXPECT_EQ(scopes(bea(), R"({"scopes": null})"), (Scopes{"data:read", "data:write"}));
  EXPECT_EQ(scopes(bea(), R"({"scopes": ["data:write"]})"), Scopes{"data:write"});
  EXPECT_EQ(scopes(bea(), R"({"scopes": ["data:write", "data:read"]})"),
            (Scopes{"data:read", "data:write"}));
  EXPECT_EQ(scopes(cid(), "{}"), Scopes{"data:read"});
}

TEST_F(DelegatedMaking, IsRefusedForWhatDoesNotHold) {
  const auto client = session();
  expect(ask_for(client, 999'999), 404, "not_found");
  expect(ask_for(client, 1), 404, "not_found");
  expect(ask_for(client, ada()), 404, "not_found");
  expect(ask_for(session("bea"), ada()), 404, "not_found");
  // What is wrong with the wish is not told to whom it is no business of.
  expect(ask_for(client, 1, R"({"scopes": ["other"]})"), 404, "not_found");
  expect(ask_for(client, bea(), R"({"scopes": []})"), 422, "/scopes");
  expect(ask_for(client, bea(), R"({"scopes": ["data:read", "other"]})"), 422, "/scopes/1");
  expect(ask_for(client, bea(), R"({"scopes": ["data:read", "data:read"]})"), 422, "/scopes/1");
  expect(ask_for(client, cid(), R"({"scopes": ["data:write"]})"), 403, "exceeds_grant");
  expect(
      ask_for(client, cid(), R"({"scopes": ["data:read", "data:write"]})"), 403, "exceeds_grant");
  access().is_away = true;
  EXPECT_EQ(ask_for(client, bea()).status, 503);
  EXPECT_EQ(heard(), std::vector<std::string>{});
}

TEST_F(DelegatedMaking, IsRefusedWhereNobodyShares) {
  has_access_ = false;
  TokensTest::begin({});
  const std::int64_t bea = create("bea");
  expect(ask_for(session(), bea), 404, "not_found");
}

// Whatever of it opens the route, and also where the actor could act for the next user.
TEST_F(DelegatedMaking, IsNotGivenToWhoActsForSomebodyElse) {
  access().grant(bea(), cid(), access().all_scopes());
  const auto acting = bearer(act_for(session(), bea()));
  for (const std::int64_t user : {ada(), bea(), cid()}) {
    expect(ask_for(acting, user), 403, "permission_denied");
  }
}

TEST_F(DelegatedMaking, IsNotGivenForWhoIsShutOut) {
  const auto client = session();
  change(bea(), R"({"active": false})");
  expect(ask_for(client, bea()), 404, "not_found");
}

TEST_F(DelegatedMaking, IsToldToTheTrail) {
  const auto client = session();
  trail().take();
  act_for(client, bea(), R"({"scopes": ["data:read"]})");
  const auto told = trail().take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told.front().event.action, "delegation.granted");
  EXPECT_EQ(told.front().event.user_name, "bea");
  EXPECT_EQ(told.front().event.detail, "data:read");
  EXPECT_EQ(told.front().origin.actor, ada());
  EXPECT_EQ(told.front().origin.on_behalf_of, 0);
}

TEST_F(DelegatedMaking, LastsNoLongerThanTheCredential) {
  const auto seconds = [&](const testing::Client& client) {
    return read<GivenToken>(ask_for(client, bea())).expires_in;
  };
  const auto own = session();
  const Time end = app().clock().now() + 60s;
  const auto token = make_token(own, R"(, "expires_at": ")" + to_rfc3339(end) + "\"");
  EXPECT_EQ(seconds(bearer(token.secret)), 60);
  EXPECT_EQ(seconds(bearer(make_token(own).secret)), 300);

  const SignedIn opened = sign_in();
  run("update tokens_session set idle_until = :end where id = :id",
      app().clock().now() + 30s,
      opened.session);
  EXPECT_EQ(seconds(bearer(opened.access_token)), 30);
  run("update tokens_session set idle_until = expires_at where id = :id", opened.session);
  run("update tokens_session set expires_at = :end where id = :id",
      app().clock().now() + 20s,
      opened.session);
  EXPECT_EQ(seconds(bearer(opened.access_token)), 20);
}

// Whatever memory still says of it.
TEST_F(DelegatedMaking, IsNotGivenForACredentialThatHasEndedMeanwhile) {
  const auto own = session();
  const auto token = make_token(own);
  for (const auto& [client, end] : {std::pair{bearer(token.secret), "delete from tokens_api_token"},
                                    std::pair{own, "delete from tokens_session"}}) {
    EXPECT_EQ(ask_for(client, bea()).status, 201);
    run(end);
    EXPECT_EQ(ask_for(client, bea()).status, 401) << end;
  }
}

}  // namespace
}  // namespace gatehouse::tokens
