// API tokens as credentials of /v1. SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gatehouse/digest.hpp>

#include "tests/plugins/tokens/api_tokens_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using ApiTokenUse = ApiTokensTest;

TEST_F(ApiTokenUse, OpensTheApiAsItsOwner) {
  const Minted token = mint();
  const auto reply = bearer(token.secret).get("/v1/users/me");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json_member(reply.body, "username"), "ada");
}

// bar.md 26: over all positions, and all characters that a header may have.
TEST_F(ApiTokenUse, WithOneCharacterChangedOpensNothingAndAsksNoDatabase) {
  const Minted token = mint();
  ASSERT_EQ(use(token.secret), 200);
  const double before = database_reads();
  for (std::size_t at = 0; at < token.secret.size(); ++at) {
    for (char c = '!'; c <= '~'; ++c) {
      if (c == token.secret[at]) continue;
      std::string other = token.secret;
      other[at] = c;
      EXPECT_EQ(use(other), 401) << other;
    }
  }
  EXPECT_EQ(database_reads(), before);
  EXPECT_EQ(use(token.secret), 200);
}

TEST_F(ApiTokenUse, OfAnotherDeploymentIsRefused) {
  const std::string secret = mint().secret;
  start({});
  const double before = database_reads();
  EXPECT_EQ(use(secret), 401);
  EXPECT_EQ(database_reads(), before + 1) << "it is well-formed";
}

TEST_F(ApiTokenUse, TheDatabaseHoldsOnlyADigest) {
  const Minted token = mint();
  const auto digest = app().storage().read([&](Session& db) {
    return db.get<std::string>("select digest from tokens_api_token where id = :id", token.id);
  });
  ASSERT_TRUE(digest);
  EXPECT_EQ(*digest, sha256_hex(token.secret));
  EXPECT_EQ(ada().get(token.path()).body.find(token.secret), std::string::npos);
  EXPECT_EQ(ada().get(kOwnTokens).body.find(token.secret), std::string::npos);
}

TEST_F(ApiTokenUse, HoldsUntilTheMomentOfItsEnd) {
  const Minted token = mint(R"({"title": "short", "expires_at": "2026-01-01T00:10:00Z"})");
  app().clock().advance(std::chrono::minutes(10) - std::chrono::microseconds(1));
  EXPECT_EQ(use(token.secret), 200);
  app().clock().advance(std::chrono::microseconds(1));
  EXPECT_EQ(use(token.secret), 401);
}

TEST_F(ApiTokenUse, HoldsWhileItIsActive) {
  const Minted token = mint();
  remember(token.secret);
  EXPECT_EQ(ada().patch(token.path(), R"({"active": false})").status, 200);
  EXPECT_EQ(use(token.secret), 401);
  EXPECT_EQ(ada().patch(token.path(), R"({"active": true})").status, 200);
  EXPECT_EQ(use(token.secret), 200);
}

TEST_F(ApiTokenUse, EndsWithItsDeletion) {
  const Minted token = mint();
  remember(token.secret);
  EXPECT_EQ(ada().remove(token.path()).status, 204);
  EXPECT_EQ(use(token.secret), 401);
  EXPECT_EQ(ada().get(token.path()).status, 404);
  EXPECT_EQ(ada().remove(token.path()).status, 404);
}

TEST_F(ApiTokenUse, RotatedOpensWithTheNewSecretOnly) {
  const Minted before = mint();
  remember(before.secret);
  const auto reply = ada().post(before.path() + "/rotate", "");
  const Minted after = minted(reply);
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(reply.header("Location"), before.path());
  EXPECT_EQ(use(before.secret), 401);
  EXPECT_EQ(use(after.secret), 200);
  EXPECT_EQ(bystander().rotated, std::vector<std::string>{before.id});
}

// The scopes narrow, the roles rule: judged when it is used.
TEST_F(ApiTokenUse, DoesWhatItsScopesAndItsOwnerMay) {
  const Minted scoped = mint_scoped();
  EXPECT_EQ(use(scoped.secret), 200);
  const auto refused = bearer(scoped.secret).get("/v1/roles");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(bearer(scoped.secret).get(kOwnTokens).status, 403);  // tokens:read
  const Minted whole = mint();
  EXPECT_EQ(bearer(whole.secret).get("/v1/roles").status, 200);
  EXPECT_EQ(bearer(whole.secret).post("/v1/users", R"({"username": "eve"})").status, 403);
}

TEST_F(ApiTokenUse, OfWhoMayNotActIsRefused) {
  const Minted token = mint();
  const std::string path = "/v1/users/" + std::to_string(ada_);
  ASSERT_EQ(admin().patch(path, R"({"locked": true})").status, 200);
  EXPECT_EQ(use(token.secret), 401);
}

TEST_F(ApiTokenUse, IsRememberedUntilItChanges) {
  const Minted token = mint();
  remember(token.secret);
  const double before = database_reads();
  EXPECT_EQ(ada().patch(token.path(), R"({"active": false})").status, 200);
  EXPECT_EQ(use(token.secret), 401);
  EXPECT_GT(database_reads(), before);
}

TEST_F(ApiTokenUse, IsNotedWithTimeAndAddressOutsideTheETag) {
  const Minted token = mint();
  const std::string tag = ada().get(token.path()).header("ETag");
  app().clock().advance(std::chrono::minutes(5));
  use(token.secret);
  EXPECT_EQ(json_member(ada().get(token.path()).body, "last_used_at"), "null")
      << "not in a request";
  app().run_jobs();
  const auto shown = ada().get(token.path());
  EXPECT_EQ(json_member(shown.body, "last_used_at"), "2026-01-01T00:05:00.000Z");
  EXPECT_EQ(json_member(shown.body, "last_used_address"), "192.0.2.1");
  EXPECT_EQ(json_member(shown.body, "updated_at"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(shown.header("ETag"), tag);
}

TEST_F(ApiTokenUse, IsWrittenAtMostOnceAMinute) {
  const Minted token = mint();
  const auto used_after = [&](std::chrono::seconds pause) {
    app().clock().advance(pause);
    use(token.secret);
    app().run_jobs();
    return json_member(ada().get(token.path()).body, "last_used_at");
  };
  EXPECT_EQ(used_after(std::chrono::seconds(0)), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(used_after(std::chrono::seconds(59)), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(used_after(std::chrono::seconds(1)), "2026-01-01T00:01:00.000Z");
}

// Whoever would read it after a rotation would take the new secret for used.
TEST_F(ApiTokenUse, OfTheOldSecretIsForgottenWithIt) {
  const Minted token = mint();
  use(token.secret);
  app().run_jobs();
  ASSERT_NE(json_member(ada().get(token.path()).body, "last_used_at"), "null");
  ada().post(token.path() + "/rotate", "");
  EXPECT_EQ(json_member(ada().get(token.path()).body, "last_used_at"), "null");
  EXPECT_EQ(json_member(ada().get(token.path()).body, "last_used_address"), "null");
}

}  // namespace
}  // namespace gatehouse::tokens
