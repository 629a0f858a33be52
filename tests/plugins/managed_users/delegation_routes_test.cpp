// The routes by which somebody gets a token to act for a user. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <thread>

#include <gatehouse/storage.hpp>

#include "managed_users_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

using DelegationRoutes = ManagedUsersTest;

TEST_F(DelegationRoutes, AManagerGetsATokenOnEitherRoute) {
  const Managed bob = make(ada());
  for (const std::string& of : {bob.path(), bob.as_user()}) {
    const auto made = ada().post(of + "/delegated-token", R"({"scopes": ["data:read"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_NE(json_member(made.body, "access_token"), "");
    EXPECT_EQ(json_member(made.body, "token_type"), "Bearer");
    EXPECT_EQ(json_member(made.body, "scopes"), R"(["data:read"])");
    EXPECT_EQ(json_member(json_member(made.body, "user"), "id"), bob.id);
    EXPECT_EQ(made.header("Location"), of);
    EXPECT_EQ(made.header("Cache-Control"), "no-store");
  }
}

TEST_F(DelegationRoutes, WithoutABodyItHasAllScopes) {
  const std::string path = make(ada()).path() + "/delegated-token";
  for (const char* body : {"", "{}", R"({"scopes": null})"}) {
    const auto made = ada().post(path, body);
    ASSERT_EQ(made.status, 201) << body << made.body;
    EXPECT_EQ(json_member(made.body, "scopes"), R"(["data:read","data:write"])") << body;
  }
}

TEST_F(DelegationRoutes, NobodyIsActedForWithoutAReason) {
  const Managed bob = make(ada());
  for (const std::string& of : {bob.as_user(), bob.path()}) {
    EXPECT_EQ(eve().post(of + "/delegated-token", "").status, 404) << of;
    EXPECT_EQ(admin().post(of + "/delegated-token", "").status, 404) << of;
  }
  EXPECT_EQ(ada().post("/v1/users/me/delegated-token", "").status, 404);
  EXPECT_EQ(ada().post("/v1/users/999999/delegated-token", "").status, 404);
}

// Somebody else writes meanwhile, and whoever asks in vain does not queue behind them.
TEST_F(DelegationRoutes, StrangersAreRefusedWithoutAWriteTransaction) {
  const Managed bob = make(ada());
  const testing::Client stranger = eve();
  const auto done = app().storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(db.run("update users_user set description = 'x' where number = :n", ada_));
    std::thread asking([&] {
      for (const std::string& of : {bob.as_user(), bob.path(), std::string("/v1/users/me")}) {
        EXPECT_EQ(stranger.post(of + "/delegated-token", "").status, 404) << of;
      }
    });
    asking.join();
    return None{};
  });
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(DelegationRoutes, AKeyDoesNotShowTheTokenAgain) {
  const std::string path = make(ada()).path() + "/delegated-token";
  const testing::Client keyed = ada().with("Idempotency-Key", "once");
  EXPECT_EQ(keyed.post(path, "").status, 201);
  const auto again = keyed.post(path, "");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(json_member(again.body, "code"), "secret_already_shown");
}

TEST_F(DelegationRoutes, WithoutThePluginTokensTheAnswerSaysSo) {
  start({}, Tokens::Missing);
  const Managed bob = make(ada());
  for (const std::string& of : {bob.path(), bob.as_user()}) {
    const auto refused = ada().post(of + "/delegated-token", "");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(json_member(refused.body, "code"), "no_tokens");
  }
  EXPECT_EQ(app().log().count("undeclared_answer"), 0);
}

}  // namespace
}  // namespace gatehouse::managed_users
