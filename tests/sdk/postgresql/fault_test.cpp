// Sessions that end, hang, or cannot be had. What whole servers do is tried in tests/fault.
// SPDX-License-Identifier: Apache-2.0
#include <barrier>

#include <signal.h>
#include <stdlib.h>

#include "tests/sdk/postgresql/fixture.hpp"

namespace gatehouse::test {
namespace {

constexpr const char* kInsert = "insert into test_item (name) values (:name)";

TEST_F(PostgresqlTest, AWriteWhoseSessionEndsIsRunAgainOnAnotherOne) {
  int runs = 0;
  const auto written = db.write([&](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "kept"));
    if (++runs == 1) end(second, process_of(session));
    GATEHOUSE_CHECK(session.run("update test_item set size = 5 where name = 'kept'"));
    return None{};
  });
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(2, runs);
  EXPECT_EQ(1, count());
}

TEST_F(PostgresqlTest, AWriteThatIsLostInItsCommitIsNotRunAgain) {
  int runs = 0;
  const auto written = db.write([&](Session& session) -> Result<None> {
    ++runs;
    GATEHOUSE_CHECK(session.run(kInsert, "unknown"));
    end(second, process_of(session));
    return None{};
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(ErrorCode::Unavailable, written.error().code);
  EXPECT_NE(std::string::npos, written.error().message.find("not known"));
  EXPECT_TRUE(opened.log.contains("storage_outcome_unknown"));
  EXPECT_EQ(1, runs);
}

TEST_F(PostgresqlTest, ASessionThatEndedWhileIdleCostsOneReader) {
  end(second, idle_process());
  const auto read = [&] {
    return db.read([](Session& session) { return session.get<std::int64_t>("select 1"); });
  };
  const auto first = read();
  ASSERT_FALSE(first);
  EXPECT_EQ(ErrorCode::Unavailable, first.error().code);
  EXPECT_TRUE(read());
}

// One that breaks says something about its neighbours: they are asked before they are lent.
TEST_F(PostgresqlTest, WhenAllIdleSessionsEndOnlyOneUseFails) {
  constexpr int kReaders = 4;
  std::vector<pid_t> processes(kReaders);
  std::barrier together(kReaders);
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&, i] {
      EXPECT_TRUE(db.read([&](Session& session) -> Result<None> {
        processes[static_cast<std::size_t>(i)] = process_of(session);
        together.arrive_and_wait();
        return None{};
      }));
    });
  }
  for (std::thread& reader : readers) reader.join();
  for (const pid_t process : processes) end(second, process);
  int failed = 0;
  for (int i = 0; i < 2 * kReaders; ++i) {
    const auto read =
        db.read([](Session& session) { return session.get<std::int64_t>("select 1"); });
    if (!read) ++failed;
  }
  EXPECT_LE(failed, 1);
}

class ShortLimit : public PostgresqlTest {
 protected:
  ShortLimit() {
    options.time_limit = std::chrono::milliseconds(300);
    short_.emplace(options);
  }
  Db& limited() { return (*short_)->for_plugin("test"); }
  std::optional<Opened> short_;
};

TEST_F(ShortLimit, AStatementThatTakesTooLongIsEndedByTheServer) {
  const auto slept = limited().read([](Session& session) {
    return session.get<std::int64_t>("select 1 from (select pg_sleep(60)) as sleep");
  });
  ASSERT_FALSE(slept);
  EXPECT_EQ(ErrorCode::Unavailable, slept.error().code);
}

// A server that says no (its time limit, its disk) is there, and so is the connection. Opening
// another for each refused write would cost the readers most of their rate.
TEST_F(ShortLimit, AConnectionOutlivesWhatTheServerRefuses) {
  const auto process = [&] {
    return limited().read([](Session& session) -> Result<pid_t> { return process_of(session); });
  };
  const auto before = process();
  const auto refused = limited().write([](Session& session) {
    return session.get<std::int64_t>("select 1 from (select pg_sleep(60)) as sleep");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(before.value(), process().value());
}

TEST_F(ShortLimit, ManyStatementsEndTogetherAtTheLimitOfTheirUse) {
  const auto slept = limited().read([](Session& session) -> Result<None> {
    for (;;) {
      GATEHOUSE_CHECK(session.get<std::int64_t>("select 1 from (select pg_sleep(0.05)) as sleep"));
    }
  });
  ASSERT_FALSE(slept);
  EXPECT_EQ(ErrorCode::Unavailable, slept.error().code);
}

// Neither the server's limits nor TCP's help against a process that is stopped.
TEST_F(ShortLimit, AServerThatIsFrozenHoldsNobodyForEver) {
  pid_t frozen = 0;
  const auto held = limited().read([&](Session& session) -> Result<None> {
    frozen = process_of(session);
    EXPECT_EQ(0, ::kill(frozen, SIGSTOP));
    GATEHOUSE_CHECK(session.get<std::int64_t>("select 1"));
    return None{};
  });
  EXPECT_EQ(0, ::kill(frozen, SIGCONT));
  ASSERT_FALSE(held);
  EXPECT_EQ(ErrorCode::Unavailable, held.error().code);
  EXPECT_TRUE(short_->log.contains("storage_hung: plugin test"));
  EXPECT_TRUE(
      limited().read([](Session& session) { return session.get<std::int64_t>("select 1"); }));
}

// SIGSTOP in mid-transaction, and the answer to the commit never comes.
TEST_F(ShortLimit, ACommitThatIsNeverAnsweredIsToldAsUnknown) {
  pid_t frozen = 0;
  const auto written = limited().write([&](Session& session) -> Result<None> {
    frozen = process_of(session);
    GATEHOUSE_CHECK(session.run(kInsert, "frozen"));
    EXPECT_EQ(0, ::kill(frozen, SIGSTOP));
    return None{};
  });
  EXPECT_EQ(0, ::kill(frozen, SIGCONT));
  ASSERT_FALSE(written);
  EXPECT_EQ(ErrorCode::Unavailable, written.error().code);
  EXPECT_TRUE(short_->log.contains("storage_outcome_unknown"));
}

// A try that begins late has only what is left of the time.
TEST_F(ShortLimit, AllTriesOfAWriteHaveOneLimit) {
  int runs = 0;
  const auto written = limited().write([&](Session& session) -> Result<None> {
    ++runs;
    const pid_t process = process_of(session);
    GATEHOUSE_CHECK(session.get<std::int64_t>("select 1 from (select pg_sleep(0.2)) as sleep"));
    end(second, process);
    GATEHOUSE_CHECK(session.get<std::int64_t>("select 1"));
    return None{};
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(ErrorCode::Unavailable, written.error().code);
  EXPECT_LE(runs, 2);
  EXPECT_TRUE(short_->log.contains("no time was left"));
}

TEST_F(PostgresqlTest, TheEnvironmentChangesNothing) {
  ::setenv("PGHOSTADDR", "192.0.2.1", 1);
  ::setenv("PGOPTIONS", "-c default_transaction_read_only=on", 1);
  ::setenv("PGSERVICE", "nobody", 1);
  Opened one(options);
  Db& door = one->for_plugin("test");
  EXPECT_TRUE(
      door.write([](Session& session) { return session.run(kInsert, "written"); }).has_value());
}

TEST_F(PostgresqlTest, AServerThatIsNotThereIsSaidToBeMissing) {
  options.postgresql.hosts = {folder.path()};  // no socket in it
  RecordedLog log;
  CountedMetrics metrics;
  FixedClock clock;
  const auto missing = Database::open(options, log, metrics, clock);
  ASSERT_FALSE(missing);
  EXPECT_EQ(ErrorCode::Unavailable, missing.error().code);
  EXPECT_NE(std::string::npos, missing.error().message.find("storage.postgresql: the database"));
  EXPECT_NE(std::string::npos, missing.error().message.find(folder.path()));
}

}  // namespace
}  // namespace gatehouse::test
