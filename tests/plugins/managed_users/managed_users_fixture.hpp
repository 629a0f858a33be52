// The managed_users plugin beside users and tokens, and users who manage others.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

#include "plugins/managed_users/plugin.hpp"
#include "tests/identity/json.hpp"

namespace gatehouse::managed_users {

using identity::json_member;
using identity::json_parts;

// ada and eve are users without a role, number 1 is an admin.
class ManagedUsersTest : public ::testing::Test {
 protected:
  enum class Tokens { Enabled, Missing };

  void SetUp() override { start({}); }
  void start(const testing::Settings& settings, Tokens tokens = Tokens::Enabled) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", "correct horse battery", 1);
    app_.reset();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"users", testing::load_plugin(GATEHOUSE_USERS_PLUGIN)});
    if (tokens == Tokens::Enabled) {
      plugins.push_back({"tokens", testing::load_plugin(GATEHOUSE_TOKENS_PLUGIN)});
    }
    plugins.push_back({"managed_users", std::make_unique<ManagedUsersPlugin>(), settings});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins));
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
    ada_ = add_user("ada");
    eve_ = add_user("eve");
    app_->mails();
  }

  testing::HarnessCore& app() { return *app_; }

  static Principal principal(std::int64_t number, Roles roles = {}) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.username = "user" + std::to_string(number);
    who.roles = roles;
    who.method = "basic";
    return who;
  }
  testing::Client as(std::int64_t number, Roles roles = {}) {
    return app_->as(principal(number, roles));
  }
  testing::Client admin() { return as(1, Role::Admin); }
  testing::Client ada() { return as(ada_); }
  testing::Client eve() { return as(eve_); }

  // Through the API; the number.
  std::int64_t add_user(const std::string& name) {
    const auto reply = admin().post(
        "/v1/users", "{\"username\": \"" + name + "\", \"email\": \"" + name + "@example.org\"}");
    if (reply.status != 201) throw std::runtime_error(reply.body);
    return std::stoll(json_member(reply.body, "number"));
  }

  // Somebody whom `manager` makes.
  struct Managed {
    std::string id;
    std::string number;
    std::string path() const { return "/v1/managed-users/" + id; }
    std::string as_user() const { return "/v1/users/" + id; }
  };
  static Managed managed(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 201) << reply.body;
    return {json_member(reply.body, "id"), json_member(reply.body, "number")};
  }
  Managed make(const testing::Client& manager, const std::string& first_name = "Bob") {
    return managed(manager.post(kPath, "{\"first_name\": \"" + first_name + "\"}"));
  }

  // The first names on a page, each after a blank.
  static std::string names_on(const testing::Reply& page) {
    EXPECT_EQ(page.status, 200) << page.body;
    std::string names;
    const std::string items = json_member(page.body, "items");
    for (const auto& [index, item] : json_parts(items)) {
      names += " " + json_member(item, "first_name");
    }
    return names;
  }

  // What the last letter to that address has behind the link's last slash.
  std::string mailed_code(std::string_view to) {
    const std::regex link(R"(/v1/password-resets/(\S+))");
    std::string code;
    for (const auto& mail : app_->mails()) {
      std::smatch found;
      if (mail.to == to && std::regex_search(mail.text, found, link)) code = found[1];
    }
    EXPECT_NE(code, "") << "nothing was mailed to " << to;
    return code;
  }

  static constexpr const char* kPath = "/v1/managed-users";
  static constexpr const char* kToBob = R"({"email": "bob@example.org", "username": "bob"})";
  std::int64_t ada_ = 0;
  std::int64_t eve_ = 0;

 private:
  std::unique_ptr<testing::HarnessCore> app_;
};

}  // namespace gatehouse::managed_users
