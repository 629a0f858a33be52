// A user's tokens over the mount of Soltra Edge (seed document 004).
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include <gatehouse/runtime/passwords.hpp>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraTokens : public SoltraTest {
 protected:
  void SetUp() override { begin(); }
  void begin(const testing::Settings& own = {}, const std::string& mount = "") {
    start(faithful(), own, mount);
    user_ = create("user", R"(, "allow_rest_access": true)");
  }
  Reply read(const Made& made) { return root().get(made.path); }
  std::string member(const Made& made, const char* name) {
    return json_member(read(made).body, name);
  }
  int use(const Made& made) { return token("user", made.secret).get(path_of(user_)).status; }
  std::int64_t hashes() {
    const auto count = app().storage().read([](Session& db) {
      return db.get<std::int64_t>("select count(*) as count from soltra_edge_token_hash");
    });
    return count ? *count : -1;
  }

  std::string user_;
};

TEST_F(SoltraTokens, AreToldOnceAndOpenTheMount) {
  const Reply answer = basic("user").post("/api/users/me/tokens", R"({"title": "My New Token"})");
  ASSERT_EQ(answer.status, 201) << answer.body;
  const std::string secret = json_member(answer.body, "token");
  const std::string path = tokens_of(user_) + json_member(answer.body, "id") + "/";
  EXPECT_EQ(secret.size(), 40U);
  EXPECT_EQ(secret.find_first_not_of("0123456789abcdef"), secret.npos);
  EXPECT_EQ(json_member(answer.body, "user"), user_);
  EXPECT_EQ(json_member(answer.body, "url"), "https://id.example.org" + path);
  EXPECT_EQ(answer.header("Location"), "https://id.example.org" + path);
  EXPECT_EQ(token("user", secret).get(path_of(user_)).status, 200);
  const Reply later = root().get(path);
  EXPECT_EQ(json_member(later.body, "token"), "");
  EXPECT_EQ(later.body.find(secret), later.body.npos);
  EXPECT_EQ(json_member(later.body, "hashed_token"), json_member(answer.body, "hashed_token"));
  EXPECT_EQ(token("user", secret).get("/v1/users/me").status, 401);  // opens this mount only
}

TEST_F(SoltraTokens, HaveABcryptHashOfTheirText) {
  const Made made = make_token(root(), user_);
  const HashingAllowed slot;
  Argon2Passwords passwords{PasswordCost{}};
  ASSERT_TRUE(made.hash.starts_with("$2b$10$")) << made.hash;
  const auto adopted = passwords.adopt(made.hash);
  ASSERT_TRUE(adopted);
  EXPECT_TRUE(passwords.verify(*adopted, made.secret));
  EXPECT_FALSE(passwords.verify(*adopted, std::string(40, '0')));
}

TEST_F(SoltraTokens, LiveFor365Days) {
  app().clock().advance(std::chrono::hours(24 * 777) + std::chrono::microseconds(746'001));
  const Made made = make_token(root(), user_);
  EXPECT_EQ(member(made, "created_on"), "2028-02-17T00:00:00.746001");
  EXPECT_EQ(member(made, "updated_on"), "2028-02-17T00:00:00.746001");
  EXPECT_EQ(member(made, "expires"), "2029-02-16T00:00:00.746001");  // over a leap day
  EXPECT_EQ(use(made), 200);
  app().clock().advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(use(made), 401);
}

TEST_F(SoltraTokens, SayWhenTheyWereUsedLast) {
  const Made made = make_token(root(), user_);
  EXPECT_EQ(member(made, "last_used"), "null");
  EXPECT_EQ(use(made), 200);
  app().run_jobs();
  EXPECT_EQ(member(made, "last_used"), "2026-01-01T00:00:00.000000");
}

TEST_F(SoltraTokens, AreTurnedOffAndOnByABodyThatCurlCallsAForm) {
  const Made made = make_token(root(), user_);
  const Client curl = basic("user").with("Content-Type", "application/x-www-form-urlencoded");
  app().clock().advance(std::chrono::minutes(1));
  const Reply off = curl.patch(made.path, request_body("update_token.request.json"));
  EXPECT_EQ(off.status, 202) << off.body;
  EXPECT_EQ(off.body, read(made).body);
  EXPECT_EQ(member(made, "active"), "false");
  EXPECT_EQ(member(made, "updated_on"), "2026-01-01T00:01:00.000000");
  EXPECT_EQ(use(made), 401);
  EXPECT_EQ(basic("user").patch(made.path, R"({"active": true, "title": "x"})").status, 202);
  EXPECT_EQ(use(made), 200);
  EXPECT_EQ(member(made, "title"), "Dashboard");  // active is the only one that can be changed
  for (const char* body : {"{}", R"({"title": "x"})"}) {
    const Reply same = basic("user").patch(made.path, body);
    EXPECT_EQ(same.status, 202) << body;
    EXPECT_EQ(json_member(same.body, "active"), "true");
  }
}

TEST_F(SoltraTokens, AreListedTheNewestFirstInPages) {
  for (const char* title : {"a", "b", "c"}) {
    root().post(tokens_of(user_), std::string(R"({"title": ")") + title + "\"}");
  }
  const Reply all = root().get(tokens_of(user_));
  EXPECT_EQ(members(all, "title"), "c,b,a");
  EXPECT_EQ(members(all, "token"), ",,");
  const Reply page = root().get(tokens_of(user_) + "?per_page=2&page=2");
  EXPECT_EQ(members(page, "title"), "a");
  const std::string start = "<https://id.example.org" + tokens_of(user_) + "?page=";
  EXPECT_EQ(page.header("Link"),
            start + "1&per_page=2>; rel=\"first\", " + start + "1&per_page=2>; rel=\"prev\", " +
                start + "2&per_page=2>; rel=\"last\"");
  EXPECT_EQ(root().get(tokens_of(user_) + "?page=1000000000").body, "[]");
}

TEST_F(SoltraTokens, AreOneOfOneUser) {
  const Made made = make_token(root(), user_);
  const std::string other = create("other");
  for (const std::string& path :
       {tokens_of(other) + made.id, tokens_of(user_) + "0", made.path + "0"}) {
    EXPECT_EQ(root().get(path).status, 404) << path;
    EXPECT_EQ(root().patch(path, R"({"active": false})").status, 404) << path;
    EXPECT_EQ(root().remove(path).status, 404) << path;
  }
  EXPECT_EQ(root().remove(made.path).status, 204);
  EXPECT_EQ(root().remove(made.path).status, 404);
  EXPECT_EQ(use(made), 401);
}

TEST_F(SoltraTokens, OfOtherMountsAreShownWithoutAHash) {
  const Reply v1 = basic("user").post("/v1/users/me/tokens", R"({"title": "of v1"})");
  ASSERT_EQ(v1.status, 201) << v1.body;
  const std::string secret = json_member(v1.body, "token");
  EXPECT_EQ(members(root().get(tokens_of(user_)), "hashed_token"), "");
  EXPECT_EQ(items(root().get(tokens_of(user_)).body).size(), 1U);
  EXPECT_EQ(token("user", secret).get(path_of(user_)).status, 200);  // /v1's open those who ask
}

TEST_F(SoltraTokens, TakeTheirHashesWithThem) {
  const Made first = make_token(root(), user_);
  const Made second = make_token(root(), user_);
  make_token(root(), user_);
  EXPECT_EQ(hashes(), 3);
  EXPECT_EQ(root().remove(first.path).status, 204);
  EXPECT_EQ(hashes(), 2);
  const Reply rotated = basic("user").post("/v1/users/me/tokens/" + second.id + "/rotate", "");
  EXPECT_EQ(rotated.status, 201) << rotated.body;
  EXPECT_EQ(hashes(), 1);
  EXPECT_EQ(member(second, "hashed_token"), "");
  EXPECT_EQ(root().remove(path_of(user_)).status, 204);
  EXPECT_EQ(hashes(), 0);
}

TEST_F(SoltraTokens, EndWithWhoIsShutOut) {
  const Made made = make_token(root(), user_);
  EXPECT_EQ(root().patch(path_of(user_), R"({"is_active": false})").status, 202);
  EXPECT_EQ(use(made), 401);
  EXPECT_EQ(hashes(), 0);
  EXPECT_EQ(root().post(tokens_of(user_), R"({"title": "x"})").status, 409);
  EXPECT_EQ(root().patch(path_of(user_), R"({"is_active": true})").status, 202);
  EXPECT_EQ(use(made), 401);
}

TEST_F(SoltraTokens, ShowNoHashWhereItIsNotPublished) {
  begin({{"publish_token_hash", "false"}});
  const Made made = make_token(root(), user_);
  EXPECT_EQ(made.hash, "");
  EXPECT_EQ(member(made, "hashed_token"), "");
  EXPECT_EQ(members(root().get(tokens_of(user_)), "hashed_token"), "");
  EXPECT_EQ(hashes(), 0);
  EXPECT_EQ(use(made), 200);
}

// No exchange upwards (security.md 3).
TEST_F(SoltraTokens, MakeNoneThatOutliveThem) {
  const Made first = make_token(root(), user_);
  app().clock().advance(std::chrono::hours(24));
  const Made second = make_token(token("user", first.secret), user_);
  EXPECT_EQ(member(second, "expires"), member(first, "expires"));
  EXPECT_EQ(token("user", first.secret).get(kUsers).status, 403);
}

TEST_F(SoltraTokens, MakeNoneThatDoMore) {
  const Reply first = basic("user").post("/v1/users/me/tokens",
                                         R"({"title": "of v1", "scopes": ["tokens:write"],
                                             "expires_at": "2026-03-01T00:00:00Z"})");
  ASSERT_EQ(first.status, 201) << first.body;
  const Made second = make_token(token("user", json_member(first.body, "token")), user_);
  EXPECT_EQ(member(second, "expires"), "2026-03-01T00:00:00.000000");
  const Reply shown = basic("user").get("/v1/users/me/tokens/" + second.id);
  EXPECT_EQ(json_member(shown.body, "scopes"), R"(["tokens:write"])");
  const Client client = token("user", second.secret);
  EXPECT_EQ(client.patch(second.path, R"({"active": false})").status, 202);
  EXPECT_EQ(use(second), 401);
}

TEST_F(SoltraTokens, AreMadeAnewWhateverTheIdempotencyKey) {
  const Client client = root().with("Idempotency-Key", "once");
  EXPECT_NE(make_token(client, user_).secret, make_token(client, user_).secret);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
