// How many wrong passwords there may be, and who is not held up by those of others. The clock
// stands still unless a test moves it. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "users_fixture.hpp"
#include "watched_host.hpp"

namespace gatehouse::users {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kRight = "enchantress of number";
constexpr std::string_view kWrong = "analytical engine";
constexpr std::string_view kHome = "198.51.100.7";
constexpr std::string_view kElsewhere = "203.0.113.9";

// Two failures at once, and another one every half hour; no password is remembered.
class SignInThrottle : public UsersTestOf<WatchedUsers> {
 protected:
  void SetUp() override { begin({{"remembered_passwords", "0"}}); }
  void begin(testing::Settings more) {
    more.push_back({"throttle.per_user", "4"});
    start(more);
    create("ada", R"(, "email": "ada@example.org", "password": "enchantress of number")");
    create("bob", R"(, "password": "enchantress of number")");
    watched().take_costs();
  }
  static WatchedPasswords& watched() { return *WatchedUsers::latest; }

  testing::Reply attempt(std::string_view name,
                         std::string_view password,
                         std::string_view address = kElsewhere) {
    return basic(name, password).with("X-Forwarded-For", address).get("/v1/users/me");
  }
  int status(std::string_view name,
             std::string_view password,
             std::string_view address = kElsewhere) {
    return attempt(name, password, address).status;
  }
  // Without what is another one each time.
  static std::string text_of(const testing::Reply& reply) {
    const std::string id = member(reply.body, "request_id");
    std::string text = std::to_string(reply.status) + " " + reply.body;
    for (const auto& [name, value] : reply.headers) text += "\n" + name + ": " + value;
    for (std::size_t at = text.find(id); !id.empty() && at != text.npos; at = text.find(id)) {
      text.replace(at, id.size(), "-");
    }
    return text;
  }
  std::int64_t count(const Sql& sql) {
    const auto rows = app().storage().read([&](Session& db) { return db.get<std::int64_t>(sql); });
    return rows ? *rows : -1;
  }
};

TEST_F(SignInThrottle, TooManyFailuresAre429WithoutAHashForKnownAndUnknownNamesAlike) {
  std::vector<std::string> answers;
  for (const std::string_view name : {"ada", "nobody"}) {
    EXPECT_EQ(status(name, kWrong), 401) << name;
    EXPECT_EQ(status(name, kWrong), 401) << name;
    watched().take_costs();
    const auto refused = attempt(name, kWrong);
    EXPECT_EQ(refused.status, 429) << name;
    EXPECT_EQ(member(refused.body, "code"), "too_many_failures");
    EXPECT_EQ(refused.header("Retry-After"), "1800") << name;
    EXPECT_EQ(status(name, kRight), 429) << "also with the right one: " << name;
    EXPECT_EQ(watched().take_costs().size(), 0U) << name;
    answers.push_back(text_of(refused));
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(app().metrics().value("users_sign_in_throttled_total{kind=\"user\"}"), 4);
  EXPECT_EQ(app().metrics().value("users_sign_in_throttled_total{kind=\"device\"}"), 0);
  EXPECT_EQ(app().metrics().value("users_sign_in_limit{kind=\"user\"}"), 4);
  EXPECT_EQ(app().metrics().value("users_sign_in_limit{kind=\"device\"}"), 100);
  EXPECT_EQ(app().metrics().value("users_sign_in_limit{kind=\"address\"}"), 1000);
  EXPECT_EQ(app().metrics().value("users_sign_in_window_seconds"), 3600);
}

TEST_F(SignInThrottle, NoHourHasMoreFailuresThanTheLimit) {
  std::vector<int> admitted_at;
  for (int minute = 0; minute < 300; ++minute) {
    if (status("ada", kWrong) == 401) admitted_at.push_back(minute);
    app().clock().advance(minutes(1));
  }
  EXPECT_GE(admitted_at.size(), 10U) << "two each hour come back";
  for (std::size_t i = 4; i < admitted_at.size(); ++i) {
    EXPECT_GE(admitted_at[i] - admitted_at[i - 4], 60);
  }
}

TEST_F(SignInThrottle, AUsersNamesShareOneBudgetAndOthersHaveTheirOwn) {
  EXPECT_EQ(status("Ada", kWrong), 401);
  EXPECT_EQ(status("ADA@example.org", kWrong), 401);
  EXPECT_EQ(status("ada", kWrong), 429);
  EXPECT_EQ(status("ada@example.org", kWrong), 429);
  EXPECT_EQ(status("bob", kWrong), 401);
  EXPECT_EQ(status("nobody", kWrong), 401);
  EXPECT_EQ(status("NOBODY", kWrong), 401);
  EXPECT_EQ(status("nobody", kWrong), 429);
}

TEST_F(SignInThrottle, ARightPasswordCostsNothing) {
  EXPECT_EQ(status("ada", kWrong), 401);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(status("ada", kRight), 200);
  EXPECT_EQ(count("select count(*) as count from users_throttle where full_at > 1767225600000000"),
            2)
      << "the failure's: one of the user, one of the network";
}

TEST_F(SignInThrottle, WhoeverSignedInFromThereIsNotHeldUpByAnAttackFromElsewhere) {
  ASSERT_EQ(status("ada", kRight, kHome), 200);
  while (status("ada", kWrong) != 429) {
  }
  EXPECT_EQ(status("ada", kRight), 429);
  EXPECT_EQ(status("ada", kRight, kHome), 200);
  EXPECT_EQ(status("ada", kRight, "192.0.2.77"), 429) << "nobody signed in from there";

  app().clock().advance(hours(24 * 31));
  while (status("ada", kWrong) != 429) {
  }
  EXPECT_EQ(status("ada", kRight, kHome), 429) << "a month is over";
}

TEST_F(SignInThrottle, WhoeverSignedInFromThereIsNotHeldUpByOthersBehindTheSameAddress) {
  begin({{"remembered_passwords", "0"}, {"throttle.per_address", "6"}});
  ASSERT_EQ(status("ada", kRight, kHome), 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status("name" + std::to_string(i), kWrong, kHome), 401);
  EXPECT_EQ(status("bob", kRight, kHome), 429);
  EXPECT_EQ(status("ada", kRight, kHome), 200);
}

TEST_F(SignInThrottle, AKnownDeviceHasALimitOfItsOwn) {
  begin({{"remembered_passwords", "0"}, {"throttle.per_device", "6"}});
  ASSERT_EQ(status("ada", kRight, kHome), 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status("ada", kWrong, kHome), 401);
  EXPECT_EQ(status("ada", kRight, kHome), 429);
  EXPECT_EQ(status("ada", kRight), 200) << "from elsewhere nothing was tried";
  EXPECT_EQ(app().metrics().value("users_sign_in_throttled_total{kind=\"device\"}"), 1);
  EXPECT_EQ(app().metrics().value("users_sign_in_throttled_total{kind=\"user\"}"), 0);
}

TEST_F(SignInThrottle, ANetworkHasALimitWhateverTheNames) {
  begin({{"throttle.per_address", "6"}});
  EXPECT_EQ(status("one", kWrong, "2001:db8::1"), 401);
  EXPECT_EQ(status("two", kWrong, "2001:db8::2"), 401);
  EXPECT_EQ(status("ada", kWrong, "2001:db8::3"), 401);
  EXPECT_EQ(status("three", kWrong, "2001:db8::ffff:1"), 429);
  EXPECT_EQ(status("ada", kRight, "2001:db8::1"), 429);
  EXPECT_EQ(status("ada", kRight, "2001:db8:0:1::1"), 200) << "another network";
  EXPECT_EQ(app().metrics().value("users_sign_in_throttled_total{kind=\"address\"}"), 2);
  // What the network's budget refused, the name's has not lost.
  app().clock().advance(hours(1));
  EXPECT_EQ(status("three", kWrong, "2001:db8::1"), 401);
  EXPECT_EQ(status("three", kWrong, "2001:db8::1"), 401);
}

// Otherwise whoever is refused could guess on: 429 for wrong ones, 200 for the right one.
TEST_F(SignInThrottle, ARememberedPasswordIsNoWayAround) {
  begin({{"throttle.per_device", "2"}});
  ASSERT_EQ(status("ada", kRight, kHome), 200);
  ASSERT_EQ(status("ada", kRight, kHome), 200);
  EXPECT_EQ(watched().take_costs().size(), 1U) << "it is remembered";
  EXPECT_EQ(status("ada", kWrong, kHome), 401);
  EXPECT_EQ(status("ada", kWrong, kHome), 429);
  EXPECT_EQ(status("ada", kRight, kHome), 429);
}

TEST_F(SignInThrottle, AttemptsAtTheSameTimeAreBounded) {
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 4; ++j) (void)status("ada", kWrong);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(watched().take_costs().size(), 2U);
}

TEST_F(SignInThrottle, CurrentPasswordsCountLikeSignIns) {
  const auto set = [this](std::string_view current) {
    return as(2)
        .with("X-Forwarded-For", kElsewhere)
        .put("/v1/users/me/password",
             R"({"new_password": "a loom weaves flowers", "current_password": ")" +
                 std::string(current) + "\"}")
        .status;
  };
  EXPECT_EQ(set(kWrong), 422);
  EXPECT_EQ(status("ada", kWrong), 401);
  EXPECT_EQ(set(kRight), 429);
  EXPECT_EQ(status("ada", kRight), 429);
  app().clock().advance(hours(1));
  EXPECT_EQ(set(kRight), 204);
  EXPECT_EQ(app().log().count("undeclared_answer"), 0);
}

// A process that dies while it hashes has counted already.
TEST_F(SignInThrottle, AnAttemptIsCountedAndToldBeforeItsHash) {
  watched().breaks = true;
  EXPECT_EQ(status("ada", kRight), 500);
  watched().breaks = false;
  EXPECT_EQ(count("select count(*) as count from users_throttle"), 2);
  EXPECT_EQ(count("select count(*) as count from users_login where not success"), 1);
  EXPECT_EQ(status("ada", kWrong), 401);
  EXPECT_EQ(status("ada", kRight), 429);
}

TEST_F(SignInThrottle, WhatWasNotJudgedDoesNotCount) {
  watched().out_of_memory = true;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(status("ada", kRight), 503);
  watched().out_of_memory = false;
  EXPECT_EQ(status("ada", kRight), 200);
  EXPECT_EQ(count("select count(*) as count from users_login where not success"), 0);
}

TEST_F(SignInThrottle, WithoutADatabaseToCountInNothingIsHashed) {
  WatchedUsers::latest_database->refuses_writes = true;
  EXPECT_EQ(status("ada", kRight), 503);
  EXPECT_EQ(status("nobody", kRight), 503);
  EXPECT_EQ(watched().take_costs().size(), 0U);
}

TEST_F(SignInThrottle, ZeroAndSwitchedOffLetEverythingThrough) {
  for (const testing::Settings& settings : {testing::Settings{{"throttle.per_user", "0"}},
                                            testing::Settings{{"throttle.enabled", "false"}}}) {
    start(settings);
    create("ada", R"(, "password": "enchantress of number")");
    for (int i = 0; i < 60; ++i) ASSERT_EQ(status("ada", kWrong), 401);
    EXPECT_EQ(status("ada", kRight), 200);
    EXPECT_EQ(app().metrics().value("users_sign_in_limit{kind=\"user\"}"), 0);
  }
}

TEST_F(SignInThrottle, ByDefaultHalfOfAHundredFailuresComeAtOnce) {
  start({});
  int failures = 0;
  while (status("nobody", kWrong) == 401) ++failures;
  EXPECT_EQ(failures, 50);
}

TEST_F(SignInThrottle, BudgetsThatAreWholeAndOldDevicesAreDropped) {
  ASSERT_EQ(status("ada", kRight, kHome), 200);
  for (int i = 0; i < 5; ++i) (void)status("nobody" + std::to_string(i), kWrong);
  app().run_jobs();
  EXPECT_EQ(count("select count(*) as count from users_throttle"), 6) << "five names, one network";
  EXPECT_EQ(count("select count(*) as count from users_device"), 1);
  app().clock().advance(minutes(30));
  app().run_jobs();
  EXPECT_EQ(count("select count(*) as count from users_throttle"), 0);
  EXPECT_EQ(count("select count(*) as count from users_device"), 1);
  app().clock().advance(hours(24 * 30));
  app().run_jobs();
  EXPECT_EQ(count("select count(*) as count from users_device"), 0);
}

// A clock that was a year ahead and is set right shuts nobody out for a year.
TEST_F(SignInThrottle, AClockThatWasSetBackShutsNobodyOut) {
  while (status("ada", kWrong) != 429) {
  }
  app().clock().advance(-hours(24 * 365));
  EXPECT_EQ(status("ada", kRight), 200);
}

}  // namespace
}  // namespace gatehouse::users
