// What is kept of sign-ins: the history, the last two in the user's own row, signs of life.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/services.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/login_history.hpp>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kRight = "enchantress of number";

class LoginHistoryTest : public UsersTest {
 protected:
  void SetUp() override {
    start({{"remembered_passwords", "0"}});
    ada_ = create("ada", R"(, "password": "enchantress of number")");
  }
  int sign_in(std::string_view password = kRight, std::string_view agent = "browser") {
    return basic("ada", password).with("User-Agent", agent).get("/v1/roles").status;
  }
  std::string path() const { return "/v1/users/" + std::to_string(ada_) + "/login-history"; }
  std::string history(std::string_view query = "") {
    const auto reply = admin().get(path() + std::string(query));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  }
  // The items' times and outcomes, each after a blank: "00:00+", "00:10-".
  std::string outcomes(const std::string& page) {
    std::string text;
    for (std::size_t at = page.find("T0"); at != page.npos; at = page.find("T0", at + 1)) {
      text += " " + page.substr(at + 1, 5);
      text += page.substr(at).find("\"success\":true") == page.substr(at).find("\"success\":")
                  ? "+"
                  : "-";
    }
    return text;
  }
  std::string user() { return admin().get("/v1/users/" + std::to_string(ada_)).body; }

  std::int64_t ada_ = 0;
};

TEST_F(LoginHistoryTest, FailuresAreKeptEachAndSuccessesOfOneClientOnceAnHour) {
  for (int i = 0; i < 7; ++i) {  // every ten minutes
    EXPECT_EQ(sign_in(i % 2 == 0 ? kRight : "analytical engine"), i % 2 == 0 ? 200 : 401);
    app().clock().advance(minutes(10));
  }
  EXPECT_EQ(outcomes(history()), " 01:00+ 00:50- 00:30- 00:10- 00:00+");
  EXPECT_EQ(sign_in(kRight, "another"), 200);
  EXPECT_EQ(basic("ada", kRight).with("X-Forwarded-For", "198.51.100.7").get("/v1/roles").status,
            200);
  EXPECT_EQ(outcomes(history()), " 01:10+ 01:10+ 01:00+ 00:50- 00:30- 00:10- 00:00+");
}

TEST_F(LoginHistoryTest, AnItemSaysWhatTheContractNames) {
  EXPECT_EQ(sign_in(), 200);
  EXPECT_EQ(history(),
            R"({"items":[{"attempted_at":"2026-01-01T00:00:00.000Z","success":true,)"
            R"("method":"basic","mount":"/v1","remote_address":"192.0.2.1",)"
            R"("user_agent":"browser"}],"next":null})");
}

TEST_F(LoginHistoryTest, AnAgentIsTextThatCanBeStoredOfAtMost512Bytes) {
  struct Case {
    std::string sent;
    std::string stored;
  };
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "\xc3\xbc";
  const Case cases[] = {
      {"caf\xe9", "caf?"},
      {"x" + umlauts, "x" + umlauts.substr(0, 510)},
      {std::string(600, 'x'), std::string(512, 'x')},
  };
  for (const Case& c : cases) {
    app().clock().advance(minutes(1));
    EXPECT_EQ(sign_in(kRight, c.sent), 200);
    EXPECT_EQ(member(history("?limit=1"), "user_agent"), c.stored);
  }
}

TEST_F(LoginHistoryTest, AWalkShowsEachExactlyOnce) {
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(sign_in("analytical engine"), 401);
    if (i % 3 == 0) app().clock().advance(minutes(1));
  }
  std::string walked;
  std::string query = "?limit=2";
  for (int pages = 0; pages < 4; ++pages) {
    const std::string page = history(query);
    walked += outcomes(page);
    query = "?limit=2&cursor=" + member(page, "next");
  }
  EXPECT_EQ(walked, " 00:02- 00:02- 00:02- 00:01- 00:01- 00:01- 00:00-");
  EXPECT_EQ(query, "?limit=2&cursor=null");
  EXPECT_EQ(admin().get(path() + "?cursor=x").status, 400);
}

TEST_F(LoginHistoryTest, IsShownToWhoeverReadsTheTrail) {
  EXPECT_EQ(as(ada_).get("/v1/users/me/login-history").status, 200);
  EXPECT_EQ(as(900, Role::AdminReader).get(path()).status, 200);
  EXPECT_EQ(as(901, Role::Staff).get(path()).status, 403);
  EXPECT_EQ(as(902).get(path()).status, 404);
  EXPECT_EQ(admin().get("/v1/users/4711/login-history").status, 404);
}

// What dialects show (gatehouse/services/login_history.hpp).
TEST_F(LoginHistoryTest, IsReadByPlacesForOtherPlugins) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sign_in("analytical engine"), 401);
    app().clock().advance(minutes(1));
  }
  EXPECT_EQ(sign_in(), 200);
  const auto& history = app().services().require<LoginHistory>();
  const auto slice = [&](const Principal& who, const LoginSlice& wanted) {
    return app().storage().read([&](Session& db) {
      return history.list(db, who, {"", ada_}, wanted);
    });
  };
  const auto count = [&](const Principal& who, std::int64_t user) {
    return app().storage().read([&](Session& db) { return history.count(db, who, {"", user}); });
  };
  Principal ada;
  ada.user = ada_;
  const auto newest = slice(ada, {0, 2});
  ASSERT_TRUE(newest);
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_TRUE(newest->front().success);
  EXPECT_EQ(newest->front().method, "basic");
  EXPECT_EQ(newest->front().mount, "/v1");
  EXPECT_EQ(newest->front().remote_address, "192.0.2.1");
  EXPECT_EQ(newest->front().user_agent, "browser");
  EXPECT_FALSE(newest->back().success);
  EXPECT_EQ(newest->front().attempted_at - newest->back().attempted_at, minutes(1));
  EXPECT_EQ(slice(ada, {3, 2})->size(), 1U);
  EXPECT_EQ(slice(ada, {4, 2})->size(), 0U);
  EXPECT_EQ(*count(ada, ada_), 4);

  Principal staff;
  staff.user = 900;
  staff.roles = Role::Staff;
  EXPECT_EQ(slice(staff, {}).error().code, ErrorCode::PermissionDenied);
  EXPECT_EQ(count(staff, ada_).error().code, ErrorCode::PermissionDenied);
  EXPECT_EQ(count(ada, 4711).error().code, ErrorCode::NotFound);
}

TEST_F(LoginHistoryTest, OfUnknownNamesNothingIsKeptAndItGoesWithTheUser) {
  EXPECT_EQ(basic("nobody", kRight).get("/v1/roles").status, 401);
  const auto rows = [this] {
    const auto count = app().storage().read([](Session& db) {
      return db.get<std::int64_t>("select count(*) as count from users_login");
    });
    return count ? *count : -1;
  };
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(sign_in(), 200);
  EXPECT_EQ(rows(), 1);
  ASSERT_EQ(admin().remove("/v1/users/" + std::to_string(ada_)).status, 204);
  EXPECT_EQ(rows(), 0);
}

TEST_F(LoginHistoryTest, IsKeptForNinetyDays) {
  EXPECT_EQ(sign_in(), 200);
  app().clock().advance(hours(24 * 90));
  EXPECT_EQ(sign_in(), 200);
  app().run_jobs();
  EXPECT_EQ(outcomes(history()), " 00:00+ 00:00+");
  app().clock().advance(seconds(1));
  app().run_jobs();
  EXPECT_EQ(outcomes(history()), " 00:00+");
}

TEST_F(LoginHistoryTest, TheUserShowsTheLastSignInAndTheOneBefore) {
  const auto etag = admin().get("/v1/users/2").header("ETag");
  EXPECT_EQ(member(user(), "last_login_at"), "null");
  EXPECT_EQ(sign_in(), 200);
  EXPECT_EQ(member(user(), "last_login_at"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(member(user(), "previous_login_at"), "null");
  app().clock().advance(minutes(30));
  EXPECT_EQ(sign_in("analytical engine"), 401);
  EXPECT_EQ(sign_in(), 200) << "the same client goes on";
  EXPECT_EQ(member(user(), "last_login_at"), "2026-01-01T00:00:00.000Z");
  app().clock().advance(minutes(30));
  EXPECT_EQ(sign_in(), 200);
  EXPECT_EQ(member(user(), "last_login_at"), "2026-01-01T01:00:00.000Z");
  EXPECT_EQ(member(user(), "previous_login_at"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(admin().get("/v1/users/2").header("ETag"), etag);
}

TEST_F(LoginHistoryTest, SignsOfLifeAreWrittenByAJobAtMostOnceAMinute) {
  const auto seen = [this] { return member(user(), "last_seen_at"); };
  EXPECT_EQ(sign_in(), 200);
  EXPECT_EQ(seen(), "null");
  app().run_jobs();
  EXPECT_EQ(seen(), "2026-01-01T00:00:00.000Z");
  app().clock().advance(seconds(59));
  app().services().require<LiveUsers>().note_seen(ada_);
  app().services().require<LiveUsers>().note_seen(4711);
  app().run_jobs();
  EXPECT_EQ(seen(), "2026-01-01T00:00:00.000Z");
  app().clock().advance(seconds(1));
  app().services().require<LiveUsers>().note_seen(ada_);
  app().clock().advance(seconds(5));
  app().run_jobs();
  EXPECT_EQ(seen(), "2026-01-01T00:01:00.000Z");
}

}  // namespace
}  // namespace gatehouse::users
