// Jobs that take place once across processes: several databases opened on one file are as many
// processes to them. SPDX-License-Identifier: Apache-2.0
#include "runtime/claimed_job.hpp"

#include <array>
#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gatehouse/runtime/kernel_random.hpp>

#include "runtime/own_tables.hpp"
#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::runtime {
namespace {

using test::eventually;
using test::Folder;
using test::Opened;
using namespace std::chrono_literals;

// One process's end of the job.
struct Process {
  explicit Process(const DatabaseOptions& options,
                   std::chrono::milliseconds lease = 30s,
                   std::chrono::seconds period = 1s)
      : opened(options), job(parts(lease), "test", "tidy", period) {}

  ClaimedJob::Parts parts(std::chrono::milliseconds lease) {
    const auto problems = opened->migrate(kOwner, own_tables());
    if (!problems.empty()) throw std::runtime_error(problems.front());
    return {opened->for_plugin(kOwner), random, metrics, opened.log, lease};
  }
  // What stands in the job's row; 0 when there is none.
  std::int64_t stored(const Sql& column) {
    const auto found =
        opened->for_plugin(kOwner).read([&](Session& db) { return db.find<std::int64_t>(column); });
    return found && *found ? **found : 0;
  }
  std::int64_t due_at() { return stored("select due_at from gatehouse_job where name = 'tidy'"); }
  std::int64_t overdue() {  // for how many microseconds
    return stored(
        "select cast((julianday('now') - 2440587.5) * 86400000000 as integer) - due_at"
        " from gatehouse_job where name = 'tidy'");
  }
  std::int64_t lease_end() {
    return stored("select lease_end from gatehouse_job where name = 'tidy'");
  }
  void set(const Sql& change) {
    ASSERT_TRUE(opened->for_plugin(kOwner).write([&](Session& db) { return db.run(change); }));
  }
  // Asks until it has run once.
  bool runs(const std::function<void()>& work = [] {}) {
    bool ran = false;
    return eventually([&] {
      job.run_if_due([&] {
        ran = true;
        work();
      });
      return ran;
    });
  }

  Opened opened;
  KernelRandom random;
  test::CountedMetrics metrics;  // runs, here and elsewhere
  ClaimedJob job;
};

class ClaimedJobTest : public ::testing::Test {
 protected:
  Folder folder;
  DatabaseOptions options = test::options_in(folder);
};

TEST_F(ClaimedJobTest, RunsInOneOfThreeProcessesEachPeriod) {
  constexpr std::size_t kRuns = 4;
  std::array<std::unique_ptr<Process>, 3> processes;
  for (auto& process : processes) process = std::make_unique<Process>(options);
  std::mutex mutex;
  std::vector<std::int64_t> periods;  // guarded by mutex: what each run counts as
  std::atomic<int> running = 0;
  std::atomic<bool> overlapped = false;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (auto& process : processes) {
    threads.emplace_back([&, &mine = *process] {
      while (!stop) {
        mine.job.run_if_due([&] {
          if (++running != 1) overlapped = true;
          const std::lock_guard lock(mutex);
          periods.push_back(mine.due_at());
          --running;
        });
        std::this_thread::yield();
      }
    });
  }
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return periods.size() >= kRuns;
  }));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(overlapped);
  const std::set<std::int64_t> distinct(periods.begin(), periods.end());
  EXPECT_EQ(distinct.size(), periods.size()) << "a period had two runs";
  // A second apart, or more where the machine slept through one.
  for (std::size_t i = 1; i < periods.size(); ++i) {
    EXPECT_GE(periods[i] - periods[i - 1], 1'000'000) << "run " << i;
  }
}

// Does something else right before the next write.
class Interrupted final : public Db {
 public:
  explicit Interrupted(Db& inner) : inner_(inner) {}
  std::function<void()> before_write;

 private:
  Result<None> run(Mode mode, bool (*work)(void*, Session&), void* context) override {
    const auto step = [&](Session& session) -> Result<None> {
      if (!work(context, session)) return unavailable("rolled back");
      return None{};
    };
    if (mode == Mode::Read) return inner_.read(step);
    if (before_write) std::exchange(before_write, nullptr)();
    return inner_.write(step);
  }
  Db& inner_;
};

TEST_F(ClaimedJobTest, LeavesARunToWhoTookItFirst) {
  Process one(options);
  Process other(options);
  ASSERT_TRUE(other.runs());
  Interrupted late(one.opened->for_plugin(kOwner));
  ClaimedJob::Parts parts = one.parts(30s);
  ClaimedJob job({late, parts.random, parts.metrics, parts.log}, "test", "tidy", 1s);
  bool taken = false;
  int ran = 0;
  late.before_write = [&] { taken = other.runs(); };  // between seeing that it is due and taking it
  EXPECT_TRUE(eventually([&] {
    job.run_if_due([&] { ++ran; });
    return taken;
  }));
  EXPECT_EQ(ran, 0);
}

TEST_F(ClaimedJobTest, KeepsItsClaimForAsLongAsTheWorkTakes) {
  Process one(options, 300ms);
  Process other(options, 300ms);
  std::set<std::int64_t> lease_ends;
  int others = 0;
  EXPECT_TRUE(one.runs([&] {
    // Renewed several times, so well beyond the first lease and the period's end.
    EXPECT_TRUE(eventually([&] {
      other.job.run_if_due([&] { ++others; });
      lease_ends.insert(one.lease_end());
      return lease_ends.size() > 12;
    }));
  }));
  EXPECT_EQ(others, 0);
  EXPECT_EQ(one.lease_end(), 0) << "the claim is given back";
  EXPECT_TRUE(other.runs());
}

TEST_F(ClaimedJobTest, PassesToAnotherProcessWhenOneIsKilledInTheMiddle) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Process killed(options, 2s, 1h);
    killed.job.run_if_due([] {});  // introduces it
    killed.set("update gatehouse_job set due_at = 1");
    killed.runs([&] {
      [[maybe_unused]] const auto sent = ::write(pipe[1], "x", 1);
      for (;;) ::pause();
    });
    ::_exit(1);
  }
  char in_the_middle = 0;
  ASSERT_EQ(::read(pipe[0], &in_the_middle, 1), 1);
  Process heir(options, 2s, 1h);
  bool ran = false;
  // Due, but taken: the claim is renewed every two thirds of a second until the kill.
  std::set<std::int64_t> lease_ends;
  EXPECT_TRUE(eventually([&] {
    heir.job.run_if_due([&] { ran = true; });
    lease_ends.insert(heir.lease_end());
    return lease_ends.size() > 3;
  }));
  EXPECT_FALSE(ran);
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(heir.runs()) << "left out until the next period";
  EXPECT_EQ(heir.lease_end(), 0);
  EXPECT_GT(heir.due_at(), 1) << "due once more";
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(ClaimedJobTest, IsDueWhenAClaimWasNeverGivenBack) {
  Process heir(options, 30s, 1h);
  heir.job.run_if_due([] {});
  // What was claimed under a clock that was an hour ahead, say.
  heir.set("update gatehouse_job set due_at = due_at - 1, holder = 'dead', lease_end = 1");
  EXPECT_TRUE(heir.runs());
}

TEST_F(ClaimedJobTest, CountsOnlyTheRunsOfOthersAsElsewhere) {
  Process one(options);
  Process other(options);
  const auto counted = [&] { return one.metrics.all.total.load(); };
  const double before = counted();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(one.runs([&] {
      EXPECT_TRUE(eventually([&] { return one.overdue() > 1'000'000; })) << "beyond the period";
    }));
  }
  one.job.run_if_due([] {});
  EXPECT_EQ(counted(), before + 2);
  EXPECT_TRUE(other.runs());
  one.job.run_if_due([] {});
  EXPECT_EQ(counted(), before + 3);
}

TEST_F(ClaimedJobTest, SaysWhenItsClaimWasLost) {
  Process one(options, 300ms);
  EXPECT_TRUE(one.runs([&] {
    one.set("update gatehouse_job set holder = 'another' where name = 'tidy'");
    EXPECT_TRUE(eventually([&] { return one.opened.log.contains("job_claim_lost"); }));
  }));
  EXPECT_NE(one.lease_end(), 0) << "another's claim was given back";
}

TEST_F(ClaimedJobTest, IsDueAgainAfterWorkThatThrows) {
  Process one(options);
  EXPECT_THROW(one.runs([] { throw std::runtime_error("broken"); }), std::runtime_error);
  EXPECT_EQ(one.lease_end(), 0);
  EXPECT_TRUE(one.runs());
}

TEST_F(ClaimedJobTest, WaitsForADatabaseThatIsAwayAndSaysSoOnce) {
  Process one(options);
  one.opened->close();
  bool ran = false;
  for (int i = 0; i < 3; ++i) {
    const auto wait = one.job.run_if_due([&] { ran = true; });
    EXPECT_LE(wait, 1s);
    EXPECT_GT(wait, 0s);
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(one.opened.log.count("job_postponed"), 1);
}

TEST_F(ClaimedJobTest, StarvesUnderNoClockThatIsSetBack) {
  struct Case {
    const char* name;
    Sql change;
  };
  const Case cases[] = {
      {"due in a century", "update gatehouse_job set due_at = due_at + 3155760000000000"},
      {"held for a century",
       "update gatehouse_job set due_at = 1, lease_end = due_at + 3155760000000000"},
  };
  Process one(options);
  EXPECT_TRUE(one.runs());
  for (const Case& c : cases) {
    one.set(c.change);
    EXPECT_TRUE(one.runs()) << c.name;
    EXPECT_EQ(one.lease_end(), 0) << c.name;
  }
}

}  // namespace
}  // namespace gatehouse::runtime
