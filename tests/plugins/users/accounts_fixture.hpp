// The users plugin beside accounts and an audit trail that a test can look into.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/audit_trail.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>
#include <gatehouse/text.hpp>

#include "users_fixture.hpp"

namespace gatehouse::users {

// Accounts in memory, a trail that keeps what it is told, and the moves that were published.
class Surroundings final : public Plugin, public AccountDirectory, public AuditTrail {
 public:
  static constexpr std::int64_t kDefault = 1;

  Surroundings() { add("Default", 0); }

  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<AccountDirectory>(*this);
    host.services().provide<AuditTrail>(*this);
    host.events().subscribe<UserMoved>([this](Session&, const UserMoved& event) {
      moves.push_back(event);
      return Result<None>(None{});
    });
  }

  std::int64_t add(std::string name, std::int64_t consultancy) {
    AccountRecord account;
    account.number = static_cast<std::int64_t>(accounts_.size()) + 1;
    account.id = "acc0000000000000000000" + std::to_string(account.number + 10);
    account.name = std::move(name);
    account.consultancy = consultancy;
    accounts_.push_back(std::move(account));
    return accounts_.back().number;
  }
  // What the plugin accounts does to its row; "" or the reason against it.
  std::string erase(std::int64_t number) {
    const auto erased = host_->storage().write([&](Session& db) {
      return host_->events().publish(db, AccountDeleted{number, accounts_.at(index(number)).id});
    });
    return erased ? "" : erased.error().reason + ": " + erased.error().message;
  }
  Context& host() { return *host_; }
  const AccountRecord& account(std::int64_t number) const { return accounts_.at(index(number)); }

  // Events since the last call, those of refusals and sign-ins with them.
  std::vector<AuditRecord> take_records() {
    const std::lock_guard lock(mutex_);
    return std::exchange(records_, {});
  }
  std::vector<UserMoved> moves;

  Result<std::optional<AccountRecord>> find_by_id(Session&, std::string_view id) const override {
    return find([&](const AccountRecord& one) { return one.id == id; });
  }
  Result<std::optional<AccountRecord>> find_by_number(Session&,
                                                      std::int64_t number) const override {
    return find([&](const AccountRecord& one) { return one.number == number; });
  }
  Result<std::optional<AccountRecord>> find_by_name(Session&,
                                                    std::string_view name) const override {
    return find([&](const AccountRecord& one) { return fold(one.name) == fold(name); });
  }
  Result<std::vector<AccountRecord>> find_all(
      Session&, std::span<const std::int64_t> numbers) const override {
    std::vector<AccountRecord> found;
    for (const AccountRecord& one : accounts_) {
      if (std::find(numbers.begin(), numbers.end(), one.number) != numbers.end())
        found.push_back(one);
    }
    std::reverse(found.begin(), found.end());  // "in no order"
    return found;
  }
  Result<std::vector<std::int64_t>> clients_of(Session&, std::int64_t consultancy) const override {
    return numbers([&](const AccountRecord& one) { return one.consultancy == consultancy; });
  }
  Result<std::vector<std::int64_t>> find_by_text(Session&, std::string_view word) const override {
    return numbers([&](const AccountRecord& one) {
      return fold(one.name).find(fold(word)) != std::string::npos;
    });
  }
  Result<std::int64_t> default_account(Session&) const override { return kDefault; }
  Result<std::vector<AccountRecord>> list(Session&,
                                          const Principal&,
                                          const AccountListing&) const override {
    return accounts_;
  }
  AccountPosition position_of(const AccountRecord&, AccountListing::Sort) const override {
    return {};
  }
  Result<std::int64_t> count(Session&, const Principal&, const AccountListing&) const override {
    return static_cast<std::int64_t>(accounts_.size());
  }

  Result<None> append(Session&, const AuditRecord& record) override {
    note(record);
    return None{};
  }
  void note(AuditRecord record) noexcept override {
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
  }
  Result<std::vector<AuditEntry>> list(Session&,
                                       const Principal&,
                                       const AuditListing&) const override {
    return std::vector<AuditEntry>();
  }
  Result<std::int64_t> count(Session&, const Principal&, const AuditListing&) const override {
    return 0;
  }

 private:
  static std::size_t index(std::int64_t number) { return static_cast<std::size_t>(number - 1); }
  template <class F>
  Result<std::optional<AccountRecord>> find(F matches) const {
    const auto found = std::find_if(accounts_.begin(), accounts_.end(), matches);
    if (found == accounts_.end()) return std::optional<AccountRecord>();
    return std::optional(*found);
  }
  template <class F>
  Result<std::vector<std::int64_t>> numbers(F matches) const {
    std::vector<std::int64_t> found;
    for (const AccountRecord& one : accounts_) {
      if (matches(one)) found.push_back(one.number);
    }
    return found;
  }

  Context* host_ = nullptr;
  std::vector<AccountRecord> accounts_;
  std::mutex mutex_;  // guards records_
  std::vector<AuditRecord> records_;
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
    consultancy_ = around_->add("Consulting", 0);
    client_ = around_->add("Client-Works", consultancy_);
    other_ = around_->add("Other-Works", 0);
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"accounts", std::move(surroundings)});
    auto users = std::make_unique<UsersPlugin>();
    users_ = users.get();
    plugins.push_back({"users", std::move(users)});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins), policy);
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
  }

  testing::HarnessCore& app() { return *app_; }
  Surroundings& around() { return *around_; }
  // What the next start of the plugin does.
  void start_again() { users_->start(around().host()); }

  testing::Client as(std::int64_t number, Roles roles = {}, std::int64_t account = 0) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.roles = roles;
    who.account = account;
    who.method = "test";
    return app_->as(who);
  }
  testing::Client admin() { return as(1, Role::Admin, Surroundings::kDefault); }

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
