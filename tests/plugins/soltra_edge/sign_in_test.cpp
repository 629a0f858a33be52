// How clients of Soltra Edge say who they are. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraSignIn : public SoltraTest {
 protected:
  void SetUp() override {
    start();
    user_ = create("Usér", R"(, "allow_rest_access": true)");
    other_ = create("other", R"(, "allow_rest_access": true)");
    secret_ = make_token(root(), user_).secret;
  }
  Reply send(const std::string& credential) { return authorized(credential).get("/api/users/me/"); }
  std::vector<std::string> challenges(const Reply& reply) {
    std::vector<std::string> all;
    for (const auto& [name, value] : reply.headers) {
      if (name == "WWW-Authenticate") all.push_back(value);
    }
    return all;
  }

  std::string user_;
  std::string other_;
  std::string secret_;
};

TEST_F(SoltraSignIn, TakesBasicAndBothFormsOfTokens) {
  const std::string pair = "Usér:" + secret_;
  const std::string credentials[] = {
      "Basic " + base64_encode(std::string("Usér:") + kPassword),
      "Basic " + base64_encode(std::string("uSÉR:") + kPassword),
      "Token " + pair,
      "Token " + base64_encode(pair),
      "token  " + pair,
      "Token uSÉR:" + secret_,
  };
  for (const std::string& credential : credentials) {
    const Reply reply = send(credential);
    EXPECT_EQ(reply.status, 200) << credential << reply.body;
    EXPECT_EQ(json_member(reply.body, "id"), user_);
  }
}

TEST_F(SoltraSignIn, RefusesWhateverDoesNotHold) {
  const std::string none = R"({"detail":"Authentication credentials were not provided."})";
  const std::string basic = R"({"detail":"Invalid username/password."})";
  const std::string token = R"({"detail":"Invalid token."})";
  struct Case {
    std::string credential;
    std::string body;
  };
  const Case cases[] = {
      {"", none},
      {"Bearer " + secret_, none},
      {secret_, none},
      {"Basic " + base64_encode("Usér:wrong"), basic},
      {"Basic " + base64_encode(std::string("nobody:") + kPassword), basic},
      {"Basic " + base64_encode("Usér:" + secret_), basic},
      {"Basic !", basic},
      {"Token", token},
      {"Token " + secret_, token},
      {"Token :" + secret_, token},
      {"Token other:" + secret_, token},
      {"Token " + base64_encode("other:" + secret_), token},
      {"Token Usér:" + std::string(40, '0'), token},
      {"Token Usér:" + secret_ + "0", token},
      {"Token " + user_ + ":" + secret_, token},
      {"Token !" + base64_encode("Usér:" + secret_), token},
      {"Token Usér:" + std::string(kPassword), token},
      {"Token " + std::string(4'000, 'x'), token},
  };
  for (const Case& c : cases) {
    const Reply reply =
        c.credential.empty() ? app().anonymous().get("/api/users/me/") : send(c.credential);
    EXPECT_EQ(reply.status, 401) << c.credential;
    EXPECT_EQ(reply.body, c.body) << c.credential;
    EXPECT_EQ(reply.content_type, "application/json");
  }
}

TEST_F(SoltraSignIn, ChallengesForBasicAndForTokens) {
  const std::string basic = R"(Basic realm="gatehouse", charset="UTF-8")";
  const std::string token = R"(Token realm="gatehouse")";
  using All = std::vector<std::string>;
  EXPECT_EQ(challenges(app().anonymous().get("/api/users/")), (All{basic, token}));
  EXPECT_EQ(challenges(send("Token a:b")), (All{token, basic}));
  EXPECT_EQ(challenges(send("Basic " + base64_encode("a:b"))), (All{basic, token}));
  EXPECT_EQ(challenges(root().get("/api/users/nobody/")), All{});
}

TEST_F(SoltraSignIn, IsNoneOfWhoIsNotActive) {
  ASSERT_EQ(root().patch(path_of(user_), R"({"is_active": false})").status, 202);
  EXPECT_EQ(send("Token Usér:" + secret_).status, 401);
  EXPECT_EQ(basic("Usér").get("/api/users/me/").status, 401);
}

// A token with scopes, of /v1, reaches no further here (security.md 3).
TEST_F(SoltraSignIn, WithATokenIsBoundByItsScopes) {
  const Reply made =
      basic("Usér").post("/v1/users/me/tokens", R"({"title": "reads", "scopes": ["users:read"]})");
  const Client reader = token("Usér", json_member(made.body, "token"));
  EXPECT_EQ(reader.get("/api/users/me/").status, 200);
  EXPECT_EQ(reader.get("/api/users/me/history/").status, 200);
  EXPECT_EQ(reader.get("/api/users/me/tokens/").status, 403);
  EXPECT_EQ(reader.patch("/api/users/me/", R"({"first_name": "x"})").status, 403);
  EXPECT_EQ(reader.post("/api/users/me/tokens/", R"({"title": "x"})").status, 403);
}

TEST_F(SoltraSignIn, ForOneMountOpensNoOther) {
  const Client client = token("Usér", secret_);
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  EXPECT_EQ(authorized("Bearer " + secret_).get("/v1/users/me").status, 401);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
