// Who makes which API tokens, and what may be changed of them. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/tokens/api_tokens_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using ApiTokenMaking = ApiTokensTest;

std::string code_of(const testing::Reply& reply) {
  return json_member(reply.body, "code");
}

TEST_F(ApiTokenMaking, LivesFor365DaysUnlessToldOtherwise) {
  const auto reply = ada().post(kOwnTokens, R"({"title": "backup"})");
  EXPECT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(json_member(reply.body, "expires_at"), "2027-01-01T00:00:00.000Z");
  EXPECT_EQ(json_member(reply.body, "scopes"), "null");
  EXPECT_EQ(json_member(reply.body, "active"), "true");
  EXPECT_EQ(reply.header("Location"), kOwnTokens + ("/" + json_member(reply.body, "id")));
  EXPECT_EQ(reply.header("ETag"), ada().get(reply.header("Location")).header("ETag"));
}

TEST_F(ApiTokenMaking, OverALeapDayLivesFor365DaysToo) {
  app().clock().advance(std::chrono::hours(24 * 2 * 365));  // 2028 has one
  const auto reply = ada().post(kOwnTokens, R"({"title": "backup"})");
  EXPECT_EQ(json_member(reply.body, "expires_at"), "2028-12-31T00:00:00.000Z");
}

TEST_F(ApiTokenMaking, ChecksTheEnd) {
  for (const char* wrong : {"2026-01-01T00:00:00Z",
                            "2025-12-31T00:00:00Z",
                            "2027-01-01T00:00:00.001Z",
                            "2040-01-01T00:00:00Z"}) {
    const auto reply =
        ada().post(kOwnTokens, R"({"title": "x", "expires_at": ")" + std::string(wrong) + "\"}");
    EXPECT_EQ(reply.status, 422) << wrong;
    EXPECT_NE(reply.body.find("/expires_at"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(
      ada().post(kOwnTokens, R"({"title": "x", "expires_at": "2027-01-01T00:00:00Z"})").status,
      201);
}

TEST_F(ApiTokenMaking, ObeysTheLongestLifeOfTheSettings) {
  start({{"max_lifetime", "30d"}});
  EXPECT_EQ(json_member(ada().post(kOwnTokens, R"({"title": "x"})").body, "expires_at"),
            "2026-01-31T00:00:00.000Z");
  EXPECT_EQ(
      ada().post(kOwnTokens, R"({"title": "x", "expires_at": "2026-02-01T00:00:00Z"})").status,
      422);
}

TEST_F(ApiTokenMaking, ChecksTheTitle) {
  const auto with = [&](const std::string& title) {
    return ada().post(kOwnTokens, R"({"title": ")" + title + "\"}").status;
  };
  EXPECT_EQ(with(""), 422);
  EXPECT_EQ(with(" "), 422);
  EXPECT_EQ(with("a\\nb"), 422);
  EXPECT_EQ(with(std::string(256, 'x')), 422);
  EXPECT_EQ(with(std::string(255, 'x')), 201);
  EXPECT_EQ(ada().post(kOwnTokens, "{}").status, 422);
}

TEST_F(ApiTokenMaking, ChecksTheScopes) {
  const auto with = [&](const std::string& scopes) {
    return ada().post(kOwnTokens, R"({"title": "x", "scopes": )" + scopes + "}");
  };
  const auto unknown = with(R"(["users:read", "users:fly"])");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("/scopes/1"), std::string::npos) << unknown.body;
  EXPECT_NE(unknown.body.find("unknown_scope"), std::string::npos) << unknown.body;
  EXPECT_EQ(json_member(with("[]").body, "scopes"), "[]");
  EXPECT_EQ(with("null").status, 201);
  EXPECT_EQ(json_member(with(R"(["users:write", "users:read", "users:read"])").body, "scopes"),
            R"(["users:read","users:write"])");
}

TEST_F(ApiTokenMaking, StopsAtTheLimit) {
  start({{"tokens_per_user", "2"}});
  const Minted first = mint();
  mint();
  const auto third = ada().post(kOwnTokens, R"({"title": "third"})");
  EXPECT_EQ(third.status, 409);
  EXPECT_EQ(code_of(third), "too_many_tokens");
  ada().remove(first.path());
  mint();
  // Others have their own.
  EXPECT_EQ(as(add_user("grace")).post(kOwnTokens, R"({"title": "x"})").status, 201);
}

TEST_F(ApiTokenMaking, StopsAtTheLimitWhenAllComeAtOnce) {
  start({{"tokens_per_user", "3"}});
  const auto client = ada();
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const int status = client.post(kOwnTokens, R"({"title": "x"})").status;
      made += status == 201 ? 1 : 0;
      refused += status == 409 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 3);
  EXPECT_EQ(refused, 5);
}

TEST_F(ApiTokenMaking, RotatedByManyAtOnceHasOneSecret) {
  const std::string path = mint().path() + "/rotate";
  const auto client = ada();
  std::vector<std::string> secrets(6);
  std::vector<std::thread> threads;
  threads.reserve(secrets.size());
  for (std::string& secret : secrets) {
    threads.emplace_back([&] { secret = json_member(client.post(path, "").body, "token"); });
  }
  for (std::thread& thread : threads) thread.join();
  int open = 0;
  for (const std::string& secret : secrets) open += use(secret) == 200 ? 1 : 0;
  EXPECT_EQ(open, 1);
}

// bar.md 21.
TEST_F(ApiTokenMaking, BySessionNeedsASignInWithinTenMinutes) {
  const Minted token = mint();
  Principal who = principal(ada_);
  who.method = "session";
  const auto expect_all = [&](int made, int status) {
    const auto client = app().as(who);
    for (const auto& reply : {client.post(kOwnTokens, R"({"title": "x"})"),
                              client.post(token.path() + "/rotate", "")}) {
      EXPECT_EQ(reply.status, made) << reply.body;
      EXPECT_EQ(code_of(reply), made == 403 ? "recent_sign_in_required" : "");
    }
    ASSERT_EQ(ada().patch(token.path(), R"({"active": false})").status, 200);
    EXPECT_EQ(client.patch(token.path(), R"({"active": true})").status, status);
    // What takes rights away does not.
    EXPECT_EQ(client.patch(token.path(), R"({"active": false, "title": "y"})").status, 200);
  };
  expect_all(403, 403);
  who.signed_in_at = app().clock().now();
  app().clock().advance(std::chrono::minutes(10));
  expect_all(201, 200);
  app().clock().advance(std::chrono::microseconds(1));
  expect_all(403, 403);
  EXPECT_EQ(app().as(who).remove(token.path()).status, 204);
}

// security.md 3: nothing comes out of a token that has more than it.
TEST_F(ApiTokenMaking, ByTokenStaysWithinItsScopesAndItsEnd) {
  const Minted maker = mint(R"({"title": "maker", "scopes": ["users:read", "tokens:write"],
      "expires_at": "2026-02-01T00:00:00Z"})");
  const auto client = bearer(maker.secret);
  const auto within = client.post(kOwnTokens, R"({"title": "x", "scopes": ["users:read"]})");
  EXPECT_EQ(within.status, 201) << within.body;
  EXPECT_EQ(json_member(within.body, "expires_at"), "2026-02-01T00:00:00.000Z");
  for (const char* beyond :
       {R"({"title": "x"})",
        R"({"title": "x", "scopes": null})",
        R"({"title": "x", "scopes": ["users:read", "users:write"]})",
        R"({"title": "x", "scopes": ["users:read"], "expires_at": "2026-02-01T00:00:00.001Z"})"}) {
    const auto reply = client.post(kOwnTokens, beyond);
    EXPECT_EQ(reply.status, 403) << beyond;
    EXPECT_EQ(code_of(reply), "exceeds_credential") << reply.body;
  }
}

TEST_F(ApiTokenMaking, ByTokenGivesNoOtherTokenThatMayMoreANewSecret) {
  const Minted strong = mint();
  const Minted maker = mint_scoped();
  const auto client = bearer(maker.secret);
  const auto refused = client.post(strong.path() + "/rotate", "");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(code_of(refused), "exceeds_credential");
  EXPECT_EQ(use(strong.secret), 200);
  EXPECT_EQ(ada().patch(strong.path(), R"({"active": false})").status, 200);
  EXPECT_EQ(client.patch(strong.path(), R"({"active": true})").status, 403);
  // Its own is not more than it.
  EXPECT_EQ(client.post(maker.path() + "/rotate", "").status, 201);
  EXPECT_EQ(use(maker.secret), 401);
}

TEST_F(ApiTokenMaking, ByWhoActsForSomebodyElseIsRefused) {
  Principal who = principal(ada_);
  who.method = "delegated";
  who.actor = 77;
  const auto client = app().as(who);
  EXPECT_EQ(client.post(kOwnTokens, R"({"title": "x"})").status, 403);
  EXPECT_EQ(client.get(kOwnTokens).status, 403);
  EXPECT_EQ(client.post(mint().path() + "/rotate", "").status, 403);
}

// What memory said of a credential may be two seconds old; a token would last a year.
TEST_F(ApiTokenMaking, ByACredentialThatHasEndedMeanwhileIsRefused) {
  const Minted token = mint();
  Principal who = principal(ada_);
  for (const std::string_view method : {"session", "token"}) {
    who.method = method;
    who.credential = "5e5500000000000000000001";
    who.signed_in_at = app().clock().now();
    EXPECT_EQ(app().as(who).post(kOwnTokens, R"({"title": "x"})").status, 401) << method;
    EXPECT_EQ(app().as(who).post(token.path() + "/rotate", "").status, 401) << method;
  }
  who = principal(ada_);
  who.epoch = 1'000'000;
  EXPECT_EQ(app().as(who).post(kOwnTokens, R"({"title": "x"})").status, 401) << "another password";
  EXPECT_EQ(titles().size(), 1U);
}

// security.md 1. Of account-admins and consultants tells tests/identity.
TEST_F(ApiTokenMaking, ForOthersFollowsTheAuthorityRule) {
  const Minted token = mint();
  const std::string list = "/v1/users/" + std::to_string(ada_) + "/tokens";
  const std::string one = list + "/" + token.id;
  EXPECT_EQ(admin().get(list).status, 200);
  EXPECT_EQ(as(9, Role::Staff).get(one).status, 200);
  EXPECT_EQ(as(9, Role::AdminReader).get(list).status, 403);
  EXPECT_EQ(as(9).get(list).status, 404);
  EXPECT_EQ(as(9).remove(one).status, 404);
  const std::int64_t sam = add_user("sam");
  const auto made = as(sam, Role::Staff).post(list, R"({"title": "by staff"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(
      json_member(bearer(json_member(made.body, "token")).get("/v1/users/me").body, "username"),
      "ada");
  EXPECT_EQ(as(9, Role::Staff).post("/v1/users/1/tokens", R"({"title": "x"})").status, 403);
  EXPECT_EQ(admin().get("/v1/users/1/tokens/" + token.id).status, 404) << "is not that user's";
}

TEST_F(ApiTokenMaking, ForWhoIsShutOutIsRefused) {
  const std::string user = "/v1/users/" + std::to_string(ada_);
  ASSERT_EQ(admin().patch(user, R"({"active": false})").status, 200);
  const auto reply = admin().post(user + "/tokens", R"({"title": "x"})");
  EXPECT_EQ(reply.status, 409) << reply.body;
  EXPECT_EQ(code_of(reply), "no_sign_in");
}

TEST_F(ApiTokenMaking, RotationOfWhatHasExpiredIsRefused) {
  const Minted token = mint(R"({"title": "x", "expires_at": "2026-01-02T00:00:00Z"})");
  app().clock().advance(std::chrono::hours(24));
  const auto reply = ada().post(token.path() + "/rotate", "");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(code_of(reply), "token_expired");
}

TEST_F(ApiTokenMaking, ScopesAndEndAreNotChanged) {
  const Minted token = mint_scoped();
  for (const char* body : {R"({"scopes": null})",
                           R"({"expires_at": "2026-02-01T00:00:00Z"})",
                           R"({"title": null})",
                           R"({"active": null})",
                           R"({"title": ""})"}) {
    EXPECT_EQ(ada().patch(token.path(), body).status, 422) << body;
  }
}

TEST_F(ApiTokenMaking, AnOlderETagChangesNothing) {
  const Minted token = mint();
  const std::string tag = ada().get(token.path()).header("ETag");
  ASSERT_EQ(ada().patch(token.path(), R"({"title": "other"})").status, 200);
  const auto stale = ada().with("If-Match", tag);
  EXPECT_EQ(stale.patch(token.path(), R"({"title": "third"})").status, 412);
  EXPECT_EQ(stale.remove(token.path()).status, 412);
  EXPECT_EQ(stale.post(token.path() + "/rotate", "").status, 412);
  EXPECT_EQ(ada().with("If-None-Match", tag).get(token.path()).status, 200);
  const std::string now = ada().get(token.path()).header("ETag");
  EXPECT_EQ(ada().with("If-None-Match", now).get(token.path()).status, 304);
  const auto rotated = ada().with("If-Match", now).post(token.path() + "/rotate", "");
  EXPECT_EQ(rotated.status, 201) << rotated.body;
  EXPECT_EQ(rotated.header("ETag"), ada().get(token.path()).header("ETag"));
}

TEST_F(ApiTokenMaking, ShowsItsSecretOnceWhateverIsSentAgain) {
  const auto client = ada().with("Idempotency-Key", "a-key-of-ada");
  const auto first = client.post(kOwnTokens, R"({"title": "x"})");
  ASSERT_EQ(first.status, 201) << first.body;
  const auto again = client.post(kOwnTokens, R"({"title": "x"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code_of(again), "secret_already_shown");
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_EQ(titles().size(), 1U);
}

TEST_F(ApiTokenMaking, ListsTheNewestFirstPageByPage) {
  for (const char* title : {"1", "2", "3", "4", "5"}) {
    mint(R"({"title": ")" + std::string(title) + "\"}");
  }
  EXPECT_EQ(titles(), (std::vector<std::string>{"5", "4", "3", "2", "1"}));
  std::string seen;
  std::string next = "null";
  std::string target = std::string(kOwnTokens) + "?limit=2";
  do {
    const auto page = ada().get(target + (next == "null" ? "" : "&cursor=" + next));
    ASSERT_EQ(page.status, 200) << page.body;
    const std::string items = json_member(page.body, "items");
    for (const auto& [name, item] : json_parts(items)) seen += json_member(item, "title");
    next = json_member(page.body, "next");
  } while (next != "null");
  EXPECT_EQ(seen, "54321");
  EXPECT_EQ(ada().get(std::string(kOwnTokens) + "?cursor=x").status, 400);
}

TEST_F(ApiTokenMaking, IsToldToTheTrailAndItsOwner) {
  const Minted token = mint(R"({"title": "night train"})");
  ada().patch(token.path(), R"({"title": "day train"})");
  ada().patch(token.path(), R"({"title": "day train"})");  // changes nothing
  const Minted rotated = minted(ada().post(token.path() + "/rotate", ""));
  const auto& mails = app().mails();
  ada().remove(token.path());
  EXPECT_EQ(bystander().take_trail(),
            (std::vector<std::string>{"token.created " + token.id,
                                      "token.updated " + token.id,
                                      "token.rotated " + token.id,
                                      "token.revoked " + token.id}));
  EXPECT_EQ(bystander().ended, std::vector<std::string>{token.id});
  std::vector<MailMessage> about;
  for (const MailMessage& mail : mails) {
    if (mail.subject.find("API token") != mail.subject.npos) about.push_back(mail);
  }
  ASSERT_EQ(about.size(), 2U);
  for (const MailMessage& mail : about) {
    EXPECT_EQ(mail.to, "ada@example.org");
    EXPECT_NE(mail.text.find("day train"), std::string::npos) << mail.text;
    EXPECT_EQ(mail.text.find(token.secret), std::string::npos);
    EXPECT_EQ(mail.text.find(rotated.secret), std::string::npos);
  }
}

TEST_F(ApiTokenMaking, IsMailedAlsoWhenTheTokenIsGoneByThen) {
  const Minted token = mint();
  ada().remove(token.path());
  const auto& mails = app().mails();
  ASSERT_FALSE(mails.empty());
  EXPECT_EQ(mails.back().subject, "A new API token");
  EXPECT_NE(mails.back().text.find(token.id), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::tokens
