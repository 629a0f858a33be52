// Tokens, cookies and what they open. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

class FlexMeasuresSignIn : public FlexMeasuresPeople {
 protected:
  testing::Reply ask(const std::string& body) { return anonymous().post(kTokenPath, body); }
  testing::Reply log_in(const std::string& email,
                        std::string_view password = identity::kPassword,
                        std::string_view query = "") {
    return anonymous().post("/login" + std::string(query), credentials(email, password));
  }
  static std::string cookie_of(const testing::Reply& reply) {
    const std::string header = reply.header("Set-Cookie");
    return header.substr(0, header.find(';'));
  }
};

TEST_F(FlexMeasuresSignIn, ATokenGoesRawIntoAuthorization) {
  people();
  const auto reply = ask(credentials(email_of(member_), identity::kPassword));
  const std::string token = identity::json_member(reply.body, "auth_token");
  EXPECT_EQ(reply.body,
            R"({"auth_token":")" + token + R"(","user_id":)" + std::to_string(member_.number) +
                R"(,"status":200})");
  EXPECT_EQ(with_token(token).get(user(member_)).status, 200);
  for (const std::string& wrong : {"Bearer " + token, token + "x", std::string("x")}) {
    EXPECT_EQ(with_token(wrong).get(user(member_)).body, k401) << wrong;
  }
}

TEST_F(FlexMeasuresSignIn, ATokenEndsAfterSixHours) {
  people();
  const auto client = as(member_);
  app().clock().advance(std::chrono::hours(6) - std::chrono::seconds(1));
  EXPECT_EQ(client.get(user(member_)).status, 200);
  app().clock().advance(std::chrono::seconds(2));
  EXPECT_EQ(client.get(user(member_)).body, k401);
}

TEST_F(FlexMeasuresSignIn, ATokenEndsWithDeactivationAndDoesNotComeBack) {
  people();
  const auto client = as(member_);
  ASSERT_EQ(as(head_).patch(user(member_), R"({"active": false})").status, 200);
  EXPECT_EQ(client.get(user(member_)).status, 401);
  ASSERT_EQ(as(head_).patch(user(member_), R"({"active": true})").status, 200);
  EXPECT_EQ(client.get(user(member_)).status, 401);
}

TEST_F(FlexMeasuresSignIn, ATokenOpensThisMountAlone) {
  people();
  const std::string token = ask_token(email_of(member_));
  EXPECT_EQ(with_token(token).get("/v1/users/me").status, 401);
  EXPECT_EQ(anonymous().with("Authorization", "Bearer " + token).get("/v1/users/me").status, 401);
}

TEST_F(FlexMeasuresSignIn, AWrongPasswordAndAnUnknownAddressAreAnsweredAlike) {
  people();
  const std::string expected = R"({"errors":["User password does not match."],"status":401})";
  EXPECT_EQ(ask(credentials(email_of(member_), "wrong horse")).body, expected);
  EXPECT_EQ(ask(credentials("nobody@example.org", "wrong horse")).body, expected);
  ASSERT_EQ(as(head_).patch(user(member_), R"({"active": false})").status, 200);
  EXPECT_EQ(ask(credentials(email_of(member_), identity::kPassword)).body, expected);
}

TEST_F(FlexMeasuresSignIn, AnUnknownAddressIsToldWhereTheSettingsSaySo) {
  people({.settings = {{"reveal_unknown_email", "true"}}});
  EXPECT_EQ(ask(credentials(email_of(member_), "wrong horse")).body,
            R"({"errors":["User password does not match."],"status":401})");
  const auto unknown = ask(credentials("nobody@example.org", "wrong horse"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body,
            R"({"errors":["User with email 'nobody@example.org' does not exist"],"status":404})");
  EXPECT_EQ(log_in("nobody@example.org").body,
            R"({"meta":{"code":400},"response":{"errors":["Specified user does not exist"],)"
            R"("field_errors":{"email":["Specified user does not exist"]}}})");
}

TEST_F(FlexMeasuresSignIn, WhatIsMissingIsNamed) {
  struct Case {
    std::string body;
    std::string errors;
  };
  for (const Case& one : {
           Case{R"({"password": "x"})", "Please provide the 'email' parameter."},
           Case{R"({"email": "x"})", "Please provide the 'password' parameter."},
       }) {
    const auto reply = ask(one.body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, R"({"errors":[")" + one.errors + R"("],"status":400})");
  }
  EXPECT_EQ(ask("{").body,
            R"({"message":"The browser (or proxy) sent a request that this server could not )"
            R"(understand.","status":400})");
  const std::string wrong_type =
      R"({"errors":["Content-type of request must be application/json"],"status":400})";
  EXPECT_EQ(anonymous().with("Content-Type", "text/plain").post(kTokenPath, "{}").body, wrong_type);
  const auto nothing = anonymous().with("Content-Type", "").post(kTokenPath, "");
  EXPECT_EQ(nothing.status, 400);
  EXPECT_EQ(nothing.body, wrong_type);
  EXPECT_EQ(ask("[]").status, 400);
  EXPECT_EQ(ask("[]").body, R"({"errors":["Please provide the 'email' parameter."],"status":400})");
}

TEST_F(FlexMeasuresSignIn, TooManyWrongPasswordsAre429) {
  people({.users = {{"throttle.per_user", "2"}}});
  ask(credentials(email_of(member_), "wrong horse"));
  ask(credentials(email_of(member_), "wrong horse"));
  const auto reply = ask(credentials(email_of(member_), identity::kPassword));
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.body,
            R"({"message":"You hit a rate limit. Please wait before you try again.",)"
            R"("result":"Rejected","status":"TOO_MANY_REQUESTS"})");
  EXPECT_NE(reply.header("Retry-After"), "");
}

TEST_F(FlexMeasuresSignIn, ATokenInTheQueryCountsWhereTheSettingsSaySo) {
  people();
  EXPECT_EQ(anonymous().get(user(member_) + "?auth_token=" + ask_token(email_of(member_))).status,
            401);
  people({.settings = {{"token_in_query", "true"}}});
  EXPECT_EQ(anonymous().get(user(member_) + "?auth_token=" + ask_token(email_of(member_))).status,
            200);
  EXPECT_EQ(anonymous().get(user(member_) + "?auth_token=x").status, 401);
}

TEST_F(FlexMeasuresSignIn, ALoginSetsACookieThatCountsAsAToken) {
  people();
  const auto reply = log_in(email_of(member_));
  EXPECT_EQ(reply.body, R"({"meta":{"code":200},"response":{"csrf_token":"","user":{}}})");
  const std::string header = reply.header("Set-Cookie");
  EXPECT_NE(header.find("; Path=/; Max-Age=21600; HttpOnly; SameSite=Lax; Secure"),
            std::string::npos)
      << header;
  const auto browser = anonymous().with("Cookie", "other=1; " + cookie_of(reply));
  EXPECT_EQ(browser.get(user(member_)).status, 200);
  EXPECT_EQ(anonymous().with("Cookie", "session=of-another-server").get(user(member_)).status, 401);
}

// bar.md 17. Whoever's it was: nobody else's browser would come with it.
TEST_F(FlexMeasuresSignIn, ALoginEndsTheSessionOfTheCookieThatCameAlong) {
  people();
  const auto before = anonymous().with("Cookie", cookie_of(log_in(email_of(member_))));
  const auto log_in_again = [&](std::string_view password) {
    return before.post("/login", credentials(email_of(stranger_), password));
  };
  EXPECT_EQ(log_in_again("not the password").status, 400);
  EXPECT_EQ(before.get(user(member_)).status, 200);
  const auto reply = log_in_again(identity::kPassword);
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(before.get(user(member_)).status, 401);
  EXPECT_EQ(anonymous().with("Cookie", cookie_of(reply)).get(user(stranger_)).status, 200);
}

TEST_F(FlexMeasuresSignIn, ACookieChangesNothingForPagesOfOthers) {
  people();
  const auto browser = anonymous().with("Cookie", cookie_of(log_in(email_of(member_))));
  const std::string body = R"({"timezone": "Asia/Seoul"})";
  EXPECT_EQ(browser.patch(user(member_), body).status, 200);
  EXPECT_EQ(browser.with("Origin", "https://id.example.org").patch(user(member_), body).status,
            200);
  EXPECT_EQ(browser.with("Origin", "https://evil.example").patch(user(member_), body).body, k403);
  EXPECT_EQ(browser.with("Sec-Fetch-Site", "cross-site").patch(user(member_), body).status, 403);
  EXPECT_EQ(browser.with("Content-Type", "text/plain").patch(user(member_), body).status, 403);
}

TEST_F(FlexMeasuresSignIn, ALoginAnswersATokenWhereItIsAskedFor) {
  people();
  const auto reply = log_in(email_of(member_), identity::kPassword, "?include_auth_token");
  const std::string response = identity::json_member(reply.body, "response");
  const std::string token =
      identity::json_member(identity::json_member(response, "user"), "authentication_token");
  EXPECT_EQ(with_token(token).get(user(member_)).status, 200);
}

TEST_F(FlexMeasuresSignIn, AWrongPasswordAtLoginIs400) {
  people();
  const std::string expected = R"({"meta":{"code":400},"response":{"errors":["Invalid password"],)"
                               R"("field_errors":{"password":["Invalid password"]}}})";
  for (const std::string& email : {email_of(member_), std::string("nobody@example.org")}) {
    const auto reply = log_in(email, "wrong horse");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, expected);
    EXPECT_EQ(reply.header("Set-Cookie"), "");
  }
}

TEST_F(FlexMeasuresSignIn, ALogoutEndsTheSession) {
  people();
  for (const char* method : {"GET", "POST"}) {
    const auto browser = anonymous().with("Cookie", cookie_of(log_in(email_of(member_))));
    ASSERT_EQ(browser.get(user(member_)).status, 200);
    const auto reply = browser.send(method, "/logout", "");
    const bool is_link = std::string_view(method) == "GET";
    EXPECT_EQ(reply.status, is_link ? 302 : 200) << reply.body;
    EXPECT_EQ(reply.header("Location"), is_link ? "https://id.example.org/" : "");
    EXPECT_EQ(reply.body, is_link ? "" : R"({"meta":{"code":200},"response":{}})");
    EXPECT_NE(reply.header("Set-Cookie").find("session=; Path=/; Max-Age=0"), std::string::npos);
    EXPECT_EQ(browser.get(user(member_)).status, 401);
  }
  EXPECT_EQ(anonymous().get("/logout").status, 302);
}

TEST_F(FlexMeasuresSignIn, ALogoutEndsTheTokenThatCountsAndLeavesCookiesOfOthersAlone) {
  people({.settings = {{"token_in_query", "true"}}});
  for (const char* method : {"GET", "POST"}) {
    const std::string token = ask_token(email_of(member_));
    const auto browser = with_token(token).with("Cookie", "session=otherapp");
    const auto reply = browser.send(method, "/logout", "");
    EXPECT_EQ(reply.header("Set-Cookie"), "") << method;
    EXPECT_EQ(with_token(token).get(user(member_)).status, 401) << method;

    const auto foreign = anonymous().with("Cookie", "session=otherapp").send(method, "/logout", "");
    EXPECT_EQ(foreign.status / 100, std::string_view(method) == "GET" ? 3 : 2);
    EXPECT_EQ(foreign.header("Set-Cookie"), "") << method;

    const std::string in_query = ask_token(email_of(member_));
    anonymous().send(method, "/logout?auth_token=" + in_query, "");
    EXPECT_EQ(with_token(in_query).get(user(member_)).status, 401) << method;
  }
}

TEST_F(FlexMeasuresSignIn, TheVersionsAreForEverybody) {
  const auto reply = anonymous().get("/api/");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(identity::json_member(reply.body, "versions"), R"(["v3_0"])");
  EXPECT_EQ(identity::json_member(reply.body, "flexmeasures_version"), "0.33.1");
  EXPECT_EQ(reply.header("FlexMeasures-Version"), "0.33.1");
  EXPECT_EQ(reply.header("API-Version"), "");
  const auto moved = anonymous().get("/api");
  EXPECT_EQ(moved.status, 308);
  EXPECT_EQ(moved.header("Location"), "https://id.example.org/api/");
}

TEST_F(FlexMeasuresSignIn, AnswersTellVersionsAndWhatTheyDependOn) {
  people();
  for (const auto& reply : {as(member_).get(user(member_)),
                            as(member_).get("/api/v3_0/users"),
                            anonymous().get("/api/v3_0/users"),
                            as(member_).get("/api/v3_0/users/999"),
                            as(member_).get("/api/v3_0/users?filter=%ff"),
                            as(member_).get("/api/v3_0/nothing")}) {
    EXPECT_EQ(reply.header("FlexMeasures-Version"), "0.33.1") << reply.status;
    EXPECT_EQ(reply.header("API-Version"), "v3_0");
    EXPECT_EQ(reply.header("Vary"), "Cookie");
    EXPECT_EQ(reply.content_type, "application/json");
  }
}

TEST_F(FlexMeasuresSignIn, TheWholeDialectMovesWithItsMount) {
  start({.mount = "/moved/api/v3_0"});
  const auto person = place(world().default_account());
  const auto reply = anonymous().post("/moved/api/requestAuthToken",
                                      credentials(email_of(person), identity::kPassword));
  const std::string token = identity::json_member(reply.body, "auth_token");
  EXPECT_EQ(with_token(token).get("/moved/api/v3_0/users").status, 200);
  EXPECT_EQ(anonymous().get("/moved/api").header("Location"), "https://id.example.org/moved/api/");
  EXPECT_EQ(anonymous().get("/moved/api/v3_0/nothing").status, 404);
  const auto login =
      anonymous().post("/moved/login", credentials(email_of(person), identity::kPassword));
  EXPECT_NE(login.header("Set-Cookie").find("; Path=/moved;"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::flexmeasures
