// What the runtime tells the audit trail of, and what it adds. SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/services/audit_trail.hpp>
#include <gatehouse/testing/harness.hpp>

namespace gatehouse {
namespace {

// Keeps what it is told in a table and in memory.
class Trail final : public Plugin, public AuditTrail {
 public:
  Migrations migrations() const override {
    return {{"0001", "t", "create table trail_kept (action text not null)"}};
  }
  void wire(Context& host) override { host.services().provide<AuditTrail>(*this); }

  Result<None> append(Session& db, const AuditRecord& record) override {
    if (record.event.action == "thing.refused_by_trail") return unavailable("full");
    GATEHOUSE_CHECK(
        db.run("insert into trail_kept (action) values (:action)", record.event.action));
    appended.push_back(record);
    return None{};
  }
  void note(AuditRecord record) noexcept override { noted.push_back(std::move(record)); }
  Result<std::vector<AuditEntry>> list(Session&,
                                       const Principal&,
                                       const AuditListing&) const override {
    return std::vector<AuditEntry>{};
  }
  Result<std::int64_t> count(Session&, const Principal&, const AuditListing&) const override {
    return 0;
  }

  std::vector<AuditRecord> appended;
  std::vector<AuditRecord> noted;
};

class Things final : public Plugin {
 public:
  void wire(Context& host) override {
    host.permissions().declare("things:write", held_by_everybody);
    host.permissions().declare("things:publish", held_by(Role::Staff));
    host.routes()
        .post("/things/{action}",
              "things:write",
              "Do a thing",
              [&host](Call&, std::string_view action) -> Result<None> {
                return host.storage().write([&](Session& db) -> Result<None> {
                  db.audit({"thing." + std::string(action), 7, 8, {"color"}, "words"});
                  if (action == "forbidden") return denied();
                  return None{};
                });
              })
        .delegable("things:do");
    host.routes().post(
        "/published", "things:publish", "Publish", [](Call&) -> Result<None> { return None{}; });
    host.routes().put(
        "/things/{thing}/{part}",
        "things:publish",
        "Change a part",
        [](Call&, std::string_view, std::string_view) -> Result<None> { return None{}; });
    host.routes().get("/note", "public", "Tell of a refusal", [&host](Call&) -> Result<None> {
      host.audit_refused({"session.refused"});
      host.audit_success({"session.accepted"});
      return None{};
    });
    host.commands().add("things make", "Makes one", {}, [&host](CommandLine&) {
      const auto made = host.storage().write([&](Session& db) -> Result<None> {
        db.audit({"thing.made"});
        return None{};
      });
      return made ? 0 : 1;
    });
  }
};

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    EXPECT_TRUE(app.mistakes().empty()) << app.mistakes().front();
    ada.user = 5;
    ada.user_id = "65f1c0ffee00000000000005";
    ada.username = "ada";
    ada.account = 3;
    ada.method = "harness";
  }
  static std::vector<testing::TestedPlugin> plugins(Trail*& trail) {
    std::vector<testing::TestedPlugin> all;
    auto own = std::make_unique<Trail>();
    trail = own.get();
    all.push_back({"trail", std::move(own)});
    all.push_back({"things", std::make_unique<Things>()});
    return all;
  }
  std::int64_t kept() {
    return *app.storage().read(
        [](Session& db) { return db.get<std::int64_t>("select count(*) as n from trail_kept"); });
  }

  Trail* trail = nullptr;
  testing::HarnessCore app{plugins(trail)};
  Principal ada;
};

TEST_F(AuditTest, AnEventSaysWhoDidItFromWhereAndInWhichRequest) {
  const auto reply = app.as(ada).with("X-Request-Id", "r-1").post("/things/done", "");
  EXPECT_EQ(204, reply.status) << reply.body;
  ASSERT_EQ(1U, trail->appended.size());
  const AuditRecord& record = trail->appended.front();
  EXPECT_EQ("thing.done", record.event.action);
  EXPECT_EQ(7, record.event.user);
  EXPECT_EQ(5, record.origin.actor);
  EXPECT_EQ("65f1c0ffee00000000000005", record.origin.actor_id);
  EXPECT_EQ("ada", record.origin.actor_name);
  EXPECT_EQ(0, record.origin.on_behalf_of);
  EXPECT_EQ("harness", record.origin.method);
  EXPECT_EQ("192.0.2.1", record.origin.remote_address);
  EXPECT_EQ("r-1", record.origin.request_id);
  EXPECT_EQ(AuditOutcome::Success, record.outcome);
  EXPECT_EQ(app.clock().now(), record.at);
}

TEST_F(AuditTest, ADelegatesEventNamesTheDelegateAndForWhom) {
  ada.actor = 9;
  ada.grant_scopes = {"things:do"};
  EXPECT_EQ(204, app.as(ada).post("/things/done", "").status);
  ASSERT_EQ(1U, trail->appended.size());
  EXPECT_EQ(9, trail->appended.front().origin.actor);
  EXPECT_EQ("", trail->appended.front().origin.actor_name);
  EXPECT_EQ(5, trail->appended.front().origin.on_behalf_of);
  EXPECT_EQ("65f1c0ffee00000000000005", trail->appended.front().origin.on_behalf_of_id);
}

TEST_F(AuditTest, AnEventFallsWithItsTransaction) {
  EXPECT_EQ(403, app.as(ada).post("/things/forbidden", "").status);
  EXPECT_EQ(0, kept());
}

TEST_F(AuditTest, AChangeThatCannotBeAccountedForIsNotMade) {
  EXPECT_EQ(500, app.as(ada).post("/things/refused_by_trail", "").status);
  EXPECT_EQ(0, kept());
  EXPECT_EQ(1, app.log().count("request_failed"));
}

TEST_F(AuditTest, EachDenialOfSomebodySignedInIsNoted) {
  EXPECT_EQ(403, app.as(ada).post("/published", "").status);         // by the route
  EXPECT_EQ(403, app.as(ada).post("/things/forbidden", "").status);  // by the handler
  EXPECT_EQ(401, app.anonymous().post("/published", "").status);
  ASSERT_EQ(2U, trail->noted.size());
  const AuditRecord& record = trail->noted.front();
  EXPECT_EQ("access.denied", record.event.action);
  EXPECT_EQ("POST /published", record.event.detail);
  EXPECT_EQ("POST /things/{action}", trail->noted.back().event.detail);
  EXPECT_EQ(5, record.event.user);
  EXPECT_EQ(3, record.event.account);
  EXPECT_EQ("ada", record.event.user_name);
  EXPECT_EQ(5, record.origin.actor);
  EXPECT_EQ(AuditOutcome::Refused, record.outcome);
}

TEST_F(AuditTest, ADenialSaysOfWhatButNoOtherWordOfThePath) {
  for (const char* target :
       {"/things/65f1c0ffee00000000000001/9", "/things/65f1c0ffee0000000000000X/code7"}) {
    EXPECT_EQ(403, app.as(ada).put(target, "").status) << target;
  }
  ASSERT_EQ(2U, trail->noted.size());
  EXPECT_EQ("PUT /things/{thing}/{part} 65f1c0ffee00000000000001 9", trail->noted[0].event.detail);
  EXPECT_EQ("PUT /things/{thing}/{part}", trail->noted[1].event.detail);
}

TEST_F(AuditTest, WhatAPluginNotesHasItsOutcomeAndTheClientsAddress) {
  EXPECT_EQ(204, app.anonymous().get("/note").status);
  ASSERT_EQ(2U, trail->noted.size());
  EXPECT_EQ(AuditOutcome::Refused, trail->noted[0].outcome);
  EXPECT_EQ(AuditOutcome::Success, trail->noted[1].outcome);
  EXPECT_EQ("192.0.2.1", trail->noted[0].origin.remote_address);
  EXPECT_EQ(0, trail->noted[0].origin.actor);
}

TEST_F(AuditTest, WhatACommandDoesIsTheOperators) {
  EXPECT_EQ(0, app.run("things make").exit_code);
  ASSERT_EQ(1U, trail->appended.size());
  EXPECT_EQ("command", trail->appended.front().origin.method);
  EXPECT_EQ(0, trail->appended.front().origin.actor);
}

TEST(Audit, NothingIsKeptWithoutAPluginForIt) {
  testing::Harness<Things> app("things");
  EXPECT_EQ(204, app.as("ada").post("/things/done", "").status);
  EXPECT_EQ(403, app.as("ada").post("/published", "").status);
}

}  // namespace
}  // namespace gatehouse
