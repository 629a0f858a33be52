// Share grants beside the users plugin, with a trail that a test can look into.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/bus.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/services/user_editor.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/managed_users/plugin.hpp"
#include "tests/identity/json.hpp"
#include "tests/plugins/from_memory.hpp"
#include "tests/plugins/heard_trail.hpp"

namespace gatehouse::managed_users {

using identity::json_member;
using identity::json_parts;
using Names = std::vector<std::string>;

// Keeps what the trail is told, and publishes what the users plugin does.
class Onlooker final : public Plugin {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.services().provide<AuditTrail>(trail);
  }
  template <class E>
  Result<None> publish(Session& db, const E& event) {
    return host_->events().publish(db, event);
  }
  // That the row of a user has changed.
  Result<None> tell_memory(Session& db, std::int64_t user) {
    return host_->bus().publish(db, "users.user", std::to_string(user));
  }

  // The permissions that everybody holds.
  Names everybodys() { return host_->policy().held[Roles().bits()]; }

  // "action number of the user" of each since the last call.
  Names take_trail() {
    return trail.take([](const AuditRecord& record) {
      return record.event.action + " " + std::to_string(record.event.user);
    });
  }
  testing::HeardTrail trail;

 private:
  Context* host_ = nullptr;
};

struct TestUser {
  std::int64_t number = 0;
  std::string id;
  std::string grants() const { return "/v1/users/" + std::to_string(number) + "/grants"; }
};

// ada, grace and mia have no role; mia manages kid.
class GrantsTest : public ::testing::Test {
 protected:
  void SetUp() override { start({}); }
  // Whatever else is to be there.
  virtual void add_plugins(std::vector<testing::TestedPlugin>&) {}
  void start(const testing::Settings& settings) {
    setenv("GATEHOUSE_ADMIN_PASSWORD", "correct horse battery", 1);
    app_.reset();
    auto onlooker = std::make_unique<Onlooker>();
    onlooker_ = onlooker.get();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"users", testing::load_plugin(GATEHOUSE_USERS_PLUGIN)});
    plugins.push_back({"onlooker", std::move(onlooker)});
    plugins.push_back({"managed_users", std::make_unique<ManagedUsersPlugin>(), settings});
    add_plugins(plugins);
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins));
    ASSERT_TRUE(app_->mistakes().empty()) << app_->mistakes().front();
    ada_ = add_user("ada");
    grace_ = add_user("grace");
    mia_ = add_user("mia");
    kid_ = add_managed("Kim", mia_);
    app_->mails();
    onlooker_->take_trail();
  }

  testing::HarnessCore& app() { return *app_; }
  Onlooker& onlooker() { return *onlooker_; }
  SharedAccess& access() { return *app_->services().find<SharedAccess>(); }

  Principal principal(const TestUser& user, Roles roles = {}) {
    Principal who;
    who.user = user.number;
    who.user_id = user.id;
    who.username = "user" + std::to_string(user.number);
    who.roles = roles;
    who.method = "basic";
    return who;
  }
  testing::Client as(const TestUser& user, Roles roles = {}) {
    return app_->as(principal(user, roles));
  }
  testing::Client admin() { return as({1, "65f1c0ffee00000000000001"}, Role::Admin); }

  // Through the API.
  TestUser add_user(const std::string& name) {
    const auto reply = admin().post(
        "/v1/users", "{\"username\": \"" + name + "\", \"email\": \"" + name + "@example.org\"}");
    if (reply.status != 201) throw std::runtime_error(reply.body);
    return {std::stoll(json_member(reply.body, "number")), json_member(reply.body, "id")};
  }
  // Into the table; the later, the lower the number, so that no other one gets it.
  TestUser add_managed(const std::string& name, const TestUser& manager) {
    constexpr Sql kPlace =
        "insert into users_user (number, id, username_key, email_key, email_verified, first_name, "
        "first_name_key, last_name_key, timezone, description, manager, role_bits, active, locked, "
        "clearance_bits, can_inbox, api_access, created_at, updated_at) values (:number, :id, '', "
        "'', false, :first_name, '', '', 'UTC', '', :manager, 0, true, false, 1, true, true, "
        ":created_at, 0)";
    char id[25];
    const std::int64_t number = 1'000'000'000 - ++managed_;
    std::snprintf(id, sizeof id, "feed%020lld", static_cast<long long>(number));
    const auto placed = app_->storage().write(
        [&](Session& db) { return db.run(kPlace, number, id, name, manager.number, managed_); });
    if (!placed) throw std::runtime_error(placed.error().message);
    return {number, id};
  }

  // As the users plugin does it when the invitation is accepted.
  void hand_over(const TestUser& user, const TestUser& manager) {
    hand_over_unheard(user);
    const auto done = app_->storage().write([&](Session& db) {
      return onlooker_->publish(db, UserHandedOver{user.number, user.id, 0, manager.number});
    });
    ASSERT_TRUE(done) << done.error().message;
  }
  // The same while the managed_users plugin is off.
  void hand_over_unheard(const TestUser& user) {
    constexpr Sql kHandOver =
        "update users_user set manager = null, username = 'kim', username_key = 'kim' "
        "where number = :number";
    const auto done = app_->storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(db.run(kHandOver, user.number));
      return onlooker_->tell_memory(db, user.number);
    });
    ASSERT_TRUE(done) << done.error().message;
  }

  // As a handover leaves it.
  void set_address(const TestUser& user, const std::string& address) {
    constexpr Sql kSet = "update users_user set recovery_email = :address where number = :number";
    const auto done =
        app_->storage().write([&](Session& db) { return db.run(kSet, address, user.number); });
    ASSERT_TRUE(done) << done.error().message;
  }

  static std::string body_for(const TestUser& grantee,
                              const std::string& scopes = R"(["data:read"])",
                              const std::string& more = "") {
    return R"({"grantee": ")" + grantee.id + R"(", "scopes": )" + scopes + more + "}";
  }
  // The path of the new grant.
  std::string grant(const TestUser& owner,
                    const TestUser& grantee,
                    const std::string& scopes = R"(["data:read"])",
                    const std::string& more = "") {
    return grant_by(owner, owner, grantee, scopes, more);
  }
  std::string grant_by(const TestUser& actor,
                       const TestUser& owner,
                       const TestUser& grantee,
                       const std::string& scopes = R"(["data:read"])",
                       const std::string& more = "") {
    const auto reply = as(actor).post(owner.grants(), body_for(grantee, scopes, more));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.header("Location");
  }

  // What the service says, from memory and from the transaction, which must agree.
  Names scopes(const TestUser& who, const TestUser& owner) {
    const auto known = access().scopes(who.number, owner.number);
    const auto stored = app_->storage().read(
        [&](Session& db) { return access().scopes(db, who.number, owner.number); });
    if (!known || !stored) throw std::runtime_error("no scopes");
    EXPECT_EQ(*known, *stored);
    return *stored;
  }
  // The users in a list, by number.
  Names numbers(const testing::Reply& reply, const char* party) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    Names found;
    const std::string items = json_member(reply.body, "items");
    for (const auto& [name, item] : json_parts(items)) {
      found.push_back(json_member(json_member(item, party), "number"));
    }
    return found;
  }
  Names sharing_with(const TestUser& who) {
    return numbers(as(who).get("/v1/shared-with-me"), "user");
  }
  std::int64_t rows() {
    const auto count = app_->storage().read([](Session& db) {
      return db.get<std::int64_t>("select count(*) as count from managed_users_grant");
    });
    if (!count) throw std::runtime_error(count.error().message);
    return *count;
  }

  Names scopes_from_memory(const TestUser& who, const TestUser& owner) {
    return testing::from_memory(app().metrics(),
                                "managed_users.grant",
                                [&] { return access().scopes(who.number, owner.number); })
        .value();
  }
  void remember(const TestUser& who, const TestUser& owner) { scopes_from_memory(who, owner); }

  static std::string number(const TestUser& user) { return std::to_string(user.number); }

  static const inline Names kNone = {};
  static const inline Names kRead = {"data:read"};
  static const inline Names kAll = {"data:read", "data:write"};
  TestUser ada_;
  TestUser grace_;
  TestUser mia_;
  TestUser kid_;

 private:
  std::unique_ptr<testing::HarnessCore> app_;
  Onlooker* onlooker_ = nullptr;
  std::int64_t managed_ = 0;
};

inline std::string code_of(const testing::Reply& reply) {
  return json_member(reply.body, "code");
}

// "pointer code" of each field that is wrong.
inline Names field_errors(const testing::Reply& reply) {
  EXPECT_EQ(reply.status, 422) << reply.body;
  Names found;
  const std::string errors = json_member(reply.body, "errors");
  for (const auto& [name, error] : json_parts(errors)) {
    found.push_back(json_member(error, "pointer") + " " + json_member(error, "code"));
  }
  return found;
}

}  // namespace gatehouse::managed_users
