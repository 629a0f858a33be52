// What `gatehouse revoke --all` does in the runtime: one transaction with whoever listens.
// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/deployment.hpp>

#include "tests/sdk/testing/instances.hpp"

namespace gatehouse::testing {
namespace {

constexpr Sql kCreate = "create table bare_session (id text primary key)";

struct Keeper final : Plugin {
  Migrations migrations() const override { return {{"0001", "sessions", kCreate}}; }
  void wire(Context& host) override {
    db = &host.storage();
    host.events().subscribe<AllRevoked>(
        [this](Session& session, const AllRevoked& revoked) -> Result<None> {
          heard.push_back(revoked);
          GATEHOUSE_CHECK(session.run("delete from bare_session"));
          GATEHOUSE_TRY(const auto epoch, deployment_epoch(session));
          EXPECT_EQ(epoch, revoked.epoch) << "the epoch is new already";
          if (throws) throw std::runtime_error("listener is broken");
          if (refuses) return conflict("not_now", "Not now.");
          return None{};
        });
  }
  std::int64_t number(Sql question) {
    return db->read([&](Session& session) { return session.get<std::int64_t>(question); }).value();
  }
  std::int64_t sessions() { return number("select count(*) from bare_session"); }
  std::int64_t epoch() { return number("select epoch from gatehouse_deployment"); }

  Db* db = nullptr;
  bool refuses = false;
  bool throws = false;
  std::vector<AllRevoked> heard;
};

class RevokeAll : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto made = plugin.db->write(
        [](Session& session) { return session.run("insert into bare_session values ('x')"); });
    ASSERT_TRUE(made);
  }
  TestDatabase place;
  Instance<Keeper> instance{place};
  Keeper& plugin = instance.plugin;
};

TEST_F(RevokeAll, BeginsAnEpochAndTellsWhoListens) {
  const std::int64_t before = plugin.epoch();
  const auto first = (*instance.runtime).revoke_all(false);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_GT(*first, before);
  EXPECT_EQ(plugin.epoch(), *first);
  EXPECT_EQ(plugin.sessions(), 0);
  const auto second = (*instance.runtime).revoke_all(true);
  ASSERT_TRUE(second);
  EXPECT_GT(*second, *first) << "also in the same second";
  ASSERT_EQ(plugin.heard.size(), 2U);
  EXPECT_FALSE(plugin.heard[0].with_api_tokens);
  EXPECT_TRUE(plugin.heard[1].with_api_tokens);
}

TEST_F(RevokeAll, AListenerThatFailsLeavesAllAsItWas) {
  const std::int64_t before = plugin.epoch();
  plugin.refuses = true;
  const auto refused = (*instance.runtime).revoke_all(false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "not_now");
  plugin.throws = true;
  const auto thrown = (*instance.runtime).revoke_all(false);
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code, ErrorCode::Unavailable);
  EXPECT_NE(thrown.error().message.find("listener is broken"), std::string::npos);
  EXPECT_EQ(plugin.epoch(), before);
  EXPECT_EQ(plugin.sessions(), 1);
}

}  // namespace
}  // namespace gatehouse::testing
