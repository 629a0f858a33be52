// The dialect beside the identity plugins, and people who come to it as its clients do.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/sweatstack/plugin.hpp"
#include "tests/identity/json.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::sweatstack {

using identity::json_member;
using identity::json_parts;
using identity::Person;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
// How people of these tests get a session; all else is as the plugin has it by itself.
const testing::Settings kDefaults = {{"password_grant", "true"}};
// What config/gatehouse.sweatstack.yaml sets.
const testing::Settings kFaithful = {{"password_grant", "true"},
                                     {"principal_from_delegated", "true"}};

class SweatStackTest : public ::testing::Test {
 protected:
  void SetUp() override { begin(kDefaults); }

  // Begins anew, with these settings of the dialect.
  void begin(const testing::Settings& settings, const identity::WorldSettings& others = {}) {
    world_.reset();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"sweatstack", std::make_unique<SweatStackPlugin>(), settings});
    world_ = std::make_unique<identity::World>(std::move(plugins), others);
    manager_ = world().place({.first_name = "Mona", .last_name = "Meier"});
    stranger_ = world().place({.first_name = "Otto"});
  }

  identity::World& world() { return *world_; }
  testing::HarnessCore& app() { return world_->app(); }
  const Person& manager() const { return manager_; }
  const Person& stranger() const { return stranger_; }

  testing::Client anonymous() { return app().anonymous(); }
  testing::Client bearer(std::string_view token) {
    return anonymous().with("Authorization", "Bearer " + std::string(token));
  }
  testing::Client with_cookie(std::string_view token) {
    return anonymous().with("Cookie", "token=" + std::string(token));
  }

  testing::Reply try_token(std::string_view form) {
    return anonymous().with("Content-Type", kForm).post("/api/v1/oauth/token", form);
  }
  testing::Reply try_sign_in(const Person& person, std::string_view password) {
    return try_token("grant_type=password&username=" + person.id +
                     "&password=" + std::string(password));
  }
  // The answer with both tokens.
  std::string sign_in(const Person& person) {
    const auto reply = try_sign_in(person, "correct+horse+battery");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  }
  std::string access_token(const Person& person) {
    return json_member(sign_in(person), "access_token");
  }
  // Somebody with an access token.
  testing::Client client(const Person& person) { return bearer(access_token(person)); }
  // The secret of an API token of theirs.
  std::string api_token(const Person& person, std::string_view more = "") {
    const auto reply = world().sign_in(person).post("/v1/users/me/tokens",
                                                    R"({"title": "sdk")" + std::string(more) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return json_member(reply.body, "token");
  }
  // Of whom the client manages, or who shares with them; the token alone.
  std::string delegated_token(const testing::Client& by, std::string_view user) {
    const auto reply =
        by.post("/api/v1/oauth/delegated-token", R"({"sub": ")" + std::string(user) + R"("})");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json_member(reply.body, "access_token");
  }

  static constexpr std::string_view kUsers = "/api/v1/users/";
  static std::string path_of(std::string_view id) { return std::string(kUsers) + std::string(id); }
  // Makes a managed user; the id.
  static std::string make(const testing::Client& by, std::string_view first_name = "Bob") {
    const auto reply = by.post(
        kUsers, R"({"first_name": ")" + std::string(first_name) + R"(", "last_name": "Smit"})");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json_member(reply.body, "id");
  }
  // The members of that name of all items of a list, with a blank between.
  static std::string all(const testing::Reply& list, std::string_view member) {
    EXPECT_EQ(list.status, 200) << list.body;
    std::string found;
    for (const auto& [name, item] : json_parts(list.body)) {
      if (!found.empty()) found += ' ';
      found += json_member(item, member);
    }
    return found;
  }

 private:
  std::unique_ptr<identity::World> world_;
  Person manager_;
  Person stranger_;
};

}  // namespace gatehouse::sweatstack
