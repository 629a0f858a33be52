// Several sessions at once: what SQLite's one writer gives for nothing.
// SPDX-License-Identifier: Apache-2.0
#include <barrier>
#include <latch>

#include "tests/sdk/postgresql/fixture.hpp"

namespace gatehouse::test {
namespace {

// Each sees two, and takes one away: read committed would leave none.
TEST_F(PostgresqlTest, OfTwoWritesThatEachReadTheOthersRowOneRunsAgain) {
  ASSERT_TRUE(insert("a", 1));
  ASSERT_TRUE(insert("b", 1));
  std::barrier both_have_read(2);
  std::atomic<int> runs = 0;
  const auto take_one = [&](std::string_view name) {
    bool waits = true;
    return db.write([&](Session& session) -> Result<None> {
      ++runs;
      GATEHOUSE_TRY(const auto left,
                    session.get<std::int64_t>("select count(*) from test_item where size = 1"));
      if (std::exchange(waits, false)) both_have_read.arrive_and_wait();
      if (left < 2) return None{};
      GATEHOUSE_CHECK(session.run("update test_item set size = 2 where name = :name", name));
      return None{};
    });
  };
  auto first = std::async(std::launch::async, [&] { return take_one("a"); });
  EXPECT_TRUE(take_one("b"));
  EXPECT_TRUE(first.get());
  EXPECT_GE(runs, 3);
  const auto left = db.read([](Session& session) {
    return session.get<std::int64_t>("select count(*) from test_item where size = 1");
  });
  EXPECT_EQ(1, *left);
}

TEST_F(PostgresqlTest, ManyWhoCountOnOneRowLoseNothing) {
  ASSERT_TRUE(insert("counter", 1));
  constexpr int kThreads = 6;
  constexpr int kTimes = 20;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kTimes; ++k) {
        const auto counted = db.write([](Session& session) -> Result<None> {
          GATEHOUSE_TRY(
              const auto value,
              session.get<std::int64_t>("select size from test_item where name = 'counter'"));
          GATEHOUSE_CHECK(
              session.run("update test_item set size = :value where name = 'counter'", value + 1));
          return None{};
        });
        if (counted) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto value = db.read([](Session& session) {
    return session.get<std::int64_t>("select size from test_item where name = 'counter'");
  });
  EXPECT_EQ(kThreads * kTimes, done);  // who collides has a turn alone in the end
  EXPECT_EQ(1 + kThreads * kTimes, *value);
}

// As an import beside a server that makes users all the time.
TEST_F(PostgresqlTest, ALongWriteComesThroughBesideManyShortOnes) {
  std::atomic<bool> stop = false;
  std::atomic<int> shorts = 0;
  std::atomic<int> refused = 0;
  std::thread beside([&] {
    while (!stop) {
      const auto written = second.write([&](Session& session) -> Result<None> {
        GATEHOUSE_TRY(const auto sum,
                      session.get<std::int64_t>(
                          "select cast(coalesce(sum(size), 0) as bigint) from test_item"));
        GATEHOUSE_CHECK(session.run("insert into test_item (name, size) values (:name, :size)",
                                    "short " + std::to_string(shorts++),
                                    sum % 7 + 1));
        return None{};
      });
      if (!written) ++refused;
    }
  });
  ASSERT_TRUE(eventually([&] { return shorts > 5; }));
  int runs = 0;
  const auto written = db.write([&](Session& session) -> Result<None> {
    ++runs;
    GATEHOUSE_TRY(
        const auto sum,
        session.get<std::int64_t>("select cast(coalesce(sum(size), 0) as bigint) from test_item"));
    GATEHOUSE_CHECK(session.get<std::int64_t>("select 1 from (select pg_sleep(0.1)) as sleep"));
    GATEHOUSE_CHECK(
        session.run("insert into test_item (name, size) values ('long', :sum)", sum + 1));
    return None{};
  });
  stop = true;
  beside.join();
  EXPECT_TRUE(written);
  EXPECT_EQ(4, runs);  // three among the others, the last alone
  EXPECT_EQ(0, refused);
}

TEST_F(PostgresqlTest, NothingCanBeRunAfterAFailedStatement) {
  ASSERT_TRUE(insert("taken", 1));
  const auto run_on = [&] {
    (void)db.write([](Session& session) -> Result<None> {
      (void)session.run("insert into test_item (name) values ('taken')");
      GATEHOUSE_CHECK(session.run("insert into test_item (name) values ('more')"));
      return None{};
    });
  };
  EXPECT_NE(std::string::npos, thrown<std::logic_error>(run_on).find("has failed"));
  EXPECT_EQ(1, count());
}

TEST_F(PostgresqlTest, WritersDoNotWaitForEachOther) {
  std::latch both_write(2);
  const auto add = [&](std::string_view name) {
    return db.write([&, first = true](Session& session) mutable -> Result<None> {
      GATEHOUSE_CHECK(session.run("insert into test_item (name) values (:name)", name));
      if (std::exchange(first, false)) both_write.arrive_and_wait();
      return None{};
    });
  };
  auto one = std::async(std::launch::async, [&] { return add("one"); });
  EXPECT_TRUE(add("two"));
  EXPECT_TRUE(one.get());
  EXPECT_EQ(2, count());
}

}  // namespace
}  // namespace gatehouse::test
