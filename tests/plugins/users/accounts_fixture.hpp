// The users plugin beside the accounts plugin and an audit trail that a test can look into.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>

#include "tests/plugins/heard_trail.hpp"
#include "users_fixture.hpp"

namespace gatehouse::users {

// An audit trail that keeps what it is told, of transactions that were rolled back too, and the
// events about users that were published.
class Surroundings final : public Plugin {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<AuditTrail>(trail_);
    host.events().subscribe<UserMoved>([this](Session&, const UserMoved& event) {
      moves.push_back(event);
      return Result<None>(None{});
    });
    host.events().subscribe<UserPasswordChanged>(
        [this](Session&, const UserPasswordChanged& event) {
          password_changes.push_back(event);
          return Result<None>(None{});
        });
    host.events().subscribe<UserShutOut>([this](Session&, const UserShutOut& event) {
      shut_outs.push_back(event);
      return Result<None>(None{});
    });
    host.events().subscribe<UserHandedOver>(
        [this](Session&, const UserHandedOver& event) -> Result<None> {
          if (refuses_handovers) return unavailable("Not now.");
          handovers.push_back(event);
          return None{};
        });
  }
  Context& host() { return *host_; }

  // Events since the last call, those of refusals and sign-ins with them.
  std::vector<AuditRecord> take_records() { return trail_.take(); }
  std::vector<UserMoved> moves;
  std::vector<UserPasswordChanged> password_changes;
  std::vector<UserShutOut> shut_outs;
  std::vector<UserHandedOver> handovers;
  bool refuses_handovers = false;

 private:
  Context* host_ = nullptr;
  testing::HeardTrail trail_{testing::HeardTrail::Notes::Kept};
};

// Account `consultancy_` looks after `client_`; `other_` has nothing to do with them.
class UsersInAccounts : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  void start(const testing::Settings& policy) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
    app_.reset();
    auto surroundings = std::make_unique<Surroundings>();
    around_ = surroundings.get();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"accounts", testing::load_plugin(GATEHOUSE_ACCOUNTS_PLUGIN)});
    plugins.push_back({"surroundings", std::move(surroundings)});
    auto users = std::make_unique<UsersPlugin>();
    users_ = users.get();
    plugins.push_back({"users", std::move(users)});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins), policy);
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
    consultancy_ = add_account("Consulting");
    client_ = add_account("Client-Works", consultancy_);
    other_ = add_account("Other-Works");
  }
  static constexpr std::int64_t kDefault = 1;  // the account that is always there

  // Returns the number. 0: nobody looks after it.
  std::int64_t add_account(std::string_view name, std::int64_t consultancy = 0) {
    const std::string looked_after =
        consultancy == 0 ? "" : ", \"consultancy_account\": " + std::to_string(consultancy);
    const auto reply = admin().post(
        "/v1/accounts", "{\"name\": \"" + std::string(name) + "\"" + looked_after + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return std::stoll(member(reply.body, "number"));
  }
  std::string id_of(std::int64_t account) {
    return member(admin().get("/v1/accounts/" + std::to_string(account)).body, "id");
  }

  testing::HarnessCore& app() { return *app_; }
  Surroundings& around() { return *around_; }
  // What the users plugin does at its next start.
  void start_again() { users_->start(around().host()); }

  testing::Client as(std::int64_t number, Roles roles = {}, std::int64_t account = 0) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.roles = roles;
    who.account = account;
    who.method = "basic";  // has just shown the password
    return app_->as(who);
  }
  testing::Client admin() { return as(1, Role::Admin, kDefault); }

  testing::Client basic(std::string_view name, std::string_view password) {
    return app_->anonymous().with("Authorization", "Basic " + base64(name, password));
  }

  // Makes a user and returns the number.
  std::int64_t create(std::string_view username, std::int64_t account, std::string_view more = "") {
    const auto reply =
        admin().post("/v1/users",
                     "{\"username\": \"" + std::string(username) +
                         "\", \"account\": " + std::to_string(account) + std::string(more) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return std::stoll(member(reply.body, "number"));
  }
  // Manages somebody from now on, as the plugin managed_users would have it.
  void set_manager(std::int64_t user, std::int64_t manager) {
    ASSERT_TRUE(app().storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(db.run(
          Sql("update users_user set manager = :manager where number = :user"), manager, user));
      return None{};
    }));
  }
  std::int64_t account_of(std::int64_t user) {
    const auto account = app().storage().read([&](Session& db) {
      return db.get<std::int64_t>(
          Sql("select coalesce(account, 0) as account from users_user where number = :user"), user);
    });
    return account ? *account : -1;
  }
  static std::string path(std::int64_t user) { return "/v1/users/" + std::to_string(user); }
  // The usernames of a page, in their order, each after a blank.
  static std::string names_in(std::string_view page) {
    constexpr std::string_view kKey = "\"username\":\"";
    std::string names;
    for (std::size_t at = page.find(kKey); at != page.npos; at = page.find(kKey, at + 1)) {
      const std::size_t begin = at + kKey.size();
      names += " " + std::string(page.substr(begin, page.find('"', begin) - begin));
    }
    return names;
  }

  std::int64_t consultancy_ = 0;
  std::int64_t client_ = 0;
  std::int64_t other_ = 0;

 private:
  std::unique_ptr<testing::HarnessCore> app_;
  Surroundings* around_ = nullptr;
  UsersPlugin* users_ = nullptr;
};

}  // namespace gatehouse::users
