// What a statement may not be: each rule stands for a trap of SQL, SOCI or the cache that is sprung
// here once and for all. SPDX-License-Identifier: Apache-2.0
#include <deque>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {
namespace {

class StatementTest : public StorageTest {
 protected:
  template <class... P>
  std::string refused(const char* sql, const P&... parameters) {
    return thrown<std::logic_error>(
        [&] { (void)db.write([&](Session& session) { return session.run(sql, parameters...); }); });
  }
};

TEST_F(StatementTest, AStatementThatBreaksARuleIsRefusedWithItsText) {
  struct Case {
    const char* sql;
    const char* says;
  };
  const Case cases[] = {
      {"update test_item set name = ':a', size = size where id = :id and id = :id and 1 = :b",
       "':id' stands twice"},
      {"update test_item set size = 1 -- for :id", "holds no comments"},
      {"update test_item /* all */ set size = 1", "holds no comments"},
      {"update test_item set size = ?", "parameters are written :name"},
      {"update test_item set size = @x", "parameters are written :name"},
      {"update test_item set size = '1'::bigint", "write cast(x as type)"},
      {"update test_item set size = 1; drop table test_item", "one statement at a time"},
      {"insert into test_item select * from test_item", "name the columns"},
      {"insert into test_item select distinct * from test_item", "name the columns"},
      {"insert into test_item select i.* from test_item i", "name the columns"},
      {"insert into test_item (name) values ('x') returning *", "name the columns"},
      {"begin", "a statement begins with select"},
      {"COMMIT", "a statement begins with select"},
      {"pragma foreign_keys=off", "a statement begins with select"},
      {"attach 'x' as y", "a statement begins with select"},
      {"update test_item set name = 'x", "a quote is not closed"},
      {"insert into test_item (name) values ('x') returning id", "run() is for statements without"},
      {"select 1", "run() is for statements without"},
  };
  for (const Case& one : cases) {
    const std::string text = refused(one.sql);
    EXPECT_NE(std::string::npos, text.find(one.says)) << one.sql << "\n  " << text;
    EXPECT_NE(std::string::npos, text.find(one.sql)) << text;
  }
  EXPECT_EQ(0, count());
}

TEST_F(StatementTest, QuotedTextFactorsAndCountsAreNoTraps) {
  EXPECT_EQ("",
            refused("insert into test_item (name, size) values (':a ? ; -- /* ''x'' *', 2 * 3);"));
  EXPECT_EQ(
      "",
      refused("update test_item set size = size * 2 where (select count(*) from test_item) > 0"));
  EXPECT_EQ("", refused("update test_item set size = :size * 2 where \"name\" <> :name", 1, "x"));
}

TEST_F(StatementTest, TooManyAndTooFewParametersAreRefused) {
  EXPECT_NE(std::string::npos,
            refused("delete from test_item where id = :id").find("has 1 parameters, 0 were given"));
  EXPECT_NE(
      std::string::npos,
      refused("delete from test_item where id = :id", 1, 2).find("has 1 parameters, 2 were given"));
}

TEST_F(StatementTest, AMistakeInTheTextIsThrownWithTheEnginesWordsAndWithoutValues) {
  constexpr Sql kNoTable{"no such table: test_nowhere", "relation \"test_nowhere\" does not exist"};
  const std::string text = thrown<std::runtime_error>([this] {
    (void)db.write([](Session& session) {
      return session.run("insert into test_nowhere (name) values (:name)", "s3cret");
    });
  });
  EXPECT_NE(std::string::npos, text.find(kNoTable.for_engine(options.engine))) << text;
  EXPECT_EQ(std::string::npos, text.find("s3cret")) << text;
}

TEST_F(StatementTest, WhatAFailedStatementWasGivenStandsInNoMessage) {
  // Fails while it runs, not while it is prepared.
  static constexpr Sql kFails{
      "insert into test_item (name) values (json_extract(:json, '$.a'))",
      "insert into test_item (name) values (cast(1 / (length(cast(:json as text)) - 7) as text))"};
  constexpr Sql kWhy{"malformed JSON", "division by zero"};
  const std::string text = thrown<std::runtime_error>(
      [this] { (void)db.write([](Session& session) { return session.run(kFails, "{s3cret"); }); });
  EXPECT_NE(std::string::npos, text.find(kWhy.for_engine(options.engine))) << text;
  EXPECT_EQ(std::string::npos, text.find("s3cret")) << text;
}

TEST_F(StatementTest, AStatementThatWritesInsideReadIsRefused) {
  const std::string text = thrown<std::logic_error>([this] {
    (void)db.read(
        [](Session& session) { return session.run("insert into test_item (name) values ('x')"); });
  });
  EXPECT_NE(std::string::npos, text.find("a statement that writes inside Db::read()")) << text;
  EXPECT_EQ(0, count());
}

TEST_F(StatementTest, AColumnThatALaterMigrationAddsDoesNotDisturbCachedStatements) {
  ASSERT_TRUE(insert("a", 4));
  const auto size = [this] {
    return db.read([](Session& session) {
      return session.get<std::int64_t>("select size from test_item where name = 'a'");
    });
  };
  EXPECT_EQ(4, size().value());
  EXPECT_EQ(std::vector<std::string>{},
            opened->migrate("test",
                            {{"0001", "items", kSchema},
                             {"0002", "colour", "alter table test_item add column colour text"}}));
  EXPECT_EQ(4, size().value());
}

TEST_F(StatementTest, MoreTextsThanTheCacheHoldsAreOnlySlower) {
  std::deque<std::string> texts;  // stand still, as literals do
  for (int i = 0; i < 300; ++i) texts.push_back(format("select {} + :one", i));
  for (int round = 0; round < 2; ++round) {
    const auto read = db.read([&](Session& session) -> Result<None> {
      for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(i + 1,
                  session.get<std::int64_t>(texts[static_cast<std::size_t>(i)].c_str(), 1).value());
      }
      return None{};
    });
    EXPECT_TRUE(read);
  }
}

TEST_F(StatementTest, ATextThatIsNoLiteralIsComparedAndNotMistaken) {
  std::string text = "select 1 + :x";
  const char* const where = text.c_str();
  const auto get = [&] {
    return db.read([&](Session& session) { return session.get<std::int64_t>(where, 1); }).value();
  };
  EXPECT_EQ(2, get());
  text[7] = '5';
  ASSERT_EQ(where, text.c_str());
  EXPECT_EQ(6, get());
}

}  // namespace
}  // namespace gatehouse::test
