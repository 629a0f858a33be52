// Who may call (seed document 003, "Privacy: Admin"; contract section 2, "Auth").
// SPDX-License-Identifier: Apache-2.0
#include "wotkit_fixture.hpp"

namespace gatehouse::wotkit {
namespace {

class WotkitSignIn : public WotkitTest {
 protected:
  struct Token {
    std::string id;
    std::string secret;
  };

  // Of the caller, with these scopes (JSON).
  Token mint(const testing::Client& owner, std::string_view scopes = "null") {
    const auto reply = owner.post("/v1/users/me/tokens",
                                  R"({"title": "key", "scopes": )" + std::string(scopes) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return {identity::json_member(reply.body, "id"), identity::json_member(reply.body, "token")};
  }

  // The statuses of all five operations, on a user who is there.
  std::string calls(const testing::Client& client, std::string_view query = "") {
    const std::string target = "target" + std::to_string(++targets_);
    create(target);
    const std::string tail(query);
    const std::string users(kUsers);
    std::string statuses;
    const auto note = [&](const testing::Reply& reply) {
      statuses += " " + std::to_string(reply.status);
    };
    note(client.get(users + tail));
    note(client.get(path_of(target) + tail));
    note(client.post(users + tail, body_of(target + "x")));
    note(client.put(path_of(target) + tail, R"({"firstname": "Changed"})"));
    note(client.remove(path_of(target) + tail));
    return statuses;
  }
  static constexpr const char* kAll = " 200 200 201 204 204";
  static constexpr const char* kDenied = " 403 403 403 403 403";
  static constexpr const char* kUnknown = " 401 401 401 401 401";

 private:
  int targets_ = 0;
};

TEST_F(WotkitSignIn, AdminsMayDoEverything) {
  EXPECT_EQ(calls(admin()), kAll);
  EXPECT_EQ(calls(basic("ADMIN@localhost", kAdminPassword)), kAll) << "by e-mail address";
}

TEST_F(WotkitSignIn, NobodyAndWhoCannotProveItAre401WithAChallenge) {
  const testing::Client strangers[] = {
      app().anonymous(),
      basic("admin", "wrong"),
      basic("nobody", kAdminPassword),
      basic("", ""),
      basic("0123456789abcdef01234567", "no such token"),
      app().anonymous().with("Authorization", "Basic ???"),
      app().anonymous().with("Authorization", "Bearer x"),
      app().anonymous().with("Authorization", mint(admin()).secret),
  };
  for (const testing::Client& stranger : strangers) {
    EXPECT_EQ(calls(stranger), kUnknown);
    const auto reply = stranger.get(kUsers);
    EXPECT_EQ(reply.header("WWW-Authenticate"), R"(Basic realm="gatehouse", charset="UTF-8")");
    EXPECT_EQ(message_of(reply), "Not authenticated.");
  }
}

TEST_F(WotkitSignIn, AdminsWhoAreShutOutAre401) {
  start({}, {.policy = {{"grant_admin_over_api", "true"}}});
  create("second");
  const std::string path = "/v1/users/" + shown("second", "id");
  ASSERT_EQ(root().patch(path, R"({"roles": ["admin"]})").status, 200);
  EXPECT_EQ(calls(basic("second", kPassword)), kAll);
  ASSERT_EQ(root().patch(path, R"({"active": false})").status, 200);
  EXPECT_EQ(calls(basic("second", kPassword)), kUnknown);
}

TEST_F(WotkitSignIn, WhoIsNoAdminIs403WhateverElseTheyAre) {
  for (const char* role : {"[]", R"(["staff"])", R"(["admin-reader"])", R"(["account-admin"])"}) {
    const std::string name = "user" + std::to_string(std::string_view(role).size());
    create(name);
    const auto made =
        root().patch("/v1/users/" + shown(name, "id"), R"({"roles": )" + std::string(role) + "}");
    ASSERT_EQ(made.status, 200) << made.body;
    const auto client = basic(name, kPassword);
    EXPECT_EQ(calls(client), kDenied) << role;
    EXPECT_EQ(client.get(path_of(name)).status, 403) << "not even themselves";
    EXPECT_EQ(client.get(path_of("nobody")).status, 403) << "nor whether there is somebody";
  }
}

TEST_F(WotkitSignIn, AnApiTokenIsAKey) {
  const Token key = mint(admin());
  EXPECT_EQ(calls(basic(key.id, key.secret)), kAll);
  EXPECT_EQ(calls(basic(key.id, "wrong")), kUnknown);
  EXPECT_EQ(calls(basic(mint(admin()).id, key.secret)), kUnknown) << "the id of another";
  EXPECT_EQ(calls(basic("admin", key.secret)), kUnknown);
  create("newuser");
  const Token other = mint(basic("newuser", kPassword));
  EXPECT_EQ(calls(basic(other.id, other.secret)), kDenied);
}

TEST_F(WotkitSignIn, AKeyDoesNoMoreThanItsScopes) {
  const Token reads = mint(admin(), R"(["users:read"])");
  EXPECT_EQ(calls(basic(reads.id, reads.secret)), " 200 200 403 403 403");
}

TEST_F(WotkitSignIn, OnesOwnPasswordIsChangedWithItAndNotWithAKey) {
  const Token key = mint(admin());
  const std::string body = R"({"password": "another sea of stones"})";
  EXPECT_EQ(basic(key.id, key.secret).put(path_of("admin"), body).status, 403);
  EXPECT_EQ(admin().put(path_of("admin"), body).status, 204);
  EXPECT_EQ(admin().get(kUsers).status, 401);
  EXPECT_EQ(basic("admin", "another sea of stones").get(kUsers).status, 200);
}

TEST_F(WotkitSignIn, TokensInTheQueryAreOffUnlessAllowed) {
  EXPECT_EQ(calls(app().anonymous(), "?access_token=" + mint(admin()).secret), kUnknown);
  start({{"token_in_query", "true"}});
  const Token key = mint(admin());
  const std::string query = "?access_token=" + key.secret;
  EXPECT_EQ(calls(app().anonymous(), query), kAll);
  EXPECT_EQ(calls(app().anonymous(), "?access_token=wrong"), kUnknown);
  EXPECT_EQ(calls(basic("admin", "wrong"), query), kUnknown) << "the header decides";
  EXPECT_EQ(calls(app().anonymous()), kUnknown);
}

TEST_F(WotkitSignIn, ItsCredentialsOpenNothingElseAndOthersNotThis) {
  const std::string session =
      app()
          .anonymous()
          .post("/v1/sessions",
                R"({"username": "admin", "password": ")" + std::string(kAdminPassword) + "\"}")
          .body;
  const auto bearer = app().anonymous().with(
      "Authorization", "Bearer " + identity::json_member(session, "access_token"));
  EXPECT_EQ(bearer.get("/v1/users/me").status, 200);
  EXPECT_EQ(bearer.get(kUsers).status, 401);
  const Token key = mint(admin());
  EXPECT_EQ(basic(key.id, key.secret).get("/v1/users/me").status, 401);
}

// The plugin tokens is optional.
TEST(WotkitWithoutTokens, PasswordsOpenItAndIdsOfTokensNothing) {
  setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
  std::vector<testing::TestedPlugin> plugins;
  plugins.push_back({"users", testing::load_plugin(GATEHOUSE_PLUGIN_FOLDER "/users.so")});
  plugins.push_back(
      {"wotkit", std::make_unique<WotkitPlugin>(), {{"token_in_query", "true"}}, "/moved/api"});
  testing::HarnessCore app(std::move(plugins));
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  const auto get = [&](std::string_view pair, std::string_view target) {
    return app.anonymous().with("Authorization", "Basic " + std::string(pair)).get(target).status;
  };
  EXPECT_EQ(get("YWRtaW46Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==", "/moved/api/users"), 200);
  EXPECT_EQ(get("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3Ong=", "/moved/api/users"), 401);
  EXPECT_EQ(app.anonymous().get("/moved/api/users?access_token=x").status, 401);
  EXPECT_EQ(app.anonymous().get("/wotkit/api/users").content_type, "application/problem+json");
}

}  // namespace
}  // namespace gatehouse::wotkit
