// Jobs of several instances on one database. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include <gatehouse/jobs.hpp>

#include "tests/sdk/testing/instances.hpp"

namespace gatehouse::testing {
namespace {

using namespace std::chrono_literals;

// Notes under which due time each run of the job counts, and how often the other one ran.
class Tidy final : public Plugin {
 public:
  void wire(Context& host) override {
    host_ = &host;
    host.jobs().every("tidy", 1s, [this] {
      const std::int64_t due = number("select due_at from gatehouse_job where name = 'tidy'");
      const std::lock_guard lock(mutex_);
      runs_.push_back(due);
    });
    host.jobs().in_every_process("refresh", 1s, [this] { ++refreshed; });
  }
  std::int64_t number(const Sql& sql) {
    return host_->storage().read([&](Session& db) { return db.get<std::int64_t>(sql); }).value();
  }
  Result<std::int64_t> run(const Sql& sql) {
    return host_->storage().write([&](Session& db) { return db.run(sql); });
  }
  std::vector<std::int64_t> runs() const {
    const std::lock_guard lock(mutex_);
    return runs_;
  }
  std::atomic<int> refreshed = 0;

 private:
  Context* host_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<std::int64_t> runs_;  // guarded by mutex_
};

class JobsTest : public ::testing::Test {
 protected:
  std::vector<std::int64_t> all_runs() {
    std::vector<std::int64_t> all;
    for (auto& instance : instances) {
      const auto own = instance->plugin.runs();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }
  void start(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      instances.push_back(std::make_unique<Instance<Tidy>>(place));
    }
  }
  TestDatabase place;
  std::vector<std::unique_ptr<Instance<Tidy>>> instances;
};

TEST_F(JobsTest, RunInOneInstanceOrInEach) {
  start(3);
  EXPECT_TRUE(eventually([&] { return all_runs().size() >= 4; }));
  const auto runs = all_runs();
  EXPECT_EQ(std::set<std::int64_t>(runs.begin(), runs.end()).size(), runs.size())
      << "a period had two runs";
  double elsewhere = 0;
  for (auto& instance : instances) {
    EXPECT_TRUE(eventually([&] { return instance->plugin.refreshed >= 2; }));
    elsewhere +=
        instance->runtime.metrics.value("job_runs_elsewhere_total{plugin=\"bare\",job=\"tidy\"}");
    EXPECT_EQ(instance->runtime.log.count("job_failed"), 0);
  }
  EXPECT_GT(elsewhere, 0);
}

TEST_F(JobsTest, AreTakenOverFromAnInstanceThatDied) {
  start(2);
  EXPECT_TRUE(eventually([&] { return !all_runs().empty(); }));
  Tidy& tidy = instances[0]->plugin;
  // What a process leaves that is killed in the middle of a run, which began 27 s ago.
  constexpr Sql kDie{
      "update gatehouse_job set holder = 'dead', lease_end = 3000000 +"
      " cast((julianday('now') - 2440587.5) * 86400000000 as integer) where name = 'tidy'",
      "update gatehouse_job set holder = 'dead', lease_end = 3000000 +"
      " cast(extract(epoch from clock_timestamp()) * 1000000 as bigint) where name = 'tidy'"};
  ASSERT_TRUE(tidy.run(kDie));
  const std::int64_t lease_end =
      tidy.number("select lease_end from gatehouse_job where name = 'tidy'");
  const std::int64_t due_at = tidy.number("select due_at from gatehouse_job where name = 'tidy'");
  const auto later_runs = [&] {
    std::vector<std::int64_t> later = all_runs();
    std::erase_if(later, [&](std::int64_t run) { return run <= due_at; });
    return later;
  };
  EXPECT_TRUE(eventually([&] { return !later_runs().empty(); }));
  // The run after the heir's, which is due up to a period after the heir began.
  EXPECT_GT(later_runs().front(), lease_end) << "began while another had it";
}

TEST_F(JobsTest, OfOnePluginHaveDifferentNames) {
  struct Twice final : Plugin {
    void wire(Context& host) override {
      host.jobs().every("same", 1s, [] {});
      host.jobs().in_every_process("same", 1s, [] {});
    }
  };
  Twice plugin;
  try {
    const BareRuntime runtime(plugin);
    FAIL() << "both were taken";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string_view(error.what()).find("job 'same' is registered twice"),
              std::string_view::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace gatehouse::testing
