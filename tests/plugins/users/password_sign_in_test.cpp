// Signing in through the service, as routes of other plugins do.
// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/password_sign_in.hpp>

#include "users_fixture.hpp"
#include "watched_host.hpp"

namespace gatehouse::users {

struct DoorForm {
  std::string name;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(DoorForm, (), (name, password))
struct DoorAnswer {
  std::int64_t user = 0;
  std::string username;
  std::string method;
  std::string credential;
  std::optional<Time> signed_in_at;
};
BOOST_DESCRIBE_STRUCT(DoorAnswer, (), (user, username, method, credential, signed_in_at))

namespace {

// What JSON cannot carry: "~0" is NUL, "~1" no UTF-8.
std::string raw(std::string text) {
  for (const auto& [word, byte] : {std::pair("~0", '\0'), std::pair("~1", '\xff')}) {
    const std::size_t at = text.find(word);
    if (at != text.npos) text.replace(at, 2, 1, byte);
  }
  return text;
}

// A route that signs in, and writes for itself afterwards; and one that does not hash.
class WithADoor final : public Plugin {
 public:
  void configure(Config& config) override { users_.configure(config); }
  Migrations migrations() const override { return users_.migrations(); }
  void wire(Context& host) override {
    users_.wire(host);
    host.routes()
        .post("/door",
              "public",
              "Sign in",
              [&host](Call& call, const DoorForm& form) -> Result<DoorAnswer> {
                GATEHOUSE_TRY(const Principal who,
                              host.services().require<PasswordSignIn>().sign_in(
                                  call, {raw(form.name), raw(form.password), "session"}));
                GATEHOUSE_CHECK(host.storage().write([&](Session& db) {
                  return db.run("update users_user set description = 'was here' where number = :n",
                                who.user);
                }));
                return DoorAnswer{
                    who.user, who.username, who.method, who.credential, who.signed_in_at};
              })
        .answers(401, "unauthenticated")
        .answers(429, "too_many_failures")
        .hashing()
        .ignores_idempotency_key();
    host.routes()
        .post("/look",
              "public",
              "Ask whether to hash",
              [&host](Call& call, const DoorForm& form) -> Result<DoorAnswer> {
                const auto asked = host.services().require<PasswordSignIn>().sign_in(
                    call, {form.name, form.password, "session"});
                if (asked) return DoorAnswer{};
                if (asked.error().code != ErrorCode::NeedsHashing) return asked.error();
                DoorAnswer answer;
                answer.method = asked.error().is_known_device ? "known" : "unknown";
                return answer;
              })
        .answers(429, "too_many_failures");
  }
  void start(Context& host) override { users_.start(host); }

 private:
  WatchedUsers users_;
};

class PasswordSignInTest : public UsersTestOf<WithADoor> {
 protected:
  static std::string form(std::string_view name, std::string_view password) {
    return R"({"name": ")" + std::string(name) + R"(", "password": ")" + std::string(password) +
           "\"}";
  }
  testing::Reply door(std::string_view name, std::string_view password) {
    return app().anonymous().post("/door", form(name, password));
  }
};

TEST_F(PasswordSignInTest, GivesAPrincipalAndLeavesTheRequestItsOneWrite) {
  const std::int64_t ada = create("ada", R"(, "password": "enchantress of number")");
  const auto reply = door("ADA", "enchantress of number");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body,
            R"({"user":2,"username":"ada","method":"","credential":"",)"
            R"("signed_in_at":"2026-01-01T00:00:00.000Z"})");
  const auto user = admin().get("/v1/users/" + std::to_string(ada));
  EXPECT_EQ(member(user.body, "description"), "was here");
  const auto history = admin().get("/v1/users/2/login-history").body;
  EXPECT_EQ(member(history, "method"), "session");
}

TEST_F(PasswordSignInTest, EverySessionIsASignIn) {
  create("ada", R"(, "password": "enchantress of number")");
  ASSERT_EQ(door("ada", "enchantress of number").status, 200);
  app().clock().advance(std::chrono::minutes(5));
  ASSERT_EQ(door("ada", "enchantress of number").status, 200);
  const auto user = admin().get("/v1/users/2").body;
  EXPECT_EQ(member(user, "last_login_at"), "2026-01-01T00:05:00.000Z");
  EXPECT_EQ(member(user, "previous_login_at"), "2026-01-01T00:00:00.000Z");
}

TEST_F(PasswordSignInTest, WhateverIsWrongTheAnswerAndTheWorkAreTheSame) {
  create("inactive", R"(, "password": "enchantress of number", "active": false)");
  create("locked", R"(, "password": "enchantress of number", "locked": true)");
  create("passwordless");
  create("ada", R"(, "password": "enchantress of number")");
  struct Case {
    std::string_view name;
    std::string password;
  };
  const Case cases[] = {
      {"ada", "wrong"},
      {"nobody", "enchantress of number"},
      {"inactive", "enchantress of number"},
      {"locked", "enchantress of number"},
      {"passwordless", "enchantress of number"},
      {"ada", ""},
      {"", ""},
      {"ada", std::string(1025, 'x')},
      {"ada", "enchantress of number~0"},
      {"ada", "enchantress of number~1"},
      {"ada~0", "enchantress of number"},
      {"ada~1", "enchantress of number"},
  };
  WatchedUsers::latest->take_costs();
  std::string expected;
  for (const Case& c : cases) {
    auto reply = door(c.name, c.password);
    const std::string id = member(reply.body, "request_id");
    reply.body.replace(reply.body.find(id), id.size(), "-");
    if (expected.empty()) expected = reply.body;
    EXPECT_EQ(reply.status, 401) << c.name << " " << c.password;
    EXPECT_EQ(reply.body, expected) << c.name << " " << c.password;
    EXPECT_EQ(WatchedUsers::latest->take_costs().size(), 1U) << c.name << " " << c.password;
  }
}

TEST_F(PasswordSignInTest, AsksForAHashingSlotAndSaysWhoIsKnown) {
  create("ada", R"(, "password": "enchantress of number")");
  const auto look = [this](std::string_view address) {
    const auto reply =
        app().anonymous().with("X-Forwarded-For", address).post("/look", form("ada", "x"));
    return member(reply.body, "method");
  };
  WatchedUsers::latest->take_costs();
  EXPECT_EQ(look("192.0.2.1"), "unknown");
  EXPECT_EQ(WatchedUsers::latest->take_costs().size(), 0U);
  ASSERT_EQ(door("ada", "enchantress of number").status, 200);
  EXPECT_EQ(look("192.0.2.1"), "known");
  EXPECT_EQ(look("198.51.100.7"), "unknown");
}

TEST_F(PasswordSignInTest, OneBudgetForAllMounts) {
  start({{"throttle.per_user", "4"}});
  create("ada", R"(, "password": "enchantress of number")");
  EXPECT_EQ(door("ada", "wrong").status, 401);
  EXPECT_EQ(basic("ada", "wrong").get("/v1/roles").status, 401);
  EXPECT_EQ(door("ada", "enchantress of number").status, 429);
  EXPECT_EQ(app().anonymous().post("/look", form("ada", "x")).status, 429);
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/roles").status, 429);
}

// Who is shut out while the password is hashed is not let in.
TEST_F(PasswordSignInTest, IsJudgedByWhatTheUserIsAfterTheHash) {
  create("ada", R"(, "password": "enchantress of number")");
  WatchedUsers::latest->meanwhile = [this] {
    ASSERT_TRUE(app().storage().write([](Session& db) {
      return db.run("update users_user set active = false where username_key = 'ada'");
    }));
  };
  EXPECT_EQ(door("ada", "enchantress of number").status, 401);
}

}  // namespace
}  // namespace gatehouse::users
