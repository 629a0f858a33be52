// Signing in with HTTP Basic. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <thread>

#include <gatehouse/runtime/passwords.hpp>

#include "plugins/users/sign_in/decoys.hpp"
#include "users_fixture.hpp"
#include "watched_host.hpp"

namespace gatehouse::users {
namespace {

class SignInTest : public UsersTestOf<WatchedUsers> {
 protected:
  static WatchedPasswords& watched() { return *WatchedUsers::latest; }
};

constexpr std::string_view kUsualCost = "$argon2id$v=19$m=19456,t=2,p=1";
constexpr std::string_view kOtherCost = "$argon2id$v=19$m=12288,t=3,p=1";

TEST_F(SignInTest, ByUsernameOrEmailWhateverTheCase) {
  create("Ada", R"(, "email": "Ada@Example.org", "password": "enchantress of number")");
  for (const std::string_view name : {"Ada", "ada", "ADA", "ada@example.org", "ADA@EXAMPLE.ORG"}) {
    const auto reply = basic(name, "enchantress of number").get("/v1/users/me");
    EXPECT_EQ(reply.status, 200) << name;
    EXPECT_EQ(member(reply.body, "username"), "Ada");
  }
}

TEST_F(SignInTest, WhateverIsWrongTheAnswerIsTheSame) {
  create("inactive", R"(, "password": "enchantress of number", "active": false)");
  create("passwordless");
  create("ada", R"(, "password": "enchantress of number")");
  struct Case {
    std::string_view name;
    std::string_view username;
    std::string password;
  };
  const Case cases[] = {
      {"a wrong password", "ada", "Enchantress"},
      {"an unknown name", "nobody", "enchantress of number"},
      {"an inactive user", "inactive", "enchantress of number"},
      {"a user without a password", "passwordless", "enchantress of number"},
      {"an empty password", "ada", ""},
      {"an empty name", "", "enchantress of number"},
      {"a password that is too long", "ada", std::string(1025, 'x')},
  };
  const auto masked = [](const testing::Reply& reply) {
    std::string body = reply.body;
    const std::string id = member(body, "request_id");
    if (!id.empty()) body.replace(body.find(id), id.size(), "-");
    return body;
  };
  watched().take_costs();
  const auto expected = basic("ada", "wrong password").get("/v1/users/me");
  const std::vector<std::string> one_hash{std::string(kUsualCost)};
  EXPECT_EQ(watched().take_costs(), one_hash);
  EXPECT_EQ(expected.status, 401);
  bool challenged = false;
  for (const auto& [name, value] : expected.headers) {
    challenged |= name == "WWW-Authenticate" && value.starts_with("Basic realm=");
  }
  EXPECT_TRUE(challenged);
  for (const Case& c : cases) {
    const auto reply = basic(c.username, c.password).get("/v1/users/me");
    EXPECT_EQ(reply.status, 401) << c.name;
    EXPECT_EQ(masked(reply), masked(expected)) << c.name;
    EXPECT_EQ(reply.headers.size(), expected.headers.size()) << c.name;
    EXPECT_EQ(watched().take_costs(), one_hash) << c.name;
  }
}

TEST_F(SignInTest, UnknownNamesCostWhatStoredHashesCost) {
  // Ten users with hashes of another cost beside the admin, all of one weaker kind.
  std::string hash;
  {
    const HashingAllowed allowed;
    hash = Argon2Passwords(WatchedPasswords::kOtherCost).hash("enchantress of number");
  }
  for (int i = 0; i < 10; ++i) {
    const std::int64_t number = create("old" + std::to_string(i));
    ASSERT_TRUE(app().storage().write([&](Session& db) {
      return db.run(Sql("insert into users_credential (user_number, password_hash, version, "
                        "changed_at) values (:number, :hash, 1, 0)"),
                    number,
                    hash);
    }));
  }
  Decoys decoys(app().keys(), watched());
  EXPECT_TRUE(decoys.for_name("nobody").starts_with(kUsualCost));
  const auto costs =
      app().storage().read([](Session& db) { return CredentialRepository::count_costs(db); });
  ASSERT_TRUE(costs);
  ASSERT_EQ(costs->size(), 2U);
  EXPECT_EQ((*costs)[0].cost, std::string(kOtherCost) + "$");
  EXPECT_EQ((*costs)[0].users, 10);
  EXPECT_EQ((*costs)[1].users, 1);
  decoys.set_costs(*costs);
  int like_other = 0;
  for (int i = 0; i < 1100; ++i) {
    const std::string name = "Nobody" + std::to_string(i);
    const std::string decoy = decoys.for_name(name);
    EXPECT_EQ(decoys.for_name(name), decoy) << name;
    EXPECT_EQ(decoys.for_name("n" + name.substr(1)), decoy) << "names are folded: " << name;
    like_other += decoy.starts_with(kOtherCost) ? 1 : 0;
  }
  // 1,000 of 1,100 are expected; the key is fixed, so the outcome is too.
  EXPECT_GT(like_other, 950);
  EXPECT_LT(like_other, 1050);

  // Whoever may not sign in costs what their own hash does.
  const auto set = app().storage().write([](Session& db) {
    return db.run(Sql("update users_user set active = false where username_key = 'old1'"));
  });
  ASSERT_TRUE(set);
  watched().take_costs();
  EXPECT_EQ(basic("old1", "enchantress of number").get("/v1/users/me").status, 401);
  EXPECT_EQ(watched().take_costs(), std::vector<std::string>{std::string(kOtherCost)});
}

TEST(SignInDecoys, HaveTheStoredCostsFromTheStartOn) {
  WatchedPasswords::makes_other_hashes = true;  // the first admin's
  testing::Harness<WatchedUsers> app("users");
  WatchedPasswords::makes_other_hashes = false;
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  // "nobody:x"
  const auto reply =
      app.anonymous().with("Authorization", "Basic bm9ib2R5Ong=").get("/v1/users/me");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(WatchedUsers::latest->take_costs(), std::vector<std::string>{std::string(kOtherCost)});
}

TEST_F(SignInTest, TooLittleMemoryIs503AndNoRefusal) {
  create("ada", R"(, "password": "enchantress of number")");
  watched().out_of_memory = true;
  for (const std::string_view name : {"ada", "nobody"}) {
    EXPECT_EQ(basic(name, "enchantress of number").get("/v1/users/me").status, 503) << name;
  }
  EXPECT_EQ(app().log().count("hashing_out_of_memory"), 2);
  watched().out_of_memory = false;
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/users/me").status, 200);
}

TEST_F(SignInTest, MalformedCredentialsAreRefused) {
  const auto sent = [this](std::string_view value) {
    return app().anonymous().with("Authorization", value).get("/v1/users/me").status;
  };
  for (const std::string_view value : {"Basic",
                                       "Basic ",
                                       "Basic YWRtaW4",        // no padding, no colon
                                       "Basic YWRtaW46eA",     // no padding
                                       "Basic YWRt aW46eHg=",  // a blank inside
                                       "Basic OnBhc3N3b3Jk",   // no name
                                       "Basic //8=",           // not UTF-8
                                       "basic =",
                                       "Digest x"}) {
    EXPECT_EQ(sent(value), 401) << value;
  }
  EXPECT_EQ(sent("Basic " + std::string(100'000, 'A')), 401);
}

TEST_F(SignInTest, ARememberedPasswordNeverOutlivesTheUsersState) {
  const std::int64_t number = create("ada", R"(, "password": "enchantress of number")");
  const auto client = basic("ada", "enchantress of number");
  ASSERT_EQ(client.get("/v1/users/me").status, 200);
  ASSERT_EQ(client.get("/v1/users/me").status, 200);
  const std::string target = "/v1/users/" + std::to_string(number);
  ASSERT_EQ(admin().patch(target, R"({"active": false})").status, 200);
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  ASSERT_EQ(admin().patch(target, R"({"active": true})").status, 200);
  EXPECT_EQ(client.get("/v1/users/me").status, 200);
  ASSERT_EQ(app().run("user passwd ada", {"analytical engine"}).exit_code, 0);
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  EXPECT_EQ(basic("ada", "analytical engine").get("/v1/users/me").status, 200);
}

TEST_F(SignInTest, AnExpiredOrLockedUserIsRefused) {
  create("ada", R"(, "password": "enchantress of number")");
  const auto client = basic("ada", "enchantress of number");
  ASSERT_EQ(client.get("/v1/users/me").status, 200);
  const auto set = [this](const Sql& sql) {
    const auto done = app().storage().write([&](Session& db) { return db.run(sql); });
    ASSERT_TRUE(done);
    ASSERT_EQ(*done, 1);
  };
  set("update users_user set locked = true where username_key = 'ada'");
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  set("update users_user set locked = false, expires_at = 1 where username_key = 'ada'");
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  set("update users_user set expires_at = null, password_expires_at = 1 where username_key = "
      "'ada'");
  EXPECT_EQ(client.get("/v1/users/me").status, 401);
  set("update users_user set password_expires_at = null where username_key = 'ada'");
  EXPECT_EQ(client.get("/v1/users/me").status, 200);
}

TEST_F(SignInTest, AWeakHashIsStrengthenedAtTheNextSignIn) {
  const std::int64_t number = create("ada", R"(, "password": "enchantress of number")");
  const auto stored_hash = [&] {
    const auto hash = app().storage().read([&](Session& db) {
      return db.get<std::string>(
          Sql("select password_hash from users_credential where user_number = :number"), number);
    });
    return hash ? *hash : std::string();
  };
  std::string weak;
  {
    const HashingAllowed allowed;
    weak = Argon2Passwords(WatchedPasswords::kOtherCost).hash("enchantress of number");
  }
  ASSERT_TRUE(app().storage().write([&](Session& db) {
    return db.run(Sql("update users_credential set password_hash = :hash, version = version + 1 "
                      "where user_number = :number"),
                  weak,
                  number);
  }));
  ASSERT_EQ(stored_hash(), weak);
  ASSERT_EQ(basic("ada", "enchantress of number").get("/v1/users/me").status, 200);

  // The hash is stored beside the request.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (stored_hash() == weak && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_NE(stored_hash(), weak);
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/users/me").status, 200);
}

}  // namespace
}  // namespace gatehouse::users
