// What a transaction is worth: all or nothing, once per request, and again after a collision.
// SPDX-License-Identifier: Apache-2.0
#include <future>
#include <latch>
#include <stdexcept>

#include <soci/soci.h>
#include <sqlite3.h>

#include <gatehouse/beside_request.hpp>
#include <gatehouse/storage/native.hpp>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

constexpr Sql kInsert = "insert into test_item (name) values (:name)";

class TransactionTest : public StorageTest {};
class SqliteWriterTest : public StorageTest {};  // there is one connection that writes

TEST_F(TransactionTest, AValueCommitsAnErrorAndAnExceptionDoNot) {
  EXPECT_TRUE(insert("kept"));
  const auto refused = db.write([](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "refused"));
    return denied();
  });
  EXPECT_EQ(ErrorCode::PermissionDenied, refused.error().code);
  EXPECT_THROW((void)db.write([](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "thrown"));
    throw 42;
  }),
               int);
  EXPECT_EQ(1, count());
  EXPECT_TRUE(insert("after"));
  EXPECT_EQ(2, count());
}

TEST_F(TransactionTest, AReaderSeesWhatIsCommittedAndNothingElse) {
  const auto written = db.write([&](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "soon"));
    EXPECT_EQ(0, std::async(std::launch::async, [&] { return count(); }).get());
    return None{};
  });
  EXPECT_TRUE(written);
  EXPECT_EQ(1, count());
}

TEST_F(TransactionTest, AFailedStatementCannotBeSweptUnderTheCommit) {
  ASSERT_TRUE(insert("taken"));
  EXPECT_THROW((void)db.write([](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "half"));
    EXPECT_FALSE(session.run(kInsert, "taken"));
    return None{};
  }),
               std::logic_error);
  EXPECT_EQ(1, count());
}

TEST_F(TransactionTest, AReadInsideAWriteJoinsIt) {
  const auto written = db.write([&](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "inside"));
    EXPECT_EQ(1, count());
    EXPECT_EQ(1,
              opened->for_plugin("other")
                  .read([](Session& other) {
                    return other.get<std::int64_t>("select count(*) from test_item");
                  })
                  .value());
    EXPECT_THROW(
        (void)db.read([](Session& other) { return other.run(kInsert, "through the back door"); }),
        std::logic_error);
    return None{};
  });
  EXPECT_TRUE(written);
  EXPECT_EQ(1, count());
}

TEST_F(TransactionTest, AWriteInsideAReadOrAWriteFailsLoudlyInsteadOfWaitingForItself) {
  EXPECT_NE("", thrown<std::logic_error>([this] {
              (void)db.write([&](Session&) { return insert("inner"); });
            }));
  EXPECT_NE("", thrown<std::logic_error>([this] {
              (void)db.read([&](Session&) { return insert("inner"); });
            }));
  EXPECT_EQ(0, count());
}

TEST_F(TransactionTest, ARequestCommitsOneWrite) {
  {
    RequestScope request;
    EXPECT_TRUE(insert("first"));
    EXPECT_TRUE(request.committed());
    EXPECT_NE("", thrown<std::logic_error>([this] { (void)insert("second"); }));
    EXPECT_FALSE(db.write([](Session&) -> Result<None> { return not_found(); }));
    EXPECT_EQ(1, count());
  }
  RequestScope next;
  EXPECT_TRUE(insert("second"));
}

TEST_F(TransactionTest, AWriteBesideTheRequestIsNotItsOwn) {
  RequestScope request;
  int hooks = 0;
  request.before_commit([&](Session&) { ++hooks; });
  for (const char* name : {"one", "two"}) {
    const BesideRequest beside;
    EXPECT_TRUE(insert(name));
  }
  EXPECT_FALSE(request.committed());
  EXPECT_EQ(0, hooks);
  EXPECT_TRUE(insert("the request's"));
  EXPECT_TRUE(request.committed());
  EXPECT_EQ(1, hooks);
  {
    const BesideRequest beside;
    EXPECT_TRUE(insert("afterwards"));
  }
  EXPECT_NE("", thrown<std::logic_error>([this] { (void)insert("second"); }));
  EXPECT_EQ(4, count());
}

TEST_F(TransactionTest, WhatWasRolledBackDoesNotCountForTheRequest) {
  RequestScope request;
  EXPECT_FALSE(insert("bad size", 0));
  EXPECT_FALSE(request.committed());
  EXPECT_TRUE(insert("good size", 1));
}

TEST_F(TransactionTest, OutsideARequestWritesAreNotCounted) {
  EXPECT_EQ(nullptr, RequestScope::current());
  EXPECT_TRUE(insert("a"));
  EXPECT_TRUE(insert("b"));
}

TEST_F(TransactionTest, TheHookBeforeCommitIsPartOfTheTransaction) {
  RequestScope request;
  request.before_commit([](Session& session) { ASSERT_TRUE(session.run(kInsert, "by the hook")); });
  EXPECT_TRUE(insert("by the handler"));
  EXPECT_EQ(2, count());

  RequestScope failing;
  failing.before_commit([](Session&) { throw std::runtime_error("no"); });
  EXPECT_THROW((void)insert("never"), std::runtime_error);
  EXPECT_EQ(2, count());
}

TEST_F(TransactionTest, AFailedStatementOfTheHookIsNotCommittedEither) {
  ASSERT_TRUE(insert("taken"));
  RequestScope request;
  request.before_commit([](Session& session) { EXPECT_FALSE(session.run(kInsert, "taken")); });
  EXPECT_THROW((void)insert("new"), std::logic_error);
  EXPECT_EQ(1, count());
}

TEST_F(TransactionTest, AHeldCommitShowsItsRowsToItsRequestAndToNobodyElse) {
  RequestScope request;
  request.hold_commit();
  EXPECT_FALSE(request.is_held());
  ASSERT_TRUE(insert("held"));
  EXPECT_TRUE(request.is_held());
  EXPECT_FALSE(request.committed());
  EXPECT_EQ(1, count());
  EXPECT_EQ(0, std::async(std::launch::async, [this] { return count(); }).get());

  const auto done = request.commit_held([](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.run(kInsert, "with it"));
    return None{};
  });
  EXPECT_TRUE(done);
  EXPECT_TRUE(request.committed());
  EXPECT_FALSE(request.is_held());
  EXPECT_EQ(2, std::async(std::launch::async, [this] { return count(); }).get());
}

TEST_F(TransactionTest, WhatIsHeldIsGoneWhenTheRequestEndsWithoutACommit) {
  {
    RequestScope request;
    request.hold_commit();
    ASSERT_TRUE(insert("never"));
  }
  EXPECT_EQ(0, count());
  {
    RequestScope request;
    request.hold_commit();
    ASSERT_TRUE(insert("refused"));
    EXPECT_FALSE(request.commit_held([](Session&) -> Result<None> { return denied(); }));
  }
  {
    RequestScope request;
    request.hold_commit();
    ASSERT_TRUE(insert("thrown"));
    EXPECT_THROW((void)request.commit_held([](Session&) -> Result<None> { throw 42; }), int);
  }
  EXPECT_EQ(0, count());
  EXPECT_TRUE(insert("after"));  // the writer is free again
}

TEST_F(SqliteWriterTest, WhatIsHeldTooLongIsRolledBackForAWriterThatWaits) {
  RequestScope request;
  request.hold_commit();
  ASSERT_TRUE(insert("held"));
  EXPECT_FALSE(request.has_lost_hold());
  // Three stand in the queue, the first to come back for the connection serves them all.
  std::vector<std::future<bool>> others;
  for (const char* name : {"a", "b", "c"}) {
    others.push_back(std::async(std::launch::async, [this, name] { return bool(insert(name)); }));
  }
  for (auto& other : others) EXPECT_TRUE(other.get());
  EXPECT_TRUE(request.has_lost_hold());

  const auto seen = db.read([](Session& session) {
    ADD_FAILURE() << "on a connection that is another's";
    return session.get<std::int64_t>("select count(*) from test_item");
  });
  EXPECT_EQ(ErrorCode::Unavailable, seen.error().code);
  EXPECT_THROW((void)insert("second"), std::logic_error);
  const auto done = request.commit_held([](Session&) -> Result<None> {
    ADD_FAILURE() << "on a connection that is another's";
    return None{};
  });
  EXPECT_EQ(ErrorCode::Unavailable, done.error().code);
  EXPECT_TRUE(request.has_lost_hold());
  EXPECT_FALSE(request.committed());
  EXPECT_EQ(3, count());
}

TEST_F(SqliteWriterTest, WhatIsHeldIsNotTakenWhileItsRequestReads) {
  RequestScope request;
  request.hold_commit();
  ASSERT_TRUE(insert("held"));
  const auto read = db.read([this](Session& session) {
    EXPECT_FALSE(std::async(std::launch::async, [this] { return bool(insert("other")); }).get());
    EXPECT_EQ(1, count());  // a read in a read
    return session.get<std::int64_t>("select count(*) from test_item");
  });
  EXPECT_EQ(1, read.value());
  EXPECT_FALSE(request.has_lost_hold());
  EXPECT_TRUE(request.commit_held([](Session&) -> Result<None> { return None{}; }));
  EXPECT_EQ(1, count());
}

// SQLite looks at the clock every 10,000 steps, which it counts over all runs of a statement: then
// a ROLLBACK, of three steps, was stopped for the time limit of what it should end.
TEST(SqliteTimeLimit, OfARefusalThatCameLateIsNotThatOfItsRollback) {
  const Folder folder;
  DatabaseOptions options = options_in(folder);
  options.time_limit = std::chrono::milliseconds(8);
  Opened opened(options);
  Db& db = opened->for_plugin("test");
  const auto refuse = [](Session&) -> Result<None> { return denied(); };
  const auto refuse_late = [&](Session& session) -> Result<None> {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually(
        [&] { return std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(16); }));
    return refuse(session);
  };
  for (int i = 0; i < 3'310; ++i) (void)db.write(refuse);
  for (int i = 0; i < 40; ++i) {
    (void)db.write(refuse_late);
    ASSERT_TRUE(db.write([](Session&) -> Result<None> { return None{}; })) << i;
  }
}

TEST_F(TransactionTest, WhatNobodyWaitsForIsHeldHoweverLongItTakes) {
  RequestScope request;
  request.hold_commit();
  ASSERT_TRUE(insert("held"));
  const auto held_since = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] {
    return std::chrono::steady_clock::now() - held_since > std::chrono::milliseconds(300);
  }));
  EXPECT_TRUE(request.commit_held([](Session&) -> Result<None> { return None{}; }));
  EXPECT_EQ(1, count());
}

TEST_F(TransactionTest, AWriteAfterAHeldOneIsTheSecondOfItsRequest) {
  RequestScope request;
  request.hold_commit();
  EXPECT_FALSE(db.write([](Session&) -> Result<None> { return not_found(); }));
  EXPECT_FALSE(request.is_held());
  ASSERT_TRUE(insert("first"));
  EXPECT_NE(thrown<std::logic_error>([this] { (void)insert("second"); }).find("a second"),
            std::string::npos);
}

TEST_F(TransactionTest, AWriteInsideTheReadOfAnotherDatabaseIsHeldAsWell) {
  const Folder elsewhere;
  Opened other(options_in(elsewhere));
  RequestScope request;
  request.hold_commit();
  const auto written = other->for_plugin("test").read([this](Session&) { return insert("held"); });
  ASSERT_TRUE(written);
  EXPECT_EQ(1, count());
  EXPECT_TRUE(request.commit_held([](Session&) -> Result<None> { return None{}; }));
  EXPECT_EQ(1, std::async(std::launch::async, [this] { return count(); }).get());
}

TEST_F(TransactionTest, AHeldCommitThatFailsLeavesNothing) {
  RequestScope request;
  request.hold_commit();
  ASSERT_TRUE(insert("held"));
  EXPECT_THROW((void)request.commit_held([](Session& session) -> Result<None> {
    native_session(session) << "rollback";  // as the engine does by itself on a full disk
    return None{};
  }),
               std::runtime_error);
  EXPECT_FALSE(request.committed());
  EXPECT_EQ(0, count());
}

TEST_F(TransactionTest, AnAuditEventJoinsTheTransaction) {
  opened->set_audit_sink([](Session& session, const AuditEvent& event) {
    ASSERT_TRUE(session.run(kInsert, event.action));
  });
  const auto write = [this](bool keep) {
    return db.write([&](Session& session) -> Result<None> {
      session.audit({.action = "item.created"});
      if (!keep) return denied();
      return None{};
    });
  };
  EXPECT_FALSE(write(false));
  EXPECT_EQ(0, count());
  EXPECT_TRUE(write(true));
  EXPECT_EQ(1, count());
  EXPECT_THROW((void)db.read([](Session& session) -> Result<None> {
    session.audit({.action = "x.y"});
    return None{};
  }),
               std::logic_error);
}

TEST_F(TransactionTest, AnEventThatNobodyWantsCostsNothing) {
  EXPECT_TRUE(db.write([](Session& session) -> Result<None> {
    session.audit({.action = "item.created"});
    return None{};
  }));
}

// Another process's lock, played by a connection of its own.
class Intruder {
 public:
  explicit Intruder(const std::string& path) {
    EXPECT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &db_));
  }
  ~Intruder() { sqlite3_close(db_); }
  void run(const char* sql) {
    EXPECT_EQ(SQLITE_OK, sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)) << sqlite3_errmsg(db_);
  }

 private:
  sqlite3* db_ = nullptr;
};

TEST(SqliteLockedDatabase, AForeignLockEndsAsUnavailableAndLeavesNothingBehind) {
  Folder folder;
  DatabaseOptions options = options_in(folder);
  options.sqlite.busy_timeout = std::chrono::milliseconds(50);
  Opened opened(options);
  ASSERT_TRUE(opened->migrate("test", {{"0001", "t", "create table test_t (x bigint)"}}).empty());
  Db& db = opened->for_plugin("test");
  const auto write = [&] {
    return db.write([](Session& session) { return session.run("insert into test_t values (1)"); });
  };
  Intruder intruder(options.sqlite.path);
  intruder.run("begin immediate");
  const auto outcome = write();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(ErrorCode::Unavailable, outcome.error().code);
  EXPECT_TRUE(opened.log.contains("storage_busy"));
  // Readers do not care.
  EXPECT_EQ(0, db.read([](Session& session) {
                   return session.get<std::int64_t>("select count(*) from test_t");
                 }).value());
  intruder.run("rollback");
  EXPECT_TRUE(write());
}

TEST_F(SqliteWriterTest, ACollisionRunsTheCallbackAgainFromTheStart) {
  // A deferred transaction on the raw session, whose snapshot another connection makes stale: the
  // SQLITE_BUSY_SNAPSHOT that no busy handler waits for.
  ASSERT_TRUE(insert("a", 1));
  Intruder intruder(options.sqlite.path);
  int runs = 0;
  const auto outcome = db.write([&](Session& session) -> Result<std::int64_t> {
    ++runs;
    if (runs == 1) {
      soci::session& raw = native_session(session);
      raw.rollback();
      raw.begin();
      int seen = 0;
      raw << "select count(*) from test_item", soci::into(seen);
      intruder.run("update test_item set size = 50");
    }
    return session.run("update test_item set size = size + 1");
  });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(2, runs);
  EXPECT_EQ(51, db.read([](Session& session) {
                    return session.get<std::int64_t>("select size from test_item");
                  }).value());
}

}  // namespace
}  // namespace gatehouse::test
