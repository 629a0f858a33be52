// The dialect beside the identity plugins, called as its clients call it: with HTTP Basic. The
// first admin has the number 1. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/digest.hpp>

#include "plugins/wotkit/plugin.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::wotkit {

constexpr std::string_view kUsers = "/wotkit/api/users";
constexpr std::string_view kAdminPassword = "correct horse battery staple";
constexpr std::string_view kPassword = "enchantress of number";

// What the configuration file for people who come from WoTKit says.
inline identity::WorldSettings faithful() {
  return {.plugins = {{"users", {{"unique_email", "false"}, {"password.min_guesses", "0"}}}}};
}

class WotkitTest : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  void start(testing::Settings settings, const identity::WorldSettings& world = {}) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"wotkit", std::make_unique<WotkitPlugin>(), std::move(settings)});
    world_.reset();
    world_ = std::make_unique<identity::World>(std::move(plugins), world);
  }

  identity::World& world() { return *world_; }
  testing::HarnessCore& app() { return world_->app(); }
  testing::Client admin() { return basic("admin", kAdminPassword); }
  // Somebody at /v1, whose credentials are not the dialect's.
  testing::Client root() { return world_->root(); }
  testing::Client basic(std::string_view name, std::string_view password) {
    return app().anonymous().with("Authorization", "Basic " + base64(name, password));
  }

  static std::string path_of(std::string_view user) {
    return std::string(kUsers) + "/" + std::string(user);
  }
  static std::string body_of(std::string_view username, std::string_view more = "") {
    const std::string name(username);
    return R"({"username": ")" + name +
           R"(", "firstname": "Ada", "lastname": "Lovelace", "email": ")" + name +
           R"(@example.org", "password": ")" + std::string(kPassword) + '"' + std::string(more) +
           "}";
  }
  // Through the dialect; the id.
  std::string create(std::string_view username, std::string_view more = "") {
    const auto reply = admin().post(kUsers, body_of(username, more));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return identity::json_member(reply.body, "id");
  }
  // What a GET shows of that user; "" when there is none.
  std::string shown(std::string_view user, std::string_view field) {
    return identity::json_member(admin().get(path_of(user)).body, field);
  }
  static std::string message_of(const testing::Reply& reply) {
    return identity::json_member(identity::json_member(reply.body, "error"), "message");
  }
  static std::string more_info_of(const testing::Reply& reply) {
    return identity::json_member(identity::json_member(reply.body, "error"), "moreInfo");
  }

 private:
  static std::string base64(std::string_view name, std::string_view password) {
    std::string text = base64url_encode(std::string(name) + ":" + std::string(password));
    for (char& c : text) {
      if (c == '-') c = '+';
      if (c == '_') c = '/';
    }
    while (text.size() % 4 != 0) text += '=';
    return text;
  }

  std::unique_ptr<identity::World> world_;
};

}  // namespace gatehouse::wotkit
