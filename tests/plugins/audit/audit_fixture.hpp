// The audit plugin on a database of its own, beside the world it tells of.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/audit/plugin.hpp"
#include "plugins/audit/trail/trail_repository.hpp"
#include "tests/plugins/audit/world.hpp"

namespace gatehouse::audit {

// What tests read of an item.
struct ShownPerson {
  std::optional<std::string> id;
  std::optional<std::string> username;
};
BOOST_DESCRIBE_STRUCT(ShownPerson, (), (id, username))
struct ShownItem {
  std::int64_t number = 0;
  std::int64_t chain = 0;
  std::int64_t sequence = 0;
  std::string at;
  std::string action;
  std::string outcome;
  std::optional<ShownPerson> actor;
  std::optional<ShownPerson> on_behalf_of;
  std::optional<ShownPerson> user;
  RawJson account;
  std::vector<std::string> changes;
  RawJson detail;
  std::optional<std::string> remote_address;
  std::optional<std::string> request_id;
};
BOOST_DESCRIBE_STRUCT(ShownItem,
                      (),
                      (number,
                       chain,
                       sequence,
                       at,
                       action,
                       outcome,
                       actor,
                       on_behalf_of,
                       user,
                       account,
                       changes,
                       detail,
                       remote_address,
                       request_id))
struct ShownPage {
  std::vector<ShownItem> items;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(ShownPage, (), (items, next))

// Lets the trail take one event at a time with the detail kOnce: a second cannot be written.
class Wall final : public Plugin {
 public:
  static constexpr const char* kOnce = "only once";
  Migrations migrations() const override {
    return {{"0001",
             "wall",
             {"create unique index wall_once on audit_event (detail) where detail = 'only once'"}}};
  }
  void wire(Context&) override {}
};

class AuditTest : public ::testing::Test {
 protected:
  explicit AuditTest(World::Directories directories = World::Directories::Provided)
      : directories_(directories) {}
  virtual testing::Settings settings() const { return {}; }

  void SetUp() override {
    auto world = std::make_unique<World>(directories_);
    world_ = world.get();
    std::vector<testing::TestedPlugin> plugins;
    plugins.push_back({"world", std::move(world)});
    plugins.push_back({"audit", std::make_unique<AuditPlugin>(), settings()});
    plugins.push_back({"wall", std::make_unique<Wall>()});
    app_ = std::make_unique<testing::HarnessCore>(std::move(plugins));
    ASSERT_TRUE(app().mistakes().empty()) << app().mistakes().front();
    app().run_jobs();  // server.started is written
  }

  void TearDown() override {
    if (!HasFailure()) return;
    for (const auto& record : app().log().records()) {
      if (record.level < LogLevel::Warning) continue;
      ADD_FAILURE() << "log: " << record.event << ": " << record.text;
    }
  }

  testing::HarnessCore& app() { return *app_; }
  World& world() { return *world_; }

  static Principal user(std::int64_t number, Roles roles = {}) {
    Principal who;
    who.user = number;
    who.user_id = id_of(number);
    who.username = "user" + std::to_string(number);
    who.account = account_of(number);
    who.roles = roles;
    who.method = "test";
    return who;
  }
  // Somebody who acts for the user and may do deeds.
  static Principal delegate_of(std::int64_t number, std::int64_t actor) {
    Principal who = user(number);
    who.actor = actor;
    who.grant_scopes = {"data:write"};
    return who;
  }
  testing::Client as(std::int64_t number, Roles roles = {}) {
    return app().as(user(number, roles));
  }
  testing::Client admin() { return as(1, Role::Admin); }

  // Done by user 1.
  void do_deed(const Deed& deed) {
    const auto reply = admin().post("/deeds", encode_json(deed));
    ASSERT_EQ(reply.status, 200) << reply.body;
  }

  static ShownPage page_of(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    auto page = decode_json<ShownPage>(reply.body, Lenient::Strict);
    EXPECT_TRUE(page) << reply.body;
    return page ? *std::move(page) : ShownPage{};
  }
  // The newest first.
  std::vector<ShownItem> events(std::string_view target = "/v1/audit-events?limit=1000") {
    return page_of(admin().get(target)).items;
  }
  std::vector<ShownItem> events_of(std::string_view action) {
    return events("/v1/audit-events?limit=1000&action=" + std::string(action));
  }

  Result<std::int64_t> change(const Sql& sql) {
    return app().storage().write([&](Session& db) { return db.run(sql); });
  }
  std::int64_t number(const Sql& sql) {
    return app().storage().read([&](Session& db) { return db.get<std::int64_t>(sql); }).value();
  }

 private:
  World::Directories directories_;
  std::unique_ptr<testing::HarnessCore> app_;
  World* world_ = nullptr;
};

}  // namespace gatehouse::audit
