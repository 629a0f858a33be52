// The accounts plugin on a database of its own, beside a plugin that stands in for those that ask
// the directory, hold users, veto deletions and keep the audit trail.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/accounts/account_wire.hpp"
#include "plugins/accounts/plugin.hpp"
#include "tests/plugins/heard_trail.hpp"

namespace gatehouse::accounts {

struct AccountPage {
  std::vector<Account> items;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(AccountPage, (), (items, next))

// How many users each account has; nothing else is asked of it.
class CountedUsers final : public UserDirectory {
 public:
  std::map<std::int64_t, std::int64_t> by_account;

  Result<std::vector<AccountUsers>> count_in_accounts(
      Session&, std::span<const std::int64_t> accounts) const override {
    std::vector<AccountUsers> counts;
    for (const std::int64_t account : accounts) {
      const auto found = by_account.find(account);
      if (found != by_account.end()) counts.push_back({account, found->second});
    }
    return counts;
  }

 private:
  using Found = Result<std::optional<UserRecord>>;
  Found find_by_id(Session&, std::string_view) const override { return std::nullopt; }
  Found find_by_number(Session&, std::int64_t) const override { return std::nullopt; }
  Result<std::vector<UserRecord>> find_all(Session&, std::span<const std::int64_t>) const override {
    return std::vector<UserRecord>{};
  }
  Found find_by_username(Session&, std::string_view) const override { return std::nullopt; }
  Found find_by_email(Session&, std::string_view) const override { return std::nullopt; }
  Result<std::vector<UserRecord>> list(Session&,
                                       const Principal&,
                                       const UserListing&) const override {
    return std::vector<UserRecord>{};
  }
  UserPosition position_of(const UserRecord&, UserListing::Sort) const override { return {}; }
  Result<std::int64_t> count(Session&, const Principal&, const UserListing&) const override {
    return std::int64_t{0};
  }
};

class Neighbours final : public Plugin {
 public:
  CountedUsers users;
  testing::HeardTrail trail;

  void wire(Context& host) override {
    host.services().provide<UserDirectory>(users);
    host.services().provide<AuditTrail>(trail);
    host.events().subscribe<AccountDeleted>(
        [this](Session&, const AccountDeleted& event) -> Result<None> {
          if (users.by_account[event.number] == 0) return None{};
          return conflict("in_use", "Users belong to it.");
        });
  }
};

class AccountsTest : public ::testing::Test {
 protected:
  void SetUp() override { begin({}); }

  // Begins anew, with the section `policy` of the configuration.
  void begin(const testing::Settings& policy) {
    app_.reset();
    auto neighbours = std::make_unique<Neighbours>();
    neighbours_ = neighbours.get();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"accounts", std::make_unique<AccountsPlugin>()});
    plugins.push_back({"neighbours", std::move(neighbours)});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins), policy);
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
  }

  testing::HarnessCore& app() { return *app_; }
  CountedUsers& users() { return neighbours_->users; }
  // What was told since the last call, each as "action account [changes] detail".
  std::vector<std::string> heard() {
    std::vector<std::string> lines;
    for (const AuditRecord& record : neighbours_->trail.take()) {
      const AuditEvent& event = record.event;
      std::string line = event.action + " " + std::to_string(event.account);
      for (const std::string& field : event.changes) line += " " + field;
      if (!event.detail.empty()) line += " of " + event.detail;
      lines.push_back(line);
    }
    return lines;
  }

  // A member of the account with that number.
  static Principal member_of(std::int64_t account, Roles roles = {}) {
    Principal who;
    who.user = 900;
    who.user_id = "65f1c0ffee00000000000001";
    who.account = account;
    who.roles = roles;
    who.method = "test";
    return who;
  }
  testing::Client as(std::int64_t account, Roles roles = {}) {
    return app_->as(member_of(account, roles));
  }
  testing::Client admin() { return as(0, Role::Admin); }

  // Makes an account and returns its number.
  std::int64_t create(std::string_view name, std::string_view more = "") {
    const auto reply = admin().post(
        "/v1/accounts", "{\"name\": \"" + std::string(name) + "\"" + std::string(more) + "}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return account_in(reply).number;
  }
  static std::string path(std::int64_t account) {
    return "/v1/accounts/" + std::to_string(account);
  }
  static std::string consultancy(std::int64_t account) {
    return ", \"consultancy_account\": " + std::to_string(account);
  }

  static Account account_in(const testing::Reply& reply) {
    auto account = decode_json<Account>(reply.body);
    EXPECT_TRUE(account) << reply.body;
    return account ? *account : Account{};
  }
  Account read(std::int64_t account) { return account_in(admin().get(path(account))); }
  // What names the error: "name_taken".
  static std::string code_of(const testing::Reply& reply) {
    const std::size_t at = reply.body.find("\"code\":\"");
    if (at == reply.body.npos) return {};
    return reply.body.substr(at + 8, reply.body.find('"', at + 8) - at - 8);
  }

  // The names on a page, each with a comma behind it.
  std::string names_in(const testing::Client& client, std::string_view parameters = "") {
    const auto reply = client.get("/v1/accounts?" + std::string(parameters));
    const auto page = decode_json<AccountPage>(reply.body);
    EXPECT_TRUE(page) << reply.body;
    std::string names;
    if (page) {
      for (const Account& account : page->items) names += account.name + ",";
    }
    return names;
  }

 private:
  Neighbours* neighbours_ = nullptr;
  std::unique_ptr<testing::HarnessCore> app_;
};

}  // namespace gatehouse::accounts
