// The dialect beside the identity plugins, with people who sign in over it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "plugins/flexmeasures/plugin.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::flexmeasures {

constexpr std::string_view kTokenPath = "/api/requestAuthToken";

struct Given {
  testing::Settings settings = {};
  testing::Settings policy = {};
  testing::Settings users = {};
  std::string mount = {};
};

class FlexMeasuresTest : public ::testing::Test {
 protected:
  void start(const Given& given = {}) {
    tokens_.clear();
    world_.reset();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back(
        {"flexmeasures", std::make_unique<FlexMeasuresPlugin>(), given.settings, given.mount});
    identity::WorldSettings settings;
    settings.policy = given.policy;
    settings.plugins["users"] = given.users;
    world_.emplace(std::move(plugins), settings);
  }
  identity::World& world() {
    if (!world_) start();
    return *world_;
  }
  testing::HarnessCore& app() { return world().app(); }
  testing::Client anonymous() { return app().anonymous(); }

  static std::string email_of(const identity::Person& person) { return person.id + "@example.org"; }
  static std::string credentials(std::string_view email, std::string_view password) {
    return R"({"email": ")" + std::string(email) + R"(", "password": ")" + std::string(password) +
           "\"}";
  }
  std::string ask_token(std::string_view email, std::string_view password = identity::kPassword) {
    const auto reply = anonymous().post(kTokenPath, credentials(email, password));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return identity::json_member(reply.body, "auth_token");
  }
  testing::Client with_token(const std::string& token) {
    return anonymous().with("Authorization", token);
  }
  // Signed in over the dialect; with the token of the first time.
  testing::Client as(const identity::Person& person) {
    std::string& token = tokens_[person.number];
    if (token.empty()) token = ask_token(email_of(person));
    return with_token(token);
  }

  // Signs in anew at the next as(): the token has ended.
  void forget(const identity::Person& person) { tokens_.erase(person.number); }

  identity::Person place(std::int64_t account, Roles roles = {}) {
    return world().place({.account = account, .roles = roles});
  }
  static std::string path(std::string_view what, std::int64_t number, std::string_view rest = "") {
    return "/api/v3_0/" + std::string(what) + "/" + std::to_string(number) + std::string(rest);
  }
  static std::string user(const identity::Person& person, std::string_view rest = "") {
    return path("users", person.number, rest);
  }
  static std::string account(std::int64_t number, std::string_view rest = "") {
    return path("accounts", number, rest);
  }

 private:
  std::optional<identity::World> world_;
  std::map<std::int64_t, std::string> tokens_;
};

// One account with people in it, its consultancy, and strangers.
class FlexMeasuresPeople : public FlexMeasuresTest {
 protected:
  void people(const Given& given = {}) {
    start(given);
    // The default account is older than the others whatever the clock of the test says.
    const auto age = [](Session& db) {
      return db.run("update accounts_account set created_at = 0 where is_default");
    };
    ASSERT_TRUE(app().storage().write(age));
    consultancy_ = world().make_account("Consultancy", 0);
    account_ = world().make_account("Test Account", consultancy_);
    other_ = world().make_account("Other Account", 0);
    member_ = place(account_);
    colleague_ = place(account_);
    head_ = place(account_, Role::AccountAdmin);
    stranger_ = place(other_, Role::AccountAdmin);
    consultant_ = place(consultancy_, Role::Consultant);
    beside_ = place(consultancy_);
    reader_ = place(other_, Role::AdminReader);
    admin_ = place(other_, Role::Admin);
  }

  std::int64_t consultancy_ = 0;
  std::int64_t account_ = 0;
  std::int64_t other_ = 0;
  identity::Person member_, colleague_, head_, stranger_, consultant_, beside_, reader_, admin_;
};

constexpr std::string_view k401 =
    R"({"message":"You could not be properly authenticated for this content or functionality.",)"
    R"("status":"UNAUTHORIZED"})";
constexpr std::string_view k403 =
    R"({"message":"You cannot be authorized for this content or functionality.",)"
    R"("result":"Rejected","status":"INVALID_SENDER"})";

inline std::string rejected(std::string_view message) {
  return R"({"message":)" + std::string(message) +
         R"(,"result":"Rejected","status":"UNPROCESSABLE_ENTITY"})";
}

}  // namespace gatehouse::flexmeasures
