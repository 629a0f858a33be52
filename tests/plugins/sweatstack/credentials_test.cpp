// What a client may come with, and what is refused. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/digest.hpp>

#include "tests/plugins/sweatstack/sweatstack_fixture.hpp"

namespace gatehouse::sweatstack {
namespace {

using namespace std::chrono_literals;

class Credentials : public SweatStackTest {
 protected:
  static constexpr std::string_view kOrigin = "https://id.example.org";
};

TEST_F(Credentials, AreTakenFromThreePlacesAlike) {
  for (const std::string& token : {access_token(manager()), api_token(manager())}) {
    EXPECT_EQ(all(bearer(token).get(kUsers), "id"), manager().id);
    EXPECT_EQ(all(anonymous().with("Authorization", "bEARER  " + token).get(kUsers), "id"),
              manager().id);
    EXPECT_EQ(all(anonymous().with("Refreshed-Token", token).get(kUsers), "id"), manager().id);
    EXPECT_EQ(all(with_cookie(token).get(kUsers), "id"), manager().id);
  }
}

TEST_F(Credentials, CountInTheOrderOfBearerHeaderCookie) {
  const std::string mine = access_token(manager());
  const std::string theirs = access_token(stranger());
  EXPECT_EQ(all(bearer(mine).with("refreshed-token", theirs).get(kUsers), "id"), manager().id);
  const auto both = with_cookie(theirs).with("refreshed-token", mine);
  EXPECT_EQ(all(both.get(kUsers), "id"), manager().id);
}

// security.md 8.
TEST_F(Credentials, ThatDoNotHoldAreNeverRescuedByALaterOne) {
  const std::string good = access_token(manager());
  const auto later = with_cookie(good).with("refreshed-token", good);
  for (const testing::Client& one : {later.with("Authorization", "Bearer wrong"),
                                     later.with("Authorization", "Bearer"),
                                     later.with("Authorization", "Bearer a.b.c"),
                                     later.with("Authorization", "Token " + good),
                                     later.with("Authorization", good),
                                     with_cookie(good).with("refreshed-token", "wrong"),
                                     with_cookie(good).with("refreshed-token", "a.b.c"),
                                     with_cookie("a.b.c"),
                                     with_cookie("")}) {
    const auto reply = one.get(kUsers);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.body, R"({"detail":"Not authenticated"})");
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
  }
}

TEST_F(Credentials, OfOtherKindsAndMountsAreRefused) {
  const auto session = anonymous().post(
      "/v1/sessions",
      R"({"username": ")" + manager().id + R"(", "password": "correct horse battery"})");
  ASSERT_EQ(session.status, 201);
  EXPECT_EQ(bearer(json_member(session.body, "access_token")).get(kUsers).status, 401);
  EXPECT_EQ(bearer(access_token(manager())).get("/v1/users/me").status, 401);
  const auto basic = anonymous().with(
      "Authorization", "Basic " + base64_encode(manager().id + ":correct horse battery"));
  EXPECT_EQ(basic.get("/v1/users/me").status, 200);
  EXPECT_EQ(basic.get(kUsers).status, 401);
}

TEST_F(Credentials, EndWithTheirTimeAndTheirUser) {
  const std::string token = access_token(manager());
  const auto client = bearer(token);
  app().clock().advance(299s);
  EXPECT_EQ(client.get(kUsers).status, 200);
  app().clock().advance(1s);
  EXPECT_EQ(client.get(kUsers).status, 401);
  const auto other = bearer(access_token(manager()));
  const std::string path = "/v1/users/" + manager().id;
  ASSERT_EQ(world().root().patch(path, R"({"active": false})").status, 200);
  EXPECT_EQ(other.get(kUsers).status, 401);
}

TEST_F(Credentials, WithoutTheScopeAreToldSo) {
  const auto reader = bearer(api_token(manager(), R"(, "scopes": ["managed_users:read"])"));
  EXPECT_EQ(reader.get(kUsers).status, 200);
  const auto refused = reader.post(kUsers, R"({"first_name": "A", "last_name": null})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.header("WWW-Authenticate"), "Bearer error=\"insufficient_scope\"");
}

TEST_F(Credentials, OfSomebodyWithoutApiAccessOpenNothing) {
  const auto me = client(manager());
  const std::string path = "/v1/users/" + manager().id;
  ASSERT_EQ(world().root().patch(path, R"({"api_access": false})").status, 200);
  EXPECT_EQ(me.get(kUsers).status, 403);
}

// security.md 16.
TEST_F(Credentials, InCookiesAreTakenFromPagesOfThisServerOnly) {
  const auto cookie = with_cookie(access_token(manager()));
  const std::string body = R"({"first_name": "A", "last_name": null})";
  struct Case {
    std::string_view header;
    std::string_view value;
    int status;
  };
  for (const Case& one : {Case{"Origin", kOrigin, 200},
                          Case{"Origin", "https://evil.example", 403},
                          Case{"Origin", "null", 403},
                          Case{"Sec-Fetch-Site", "same-origin", 200},
                          Case{"Sec-Fetch-Site", "same-site", 403},
                          Case{"Sec-Fetch-Site", "cross-site", 403},
                          Case{"Content-Type", "text/plain", 403},
                          Case{"Content-Type", "application/json", 200}}) {
    EXPECT_EQ(cookie.with(one.header, one.value).post(kUsers, body).status, one.status)
        << one.header << ' ' << one.value;
  }
  const std::string id = make(client(manager()));
  EXPECT_EQ(cookie.with("Content-Type", kForm).put(path_of(id), "first_name=x").status, 403);
  EXPECT_EQ(cookie.put(path_of(id), R"({"first_name": "x"})").status, 200);
  EXPECT_EQ(cookie.with("Origin", "https://evil.example").get(kUsers).status, 200);
  EXPECT_EQ(cookie.with("Origin", "https://evil.example").remove(path_of(id)).status, 403);
}

class CookieRenewals : public Credentials {
 protected:
  void SetUp() override { begin({{"password_grant", "true"}, {"renew_cookie_before", "1m"}}); }
};

TEST_F(CookieRenewals, AreGivenInTheLastMinuteToWhoCameWithTheCookie) {
  const std::string token = access_token(manager());
  app().clock().advance(239s);
  EXPECT_EQ(with_cookie(token).get(kUsers).header("Set-Cookie"), "");
  app().clock().advance(1s);
  EXPECT_EQ(bearer(token).get(kUsers).header("Set-Cookie"), "");
  EXPECT_EQ(anonymous().with("refreshed-token", token).get(kUsers).header("Set-Cookie"), "");
  EXPECT_EQ(with_cookie(token).get(path_of("x")).header("Set-Cookie"), "") << "an error";
  EXPECT_EQ(with_cookie(api_token(manager())).get(kUsers).header("Set-Cookie"), "");

  const auto renewed = with_cookie(token).get(kUsers);
  const std::string next = renewed.header("refreshed-token");
  EXPECT_EQ(renewed.header("Set-Cookie"),
            "token=" + next + "; Path=/api/v1; Max-Age=300; HttpOnly; SameSite=Lax; Secure");
  app().clock().advance(100s);
  EXPECT_EQ(with_cookie(token).get(kUsers).status, 401);
  EXPECT_EQ(all(with_cookie(next).get(kUsers), "id"), manager().id);
}

TEST_F(CookieRenewals, NeverGoBeyondTheEndOfTheSession) {
  begin({{"password_grant", "true"}, {"renew_cookie_before", "5m"}},
        {.plugins = {{"tokens", {{"session_lifetime", "5m"}}}}});
  const std::string token = access_token(manager());
  app().clock().advance(290s);
  const auto renewed = with_cookie(token).get(kUsers);
  EXPECT_NE(renewed.header("Set-Cookie").find("; Max-Age=10; "), std::string::npos);
  app().clock().advance(10s);
  EXPECT_EQ(with_cookie(renewed.header("refreshed-token")).get(kUsers).status, 401);
}

TEST_F(CookieRenewals, AreOffUnlessTheyAreSet) {
  begin(kDefaults);
  const std::string token = access_token(manager());
  app().clock().advance(299s);
  EXPECT_EQ(with_cookie(token).get(kUsers).header("Set-Cookie"), "");
}

}  // namespace
}  // namespace gatehouse::sweatstack
