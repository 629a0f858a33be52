// The first run of several instances on one empty database. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <latch>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "plugins/users/plugin.hpp"
#include "tests/sdk/testing/instances.hpp"

namespace gatehouse::users {
namespace {

// An instance that has walked through its start-up, or says why not.
struct Started {
  UsersPlugin plugin;
  std::unique_ptr<testing::BareRuntime> runtime;
  std::string mistake;

  void start(const testing::TestDatabase& place) {
    try {
      runtime = std::make_unique<testing::BareRuntime>(plugin,
                                                       std::vector<std::string>(),
                                                       testing::BareRuntime::RequestLines::No,
                                                       place.options(),
                                                       "users");
    } catch (const std::exception& error) {
      mistake = error.what();
    }
  }
};

TEST(FirstRun, MakesOneAdminOfWhomOneInstanceTells) {
  for (int round = 0; round < 3; ++round) {
    const testing::TestDatabase place;
    std::array<Started, 4> instances;
    std::latch all_there(instances.size());
    std::vector<std::thread> threads;
    for (Started& instance : instances) {
      threads.emplace_back([&] {
        all_there.arrive_and_wait();
        instance.start(place);
      });
    }
    for (std::thread& thread : threads) thread.join();

    std::size_t told = 0;
    for (const Started& instance : instances) {
      ASSERT_EQ(instance.mistake, "");
      told += instance.runtime->shown.size();
    }
    EXPECT_EQ(told, 1U);
    const auto users = instances[0].runtime->database().for_plugin("users").read(
        [](Session& db) { return db.get<std::int64_t>("select count(*) from users_user"); });
    EXPECT_EQ(users.value(), 1);
  }
}

}  // namespace
}  // namespace gatehouse::users
