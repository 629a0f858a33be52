// Migrations: each once, in order, whole, and only on the plugin's own tables.
// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

constexpr Migration kNotes{"0001", "notes", "create table notes_note (id integer primary key)"};
constexpr Migration kTags{"0002",
                          "tags",
                          "create table notes_tag (note bigint, tag text);\n"
                          "-- comments: and ':colons' are nothing special here\n"
                          "create index notes_tag_tag on notes_tag (tag);"
                          "insert into notes_tag values (1, 'a;b'), (2, ':c');"};

// Tables and indexes, but for what a constraint makes.
constexpr Sql kCountTables("select count(*) from sqlite_master where name like :name",
                           "select count(*) from pg_class c where relname like :name"
                           " and relnamespace = cast(current_schema() as regnamespace)"
                           " and relkind in ('r', 'i', 'v')"
                           " and not exists (select from pg_constraint where conindid = c.oid)");

class MigrationTest : public ::testing::Test {
 protected:
  std::vector<std::string> migrate(const Migrations& migrations,
                                   std::string_view plugin = "notes") {
    return opened->migrate(plugin, migrations);
  }
  std::int64_t tables(std::string_view like) {
    return opened->for_plugin("notes")
        .read([&](Session& session) { return session.get<std::int64_t>(kCountTables, like); })
        .value();
  }
  void expect_refused(const Migrations& migrations, std::string_view says) {
    const auto before = opened->status().value().size();
    const auto problems = migrate(migrations);
    ASSERT_EQ(1U, problems.size());
    EXPECT_NE(std::string::npos, problems[0].find("plugin 'notes': ")) << problems[0];
    EXPECT_NE(std::string::npos, problems[0].find(says)) << problems[0];
    EXPECT_EQ(before, opened->status().value().size());
  }
  bool is_sqlite() const { return options_in(folder).engine == Engine::Sqlite; }
  const std::vector<std::string> fine;
  Folder folder;
  Opened opened{options_in(folder)};
};

TEST_F(MigrationTest, AllStatementsOfAScriptRun) {
  EXPECT_EQ(fine, migrate({kNotes, kTags}));
  EXPECT_EQ(3, tables("notes%"));
  EXPECT_EQ(2,
            opened->for_plugin("notes")
                .read([](Session& session) {
                  return session.get<std::int64_t>("select count(*) from notes_tag");
                })
                .value());
}

TEST_F(MigrationTest, EachStepIsAppliedOnceAndRecorded) {
  EXPECT_TRUE(opened->status().value().empty());
  EXPECT_EQ(fine, migrate({kNotes}));
  EXPECT_EQ(fine, migrate({kNotes, kTags}));
  EXPECT_EQ(fine, migrate({kNotes, kTags}));
  const auto status = opened->status().value();
  ASSERT_EQ(2U, status.size());
  EXPECT_EQ("notes", status[1].plugin);
  EXPECT_EQ("0002", status[1].version);
  EXPECT_EQ("tags", status[1].name);
  EXPECT_EQ(64U, status[1].checksum.size());
  EXPECT_EQ(FixedClock().now(), status[1].applied_at);
}

TEST_F(MigrationTest, AnEditedStepIsRefused) {
  EXPECT_EQ(fine, migrate({kNotes}));
  expect_refused({{"0001", "notes", "create table notes_note (id bigint)"}, kTags},
                 "migration 0001 'notes' was edited after it was applied");
  EXPECT_EQ(0, tables("notes_tag"));
}

TEST_F(MigrationTest, ADatabaseNewerThanThePluginIsRefused) {
  EXPECT_EQ(fine, migrate({kNotes, kTags}));
  expect_refused({kNotes}, "newer than the plugin: it has migration 0002 'tags'");
  expect_refused({}, "newer than the plugin: it has migration 0001 'notes', the plugin knows none");
}

TEST_F(MigrationTest, AGapIsRefusedInTheListAndInTheDatabase) {
  expect_refused({kTags}, "migration 0002 'tags' stands where 0001 belongs");
  expect_refused({kNotes, {"0003", "late", ""}}, "stands where 0002 belongs");
  expect_refused({kNotes, {"2", "short", ""}}, "stands where 0002 belongs");
  EXPECT_EQ(fine, migrate({kNotes, kTags}));
  ASSERT_TRUE(opened->for_plugin("host").write([](Session& session) {
    return session.run("delete from gatehouse_migration where version = '0001'");
  }));
  expect_refused({kNotes, kTags}, "migration 0001 was never applied, but 0002 'tags' was");
}

TEST_F(MigrationTest, ABrokenStepLeavesNothingBehindNorDoesItsPredecessor) {
  expect_refused({kNotes,
                  {"0002",
                   "more",
                   "create table notes_more (id bigint); create tabel notes_other (id bigint)"}},
                 "migration 0002 'more' failed: ");
  EXPECT_EQ(0, tables("notes%"));
  EXPECT_EQ(fine, migrate({kNotes}));
}

TEST_F(MigrationTest, NamesWithoutThePluginsPrefixAreRefused) {
  ASSERT_EQ(fine,
            migrate({{"0001", "t", "create table users_user (id bigint, name text)"}}, "users"));
  struct Case {
    Sql script;
    const char* says;
  };
  const Case cases[] = {
      {"create table note (id bigint)", "makes 'note'"},
      {"create table notesnote (id bigint)", "makes 'notesnote'"},
      {"create table notes_a (id bigint); create index a on notes_a (id)", "makes 'a'"},
      {"create view v as select 1", "makes 'v'"},
      {"create index notes_i on notes_none (id); ", "notes_none"},
      {"alter table users_user add column x bigint", "changes 'users_user'"},
      {"drop table users_user", "drops 'users_user'"},
      {"drop table gatehouse_migration", "drops 'gatehouse_migration'"},
  };
  for (const Case& one : cases) {
    expect_refused({{"0001", "x", one.script}}, one.says);
  }
  EXPECT_EQ(0, tables("note%"));
}

TEST_F(MigrationTest, AScriptStaysInsideTheHostsTransaction) {
  // PostgreSQL takes a begin or a savepoint in there for nothing; what stood before a commit stays.
  const std::vector<Sql> scripts =
      is_sqlite() ? std::vector<Sql>{"create table notes_a (id bigint); commit",
                                     "begin",
                                     "rollback",
                                     "savepoint x",
                                     "pragma foreign_keys=off",
                                     "attach ':memory:' as x"}
                  : std::vector<Sql>{"commit", "rollback", "end", "commit; begin"};
  for (const Sql& script : scripts) {
    expect_refused({{"0001", "x", script}}, "runs inside the host's transaction");
  }
  EXPECT_EQ(0, tables("note%"));
  EXPECT_EQ(fine, migrate({kNotes}));
}

TEST_F(MigrationTest, FullTextTablesAndAutomaticIndexesArePossible) {
  if (!is_sqlite()) GTEST_SKIP() << "about SQLite";
  EXPECT_EQ(fine,
            migrate({{"0001",
                      "text",
                      "create virtual table notes_text using fts5(body, tokenize='trigram');"
                      "insert into notes_text values ('hello world');"
                      "create table notes_key (k text primary key) without rowid;"
                      "create table notes_count (id integer primary key autoincrement)"}}));
}

TEST_F(MigrationTest, PluginsDoNotDisturbEachOther) {
  EXPECT_EQ(fine, migrate({kNotes}));
  EXPECT_EQ(fine, migrate({{"0001", "t", "create table tags_t (id bigint)"}}, "tags"));
  EXPECT_EQ(fine, migrate({kNotes, kTags}));
  const auto status = opened->status().value();
  ASSERT_EQ(3U, status.size());
  EXPECT_EQ("tags", status[2].plugin);
}

TEST_F(MigrationTest, StepsAreToldAsThePluginAndTheDatabaseKnowThem) {
  const auto told = [&](const Migrations& migrations) {
    std::string all;
    for (const MigrationStep& step : migration_steps(
             options_in(folder).engine, "notes", migrations, opened->status().value())) {
      all += step.version + (step.applied_at ? " applied" : " missing");
      all += step.trouble.empty() ? "; " : " !; ";
    }
    return all;
  };
  EXPECT_EQ("0001 missing; 0002 missing; ", told({kNotes, kTags}));
  EXPECT_EQ("0002 missing !; ", told({kTags}));
  ASSERT_EQ(fine, migrate({{"0001", "t", "create table tags_t (id bigint)"}}, "tags"));
  ASSERT_EQ(fine, migrate({kNotes}));
  EXPECT_EQ("0001 applied; 0002 missing; ", told({kNotes, kTags}));
  ASSERT_EQ(fine, migrate({kNotes, kTags}));
  EXPECT_EQ("0001 applied; 0002 applied !; ", told({kNotes}));
  EXPECT_EQ("0001 applied !; 0002 applied; ", told({{"0001", "notes", "select 1"}, kTags}));
}

TEST_F(MigrationTest, WithCheckNothingIsAppliedAndOneLineSaysWhatIsMissing) {
  DatabaseOptions careful = options_in(folder);
  careful.migrations = MigrationMode::Check;
  Opened checking(careful);
  EXPECT_EQ(std::vector<std::string>{"plugin 'notes': migrations 0001 'notes', 0002 'tags' are "
                                     "missing, and storage.migrations is check: `gatehouse "
                                     "migrate` applies them"},
            checking->migrate("notes", {kNotes, kTags}));
  EXPECT_EQ(0, tables("%"));

  ASSERT_EQ(fine, migrate({kNotes}));
  EXPECT_EQ(fine, checking->migrate("notes", {kNotes}));
  const auto problems = checking->migrate("notes", {kNotes, kTags});
  ASSERT_EQ(1U, problems.size());
  EXPECT_NE(std::string::npos, problems[0].find("migration 0002 'tags' is missing")) << problems[0];
  ASSERT_EQ(fine, migrate({kNotes, kTags}));
  const auto edited = checking->migrate("notes", {{"0001", "notes", "select 1"}, kTags});
  ASSERT_EQ(1U, edited.size());
  EXPECT_NE(std::string::npos, edited[0].find("0001 'notes' was edited")) << edited[0];
  EXPECT_EQ(1U, checking->migrate("notes", {kNotes}).size());
}

TEST(MigrationRace, SixProcessesThatStartAtOnceApplyEachStepOnce) {
  Folder folder;
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int code = 1;
      try {
        Opened opened(options_in(folder));
        code = opened->migrate("notes", {kNotes, kTags}).empty() ? 0 : 2;
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
      ::_exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(child, ::waitpid(child, &status, 0));
    EXPECT_EQ(0, status);
  }
  Opened opened(options_in(folder));
  EXPECT_EQ(2U, opened->status().value().size());
  EXPECT_EQ(2,
            opened->for_plugin("notes")
                .read([](Session& session) {
                  return session.get<std::int64_t>("select count(*) from notes_tag");
                })
                .value());
}

}  // namespace
}  // namespace gatehouse::test
