// The database as a file: its name, its mode, its settings, and what is in it after a crash.
// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <fstream>
#include <set>

#include <soci/soci.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gatehouse/storage/native.hpp>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

class SqliteFileTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Database>> open(const std::string& path) {
    DatabaseOptions options;
    options.sqlite.path = path;
    return Database::open(options, log, metrics, clock);
  }
  static unsigned mode(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(0, ::stat(path.c_str(), &status)) << path;
    return status.st_mode & 0777U;
  }
  RecordedLog log;
  CountedMetrics metrics;
  FixedClock clock;
  Folder folder;
};

TEST_F(SqliteFileTest, APathIsTakenAsItIsWritten) {
  for (const char* name : {"plain.db",
                           "with space.db",
                           "two  spaces and more .db",
                           "a=b timeout=9.db",
                           "ümläut %41.db",
                           "file:x?mode=memory",
                           "back\\slash",
                           ":memory:"}) {
    SCOPED_TRACE(name);
    const std::string path = folder.file(name);
    auto database = open(path);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_TRUE((*database)->migrate("a", {{"0001", "t", "create table a_t (x bigint)"}}).empty());
    (*database)->close();
    EXPECT_GT(std::filesystem::file_size(path), 0U);
  }
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    files.insert(entry.path().filename());
  }
  EXPECT_EQ(8U, files.size());  // and nothing beside them
}

TEST_F(SqliteFileTest, APathThatWouldBeMisreadIsRefusedWithTheKeysName) {
  for (const char* name : {"quo\"te.db", "quo'te.db", "line\nbreak.db", "bell\a.db"}) {
    const auto database = open(folder.file(name));
    ASSERT_FALSE(database) << name;
    EXPECT_EQ(ErrorCode::InvalidArgument, database.error().code);
    EXPECT_NE(std::string::npos, database.error().message.find("storage.sqlite.path"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(SqliteFileTest, AFolderOrAFileInTheWayIsRefusedWithItsName) {
  std::ofstream(folder.file("file")) << "x";
  for (const std::string& path : {folder.path(), folder.file("file/test.db")}) {
    const auto database = open(path);
    ASSERT_FALSE(database) << path;
    EXPECT_EQ(ErrorCode::InvalidArgument, database.error().code);
    EXPECT_NE(std::string::npos, database.error().message.find(folder.path()));
  }
}

TEST_F(SqliteFileTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  const auto database = open(folder.file("text.db"));
  ASSERT_FALSE(database);
  EXPECT_NE(std::string::npos, database.error().message.find("not a database"))
      << database.error().message;
}

TEST_F(SqliteFileTest, FoldersAndFilesAreMadeForTheOwnerAlone) {
  const std::string path = folder.file("new/deep/test.db");
  auto database = open(path);
  ASSERT_TRUE(database);
  EXPECT_TRUE((*database)->migrate("a", {{"0001", "t", "create table a_t (x bigint)"}}).empty());
  EXPECT_EQ(0700U, mode(folder.file("new")));
  EXPECT_EQ(0700U, mode(folder.file("new/deep")));
  for (const char* suffix : {"", "-wal", "-shm"}) EXPECT_EQ(0600U, mode(path + suffix)) << suffix;
  EXPECT_FALSE(log.contains("storage_file_mode"));
  ::chmod(path.c_str(), 0644);
  EXPECT_TRUE(open(path));
  EXPECT_TRUE(log.contains("storage_file_mode"));
}

// Without it, SQLite looks for it on the disk at each read until the first write.
TEST_F(SqliteFileTest, TheLogStaysWhenTheConnectionThatMigratedIsClosed) {
  const std::string path = folder.file("t.db");
  auto database = open(path);
  ASSERT_TRUE(database);
  EXPECT_TRUE((*database)->migrate("a", {{"0001", "t", "create table a_t (x bigint)"}}).empty());
  EXPECT_TRUE(std::filesystem::exists(path + "-wal"));
}

TEST_F(SqliteFileTest, APathThatIsRelativeStaysWhereItWasOpened) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto database = open("relative.db");
  std::filesystem::current_path("/");
  ASSERT_TRUE(database);
  EXPECT_TRUE((*database)->migrate("a", {{"0001", "t", "create table a_t (x bigint)"}}).empty());
  EXPECT_TRUE((*database)->health());
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(folder.file("relative.db")));
}

TEST_F(SqliteFileTest, WithoutAPathTheDatabaseIsPrivateAndGoneAtTheEnd) {
  auto one = open("");
  auto two = open("");
  ASSERT_TRUE(one);
  ASSERT_TRUE(two);
  std::string path;
  const Migrations migrations = {{"0001", "t", "create table a_t (x bigint)"}};
  EXPECT_TRUE((*one)->migrate("a", migrations).empty());
  EXPECT_TRUE((*two)->status().value().empty());
  EXPECT_TRUE((*one)->for_plugin("a").read([&](Session& session) -> Result<None> {
    GATEHOUSE_TRY(path, session.get<std::string>("select file from pragma_database_list"));
    return None{};
  }));
  EXPECT_TRUE(std::filesystem::exists(path));
  one->reset();
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST_F(SqliteFileTest, EveryConnectionHasTheSettingsThatSafetyRestsOn) {
  auto database = open(folder.file("test.db"));
  ASSERT_TRUE(database);
  const auto check = [](Session& session) -> Result<None> {
    struct Case {
      Sql sql;
      std::string value;
    };
    const Case cases[] = {
        {"select journal_mode || '' from pragma_journal_mode", "wal"},
        {"select foreign_keys || '' from pragma_foreign_keys", "1"},
        {"select synchronous || '' from pragma_synchronous", "2"},
        {"select trusted_schema || '' from pragma_trusted_schema", "0"},
        {"select timeout || '' from pragma_busy_timeout", "5000"},
    };
    for (const Case& one : cases) {
      EXPECT_EQ(one.value, session.get<std::string>(one.sql).value());
    }
    return None{};
  };
  Db& db = (*database)->for_plugin("a");
  EXPECT_TRUE(db.read(check));
  EXPECT_TRUE(db.write(check));
}

TEST_F(SqliteFileTest, ATransactionThatAnExpertLeavesOpenInAReadIsEnded) {
  auto database = open(folder.file("test.db"));
  Db& db = (*database)->for_plugin("a");
  ASSERT_TRUE((*database)->migrate("a", {{"0001", "t", "create table a_t (x bigint)"}}).empty());
  const auto count = [&](bool left_open) {
    return db.read([&](Session& session) -> Result<std::int64_t> {
      if (left_open) {
        native_session(session).begin();
        GATEHOUSE_CHECK(session.get<std::int64_t>("select count(*) from a_t"));
        return not_found();
      }
      return session.get<std::int64_t>("select count(*) from a_t");
    });
  };
  EXPECT_FALSE(count(true));
  ASSERT_TRUE(db.write([](Session& session) { return session.run("insert into a_t values (1)"); }));
  EXPECT_EQ(1, count(false).value());
}

TEST_F(SqliteFileTest, ClosingLeavesNoDescriptorBehindHoweverManyStatementsWereCached) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto use = [&] {
    auto database = open(folder.file("test.db"));
    const Migrations migrations = {{"0001", "t", "create table a_t (x bigint)"}};
    EXPECT_TRUE((*database)->migrate("a", migrations).empty());
    Db& db = (*database)->for_plugin("a");
    const auto insert = [](Session& session) { return session.run("insert into a_t values (1)"); };
    EXPECT_TRUE(db.write(insert));
    EXPECT_TRUE(
        db.read([](Session& session) { return session.find<std::int64_t>("select x from a_t"); }));
  };
  use();
  const auto before = descriptors();
  for (int i = 0; i < 5; ++i) use();
  EXPECT_EQ(before, descriptors());
}

TEST_F(SqliteFileTest, ADatabaseThatIsFullIsUnavailableAndWorksAgainWhenItIsNot) {
  auto database = open(folder.file("test.db"));
  Db& db = (*database)->for_plugin("a");
  ASSERT_TRUE((*database)->migrate("a", {{"0001", "t", "create table a_t (x text)"}}).empty());
  const auto fill = [&](const char* limit) {
    return db.write([&](Session& session) -> Result<std::int64_t> {
      if (limit != nullptr) native_session(session) << limit;
      return session.run("insert into a_t values (hex(zeroblob(100000)))");
    });
  };
  const auto full = fill("pragma max_page_count=10");
  ASSERT_FALSE(full);
  EXPECT_EQ(ErrorCode::Unavailable, full.error().code);
  EXPECT_TRUE(log.contains(": database or disk is full (13)"));
  EXPECT_TRUE(fill(nullptr));  // on a new connection: the old one was in doubt
}

TEST_F(SqliteFileTest, AKilledWriterLosesNoRowItHasAcknowledged) {
  const std::string path = folder.file("test.db");
  const Migrations migrations = {
      {"0001", "t", "create table a_t (x bigint primary key, twice bigint not null)"}};
  ASSERT_TRUE((*open(path))->migrate("a", migrations).empty());
  std::int64_t next = 0;
  for (int round = 0; round < 5; ++round) {
    int pipe[2];
    ASSERT_EQ(0, ::pipe(pipe));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      auto database = open(path);
      for (std::int64_t i = next; database; ++i) {
        const auto stored =
            (*database)->for_plugin("a").write([i](Session& session) -> Result<None> {
              GATEHOUSE_CHECK(session.run("insert into a_t values (:x, 0)", i));
              GATEHOUSE_CHECK(session.run("update a_t set twice = :t where x = :x", 2 * i, i));
              return None{};
            });
        if (!stored || ::write(pipe[1], &i, sizeof i) != sizeof i) break;
      }
      ::_exit(1);
    }
    ::close(pipe[1]);
    std::int64_t acknowledged = -1;
    std::int64_t last = -1;
    while (::read(pipe[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
      last = acknowledged;
      if (last == next + 40) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(child, ::waitpid(child, &status, 0));
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_GE(last, next + 40);

    auto database = open(path);
    ASSERT_TRUE(database);
    const auto rows =
        (*database)
            ->for_plugin("a")
            .read([](Session& session) -> Result<std::int64_t> {
              EXPECT_EQ(
                  "ok",
                  session.get<std::string>("select integrity_check from pragma_integrity_check")
                      .value());
              EXPECT_EQ(0,
                        session.get<std::int64_t>("select count(*) from a_t where twice <> 2 * x")
                            .value());
              return session.get<std::int64_t>("select count(*) from a_t");
            })
            .value();
    EXPECT_GE(rows, last + 1);  // all acknowledged ones, and perhaps one whose word was not out yet
    EXPECT_LE(rows, last + 2);
    next = rows;
  }
}

}  // namespace
}  // namespace gatehouse::test
