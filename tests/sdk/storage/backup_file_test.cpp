// Copies of a SQLite database while others write to it, and sole use of one.
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <thread>

#include <gatehouse/runtime/sqlite_file.hpp>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

// Both tables get a row in each transaction: a copy that is of one moment has as many in both.
constexpr Migration kPairs{"0001",
                           "pairs",
                           "create table a_left (id integer primary key autoincrement, x text);"
                           "create table a_right (id integer primary key autoincrement, x text);"};

std::int64_t count(Db& db, Sql sql) {
  return db.read([&](Session& session) { return session.get<std::int64_t>(sql); }).value();
}

std::string empty_file(const Folder& folder, std::string_view name) {
  const std::ofstream made(folder.file(name));
  return folder.file(name);
}

class SqliteBackup : public ::testing::Test {
 protected:
  SqliteBackup() { EXPECT_TRUE(opened->migrate("a", {kPairs}).empty()); }
  bool add_pair(std::string_view text) {
    return db
        .write([&](Session& session) -> Result<None> {
          GATEHOUSE_CHECK(session.run("insert into a_left (x) values (:x)", text));
          GATEHOUSE_CHECK(session.run("insert into a_right (x) values (:x)", text));
          return None{};
        })
        .has_value();
  }
  DatabaseOptions sqlite_options() const {
    DatabaseOptions chosen;
    chosen.sqlite.path = folder.file("test.db");
    chosen.sqlite.synchronous = Synchronous::Normal;
    return chosen;
  }
  Folder folder;
  DatabaseOptions options = sqlite_options();
  Opened opened{options};
  Db& db = opened->for_plugin("a");
};

TEST_F(SqliteBackup, ACopyIsOfOneMomentAndKeepsNobodyFromWriting) {
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(add_pair(std::string(4'000, 'x')));
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    while (!stop) {
      if (add_pair("more")) ++written;
    }
  });
  for (int i = 0; i < 5; ++i) {
    const int before = written;
    const std::string copy = empty_file(folder, "copy" + std::to_string(i));
    const auto copied = copy_sqlite_file(options.sqlite.path, copy);
    EXPECT_TRUE(copied) << copied.error().message;
    EXPECT_TRUE(check_sqlite_file(copy));
    EXPECT_TRUE(eventually([&] { return written > before; }));
    DatabaseOptions other = options;
    other.sqlite.path = copy;
    Opened read(other);
    Db& copied_db = read->for_plugin("a");
    const std::int64_t left = count(copied_db, "select count(*) from a_left");
    EXPECT_GE(left, 200);
    EXPECT_EQ(left, count(copied_db, "select count(*) from a_right"));
  }
  stop = true;
  writer.join();
}

TEST_F(SqliteBackup, ACopyIsOneFile) {
  ASSERT_TRUE(add_pair("x"));
  const std::string copy = empty_file(folder, "copy");
  ASSERT_TRUE(copy_sqlite_file(options.sqlite.path, copy));
  for (const char* ending : {"-wal", "-shm", "-journal"}) {
    EXPECT_FALSE(std::filesystem::exists(copy + ending)) << ending;
  }
}

TEST_F(SqliteBackup, WhatIsNoDatabaseIsTold) {
  const std::string file = empty_file(folder, "file");
  EXPECT_EQ(ErrorCode::InvalidArgument, check_sqlite_file(file).error().code);
  std::ofstream(file) << std::string(10'000, 'x');
  EXPECT_EQ(ErrorCode::InvalidArgument, check_sqlite_file(file).error().code);
  EXPECT_EQ(ErrorCode::InvalidArgument,
            copy_sqlite_file(file, empty_file(folder, "copy")).error().code);
  EXPECT_EQ(ErrorCode::Unavailable, check_sqlite_file(folder.file("none")).error().code);
}

TEST_F(SqliteBackup, SoleUseIsHadByOneAloneAndKnowsTheLastNumbers) {
  ASSERT_TRUE(add_pair("x"));
  ASSERT_TRUE(add_pair("x"));
  EXPECT_EQ(ErrorCode::Conflict, SoleSqliteUse::take(options.sqlite.path).error().code);
  opened->close();
  const auto sole = SoleSqliteUse::take(options.sqlite.path);
  ASSERT_TRUE(sole) << sole.error().message;
  EXPECT_EQ((std::map<std::string, std::int64_t>{{"a_left", 2}, {"a_right", 2}}),
            sole->sequences().value());
  EXPECT_FALSE(std::filesystem::exists(options.sqlite.path + "-wal"));
  EXPECT_EQ(ErrorCode::Conflict, SoleSqliteUse::take(options.sqlite.path).error().code);
}

}  // namespace
}  // namespace gatehouse::test
