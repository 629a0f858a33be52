// Waiting for a connection: in order, not for ever, and without losing one.
// SPDX-License-Identifier: Apache-2.0
#include <future>
#include <latch>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

using PoolTest = StorageTest;
using SqliteLogTest = StorageTest;

TEST(SqliteWriterQueue, WritesAreServedInTheOrderOfTheirComing) {
  Folder folder;
  DatabaseOptions options = options_in(folder);
  options.pool_wait = std::chrono::minutes(1);
  Opened opened(options);
  Db& db = opened->for_plugin("test");
  const auto waits = [&] { return opened.metrics.all.total.load(); };
  constexpr int kWriters = 8;
  std::latch release(1);
  std::latch holding(1);
  std::vector<int> order;  // guarded by the writer itself
  auto holder = std::async(std::launch::async, [&] {
    return db.write([&](Session&) -> Result<None> {
      holding.count_down();
      release.wait();
      return None{};
    });
  });
  holding.wait();
  std::vector<std::future<Result<None>>> writers;
  for (int i = 0; i < kWriters; ++i) {
    const double before = waits();
    writers.push_back(std::async(std::launch::async, [&, i] {
      return db.write([&order, i](Session&) -> Result<None> {
        order.push_back(i);
        return None{};
      });
    }));
    ASSERT_TRUE(eventually([&] { return waits() > before; }));  // it stands in the queue
  }
  release.count_down();
  EXPECT_TRUE(holder.get());
  for (auto& writer : writers) EXPECT_TRUE(writer.get());
  for (int i = 0; i < kWriters; ++i) EXPECT_EQ(i, order.at(static_cast<std::size_t>(i)));
}

class SqliteShortWait : public ::testing::Test {
 protected:
  SqliteShortWait() {
    options.pool_wait = std::chrono::milliseconds(20);
    options.sqlite.readers = 2;
    options.slow_lease = std::chrono::milliseconds(5);
    opened.emplace(options);
    db = &(*opened)->for_plugin("test");
  }
  static Result<None> nothing(Session&) { return None{}; }
  Folder folder;
  DatabaseOptions options = options_in(folder);
  std::optional<Opened> opened;
  Db* db = nullptr;
};

TEST_F(SqliteShortWait, AWriteThatWaitsTooLongIsUnavailable) {
  std::future<Result<None>> late;
  const auto held = db->write([&](Session&) -> Result<None> {
    late = std::async(std::launch::async, [&] { return db->write(nothing); });
    late.wait();  // longer than the wait limit, however long that takes
    return None{};
  });
  EXPECT_TRUE(held);
  const Result<None> outcome = late.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(ErrorCode::Unavailable, outcome.error().code);
  EXPECT_TRUE(db->write(nothing));
  EXPECT_TRUE(opened->log.contains("storage_slow_use: plugin test held a connection"));
}

TEST_F(SqliteShortWait, AsManyReadAtOnceAsThereAreReadersAndNoMore) {
  std::latch both(2);
  std::promise<void> done;
  auto finish = done.get_future().share();
  const auto hold = [&] {
    return db->read([&](Session&) -> Result<None> {
      both.count_down();
      finish.wait();
      return None{};
    });
  };
  auto first = std::async(std::launch::async, hold);
  auto second = std::async(std::launch::async, hold);
  both.wait();
  const auto third = db->read(nothing);
  ASSERT_FALSE(third);
  EXPECT_EQ(ErrorCode::Unavailable, third.error().code);
  EXPECT_TRUE(db->write(nothing));  // the writer is nobody's reader
  done.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_TRUE(db->read(nothing));
}

TEST(TimeLimit, AStatementWithoutEndIsUnavailableAndItsTransactionRolledBack) {
  Folder folder;
  DatabaseOptions options = options_in(folder);
  options.time_limit = std::chrono::milliseconds(50);
  Opened opened(options);
  ASSERT_TRUE(opened->migrate("test", {{"0001", "t", "create table test_t (x bigint)"}}).empty());
  Db& db = opened->for_plugin("test");
  static constexpr Sql kEndless =
      "with recursive n(i) as (values (1) union all select i + 1 from n) select max(i) from n";
  const auto read = db.read([](Session& session) { return session.get<std::int64_t>(kEndless); });
  ASSERT_FALSE(read);
  EXPECT_EQ(ErrorCode::Unavailable, read.error().code);
  const auto write = db.write([](Session& session) -> Result<std::int64_t> {
    GATEHOUSE_CHECK(session.run("insert into test_t values (1)"));
    return session.get<std::int64_t>(kEndless);
  });
  ASSERT_FALSE(write);
  EXPECT_EQ(ErrorCode::Unavailable, write.error().code);
  EXPECT_EQ(0, db.read([](Session& session) {
                   return session.get<std::int64_t>("select count(*) from test_t");
                 }).value());
}

TEST_F(PoolTest, ManyThreadsReadAndWriteWithoutLosingAnything) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        while (!insert(format("{}-{}", t, i))) ++refused;  // a wait that was too long
        while (!db.read([](Session& session) {
          return session.get<std::int64_t>("select count(*) from test_item");
        })) {
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(kThreads * kEach, count());
}

TEST_F(PoolTest, AfterCloseEverythingIsUnavailable) {
  ASSERT_TRUE(insert("a"));
  ASSERT_EQ(1, count());
  opened->close();
  const auto write = insert("b");
  ASSERT_FALSE(write);
  EXPECT_EQ(ErrorCode::Unavailable, write.error().code);
  const auto health = opened->health();
  ASSERT_FALSE(health);
  EXPECT_EQ(ErrorCode::Unavailable, health.error().code);
}

TEST_F(SqliteLogTest, IsWrittenBackByClose) {
  ASSERT_TRUE(insert("a"));
  EXPECT_TRUE(std::filesystem::exists(options.sqlite.path + "-wal"));
  opened->close();
  EXPECT_FALSE(std::filesystem::exists(options.sqlite.path + "-wal"));
}

TEST_F(PoolTest, CloseWaitsForUsesThatRun) {
  std::promise<void> done;
  std::latch running(1);
  auto use = std::async(std::launch::async, [&] {
    return db.write([&](Session& session) -> Result<None> {
      running.count_down();
      done.get_future().wait();
      GATEHOUSE_CHECK(session.run("insert into test_item (name) values ('last')"));
      return None{};
    });
  });
  running.wait();
  auto closing = std::async(std::launch::async, [&] { opened->close(); });
  ASSERT_TRUE(eventually([&] { return !opened->health(); }));
  EXPECT_NE(std::future_status::ready, closing.wait_for(std::chrono::seconds(0)));
  done.set_value();
  EXPECT_TRUE(use.get());
  closing.get();
  Opened again(options);
  EXPECT_EQ(1,
            again->for_plugin("test")
                .read([](Session& session) {
                  return session.get<std::int64_t>("select count(*) from test_item");
                })
                .value());
}

TEST_F(SqliteLogTest, AForgottenResetWouldPinTheLogSoNoStatementIsForgotten) {
  // A reader that stops after its first row, then many writes: the WAL is reset at each checkpoint
  // (4,000 pages, 16 MB) only while no reader holds a snapshot of it.
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(insert(name));
  const auto first = [&] {
    return db
        .read([](Session& session) {
          return session.find<std::int64_t>("select count(*) over () from test_item");
        })
        .value()
        .value();
  };
  EXPECT_EQ(3, first());
  constexpr int kWrites = 200;
  for (int i = 0; i < kWrites; ++i) {
    ASSERT_TRUE(db.write([i](Session& session) {
      return session.run("insert into test_item (name) values (:i || hex(zeroblob(100000)))", i);
    }));
    ASSERT_EQ(4 + i, first());  // and never an old snapshot
  }
  // 200 x 200 kB were written.
  EXPECT_LT(std::filesystem::file_size(options.sqlite.path + "-wal"), 20'000'000U);
}

}  // namespace
}  // namespace gatehouse::test
