// Which connection of a server elsewhere is lent, and when none is tried: with connections that
// only say whether they live. SPDX-License-Identifier: Apache-2.0
#include "storage/pool.hpp"

#include <future>
#include <stdexcept>
#include <vector>

#include <sched.h>

#include "storage/coarse_clock.hpp"
#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::storage {
namespace {

class SpokenTo final : public Connection {
 public:
  SpokenTo(int which, const bool& alive, int& questions)
      : Connection(1), number(which), alive_(alive), questions_(questions) {}
  bool is_alive() override {
    ++questions_;
    return alive_;
  }
  void begin(Turn) override {}
  std::shared_ptr<SharedCommit> commit() override { return nullptr; }
  void rollback() noexcept override {}
  bool in_transaction() const override { return false; }
  void begin_migration() override {}
  void run_script(std::string_view) override {}
  std::map<std::string, std::string> schema_without(std::string_view) override { return {}; }
  std::optional<Shape> shape(soci::statement&) override { return std::nullopt; }
  void fill(Statement&, void*) override {}
  void reset(soci::statement&) noexcept override {}
  DbError failure(const soci::soci_error&, std::string_view, soci::statement*) override {
    return {DbErrorKind::Internal, ""};
  }
  const int number;

 private:
  const bool& alive_;
  int& questions_;
};

class Elsewhere final : public Backend {
 public:
  Engine engine() const override { return Engine::PostgreSql; }
  std::string place() const override { return "elsewhere"; }
  std::size_t connections(Access) const override { return 3; }
  bool is_remote() const override { return true; }
  std::unique_ptr<Connection> connect(Access) override {
    ++tries;
    if (!reachable) throw DbError(DbErrorKind::Unavailable, "nobody there");
    return std::make_unique<SpokenTo>(++opened, alive, questions);
  }
  void shut_down(Connection&) override {}

  bool reachable = true;
  bool alive = true;
  int tries = 0;
  int opened = 0;
  int questions = 0;  // of whether one is alive
};

class RemotePool : public ::testing::Test {
 protected:
  static int number(const Pool::Lease& lease) { return static_cast<SpokenTo&>(*lease).number; }
  int lend_once() {
    auto lease = pool.lease();
    return lease ? number(*lease) : 0;
  }
  Elsewhere backend;
  test::CountedMetrics metrics;
  Pool pool{backend, Access::Write, "all", 3, std::chrono::milliseconds(50), metrics};
};

// Keeps the thread on one of the cores it may use, by default on that where it is.
class OnOneCore {
 public:
  OnOneCore() {
    ::sched_getaffinity(0, sizeof allowed_, &allowed_);
    stay_on(::sched_getcpu());
  }
  ~OnOneCore() { ::sched_setaffinity(0, sizeof allowed_, &allowed_); }
  OnOneCore(const OnOneCore&) = delete;
  OnOneCore& operator=(const OnOneCore&) = delete;

  std::vector<int> cores() const {
    std::vector<int> cores;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(static_cast<unsigned>(core), &allowed_)) cores.push_back(core);
    }
    return cores;
  }
  void stay_on(int core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(core), &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }

 private:
  cpu_set_t allowed_{};
};

TEST_F(RemotePool, LendsTheOneThatWasUsedLastAndAsksItNothing) {
  const OnOneCore here;
  {
    auto one = pool.lease();
    auto two = pool.lease();
    EXPECT_EQ(1, number(*one));
    EXPECT_EQ(2, number(*two));
  }  // two, then one
  EXPECT_EQ(1, lend_once());
  EXPECT_EQ(0, backend.questions);
}

TEST_F(RemotePool, LendsTheOneThatWasUsedLastOnTheSameCore) {
  OnOneCore thread;
  const std::vector<int> cores = thread.cores();
  if (cores.size() < 2) GTEST_SKIP() << "there is one core only";
  {
    thread.stay_on(cores[1]);
    auto there = pool.lease();
    auto here = pool.lease();
    ASSERT_EQ(1, number(*there));
    ASSERT_EQ(2, number(*here));
    thread.stay_on(cores[0]);
    { const auto ends_here = *std::move(here); }
    thread.stay_on(cores[1]);
  }
  thread.stay_on(cores[0]);
  EXPECT_EQ(2, lend_once());
  thread.stay_on(cores[1]);
  EXPECT_EQ(1, lend_once());
}

TEST_F(RemotePool, AsksAllOthersAfterOneBroke) {
  {
    auto one = pool.lease();
    auto two = pool.lease();
    auto broken = pool.lease();
    broken->discard();
  }
  lend_once();
  EXPECT_EQ(1, backend.questions);
  lend_once();
  EXPECT_EQ(1, backend.questions);  // it has answered
}

TEST_F(RemotePool, OpensAnotherInThePlaceOfOneThatDoesNotAnswer) {
  {
    auto one = pool.lease();
    auto broken = pool.lease();
    broken->discard();
  }
  backend.alive = false;
  EXPECT_EQ(3, lend_once());
}

TEST_F(RemotePool, ClosesOneThatIsOld) {
  {
    auto lease = pool.lease();
    (*lease)->age.opened = coarse_now() - 2 * Pool::kLongestLife;
  }
  EXPECT_EQ(2, lend_once());
  EXPECT_EQ(0, backend.questions);
}

TEST_F(RemotePool, RefusesAtOnceForAWhileWhenNoneCanBeOpened) {
  backend.reachable = false;
  EXPECT_THROW(lend_once(), DbError);
  const int tries = backend.tries;
  for (int i = 0; i < 100; ++i) {
    const auto refused = pool.lease();
    ASSERT_FALSE(refused);
    EXPECT_EQ(ErrorCode::Unavailable, refused.error().code);
    if (backend.tries > tries) break;  // the machine is slow: the while is over
  }
  EXPECT_LE(backend.tries, tries + 1);
}

TEST_F(RemotePool, IsBackWhenTheServerIs) {
  backend.reachable = false;
  const auto fail = [&] {
    try {
      lend_once();
    } catch (const DbError&) {  // NOLINT(bugprone-empty-catch): as it has to
    }
    return backend.tries == 4;
  };
  ASSERT_TRUE(test::eventually(fail));
  backend.reachable = true;
  EXPECT_TRUE(test::eventually([&] { return lend_once() != 0; }));
  EXPECT_EQ(5, backend.tries);
}

TEST(HeldConnections, AreTakenBackAlsoBehindOneThatIsInUse) {
  Elsewhere backend;
  test::CountedMetrics metrics;
  Pool pool(backend, Access::Write, "all", 2, std::chrono::seconds(10), metrics);
  auto oldest = pool.lease();
  auto next = pool.lease();
  const auto hold_of_oldest = oldest->hold();
  const auto hold_of_next = next->hold();
  {
    const auto in_use = hold_of_oldest->lock();
    auto waiting = std::async(std::launch::async, [&] { return pool.lease(); });
    const auto lent = waiting.get();
    ASSERT_TRUE(lent);
    EXPECT_EQ(2, static_cast<SpokenTo&>(**lent).number);
  }
  EXPECT_TRUE(hold_of_oldest->end());
  EXPECT_FALSE(hold_of_next->end());
}

}  // namespace
}  // namespace gatehouse::storage
