// The users plugin on a database of its own, with one admin whose password is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gatehouse/digest.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/users/plugin.hpp"

namespace gatehouse::users {

constexpr std::string_view kAdminPassword = "correct horse battery";

// The text of a member of a flat JSON object, without quotes; "" when there is none.
inline std::string member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":";
  std::size_t at = json.find(key);
  if (at == json.npos) return {};
  at += key.size();
  if (json[at] == '"') return std::string(json.substr(at + 1, json.find('"', at + 1) - at - 1));
  return std::string(json.substr(at, json.find_first_of(",}", at) - at));
}

inline std::string base64(std::string_view name, std::string_view password) {
  std::string text = base64url_encode(std::string(name) + ":" + std::string(password));
  for (char& c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  while (text.size() % 4 != 0) text += '=';
  return text;
}

// P: the users plugin, or one around it.
template <class P>
class UsersTestOf : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  void start(const testing::Settings& settings) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
    app_.reset();
    app_ = std::make_unique<testing::Harness<P>>("users", settings);
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
  }

  testing::Harness<P>& app() { return *app_; }

  testing::Client as(std::int64_t number, Roles roles = {}) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.roles = roles;
    who.method = "basic";  // has just shown the password
    return app_->as(who);
  }
  testing::Client admin() { return as(1, Role::Admin); }

  testing::Client basic(std::string_view name, std::string_view password) {
    return app_->anonymous().with("Authorization", "Basic " + base64(name, password));
  }

  // Makes a user and returns the number.
  std::int64_t create(std::string_view username, std::string_view more = "") {
    const auto reply = admin().post(
        "/v1/users", "{\"username\": \"" + std::string(username) + "\"" + std::string(more) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return std::stoll(member(reply.body, "number"));
  }

 private:
  std::unique_ptr<testing::Harness<P>> app_;
};

class UsersTest : public UsersTestOf<UsersPlugin> {};

}  // namespace gatehouse::users
