// What is particular about statements on PostgreSQL. SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include <boost/describe.hpp>

#include <gatehouse/body/describe.hpp>

#include "tests/sdk/postgresql/fixture.hpp"

namespace gatehouse::test {

struct Values {
  bool truth = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::optional<std::int64_t> nothing;
};
BOOST_DESCRIBE_STRUCT(Values, (), (truth, integer, number, text, nothing))

namespace {

// SOCI keeps what it sent when a statement fails, and would send it again instead of a NULL.
TEST_F(PostgresqlTest, ANullAfterAFailedRunOfItsStatementIsStoredAsNull) {
  EXPECT_EQ(ErrorCode::InvalidArgument, insert("wrong", -1).error().code);
  ASSERT_TRUE(insert("right", std::nullopt));
  const auto without_size = db.read([](Session& session) {
    return session.get<std::string>("select name from test_item where size is null");
  });
  ASSERT_TRUE(without_size);
  EXPECT_EQ("right", *without_size);
}

TEST_F(PostgresqlTest, ValuesComeBackInEveryWayOfPreparing) {
  for (const auto prepared : {PreparedStatements::On, PreparedStatements::Off}) {
    options.postgresql.prepared = prepared;
    Opened one(options);
    Db& door = one->for_plugin("test");
    for (int turn = 0; turn < 2; ++turn) {
      const auto row = door.read([](Session& session) {
        return session.get<Values>(
            "select cast(:truth as boolean) as truth, cast(:integer as bigint) as integer,"
            " cast(:number as double precision) as number, cast(:text as text) as text,"
            " cast(:nothing as bigint) as nothing",
            true,
            std::int64_t{-9'007'199'254'740'995},
            0.1,
            "it's \"quoted\": 100% \\ é",
            std::optional<std::int64_t>());
      });
      ASSERT_TRUE(row);
      EXPECT_TRUE(row->truth);
      EXPECT_EQ(-9'007'199'254'740'995, row->integer);
      EXPECT_EQ(0.1, row->number);
      EXPECT_EQ("it's \"quoted\": 100% \\ é", row->text);
      EXPECT_FALSE(row->nothing);
    }
    const auto named = door.read([](Session& session) {
      return session.get<std::int64_t>("select count(*) from pg_prepared_statements");
    });
    EXPECT_EQ(prepared == PreparedStatements::On, *named > 0);
  }
}

struct Refusal {
  const char* name;
  const char* sql;
  ErrorCode code;
  const char* constraint;
};

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
  return out << refusal.name;
}

class Refused : public PostgresqlTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refused, NamesTheConstraintAndNoValue) {
  ASSERT_TRUE(insert("secret-value", 7));
  const auto outcome =
      db.write([](Session& session) { return session.run(GetParam().sql, "secret-value"); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(GetParam().code, outcome.error().code);
  EXPECT_EQ(GetParam().constraint, outcome.error().constraint);
  EXPECT_EQ(std::string::npos, outcome.error().message.find("secret-value"));
  EXPECT_FALSE(opened.log.contains("secret-value"));
  EXPECT_EQ(1, count());
}

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    Refused,
    ::testing::Values(
        Refusal{"Unique",
                "insert into test_item (name) values (:name)",
                ErrorCode::Conflict,
                "test_item_name"},
        Refusal{"Check",
                "insert into test_item (name, size) values (:name || '2', -1)",
                ErrorCode::InvalidArgument,
                "test_item_size_positive"},
        Refusal{"ForeignKey",
                "insert into test_part (item, label) values (4711, :name)",
                ErrorCode::InvalidArgument,
                "test_part_item_fkey"},
        Refusal{"NotNull",
                "insert into test_part (item, label) values (null, :name)",
                ErrorCode::InvalidArgument,
                "test_part.item"},
        Refusal{
            "NoNumber",
            "insert into test_item (name, size) values ('x', cast(cast(:name as text) as bigint))",
            ErrorCode::InvalidArgument,
            ""}),
    [](const auto& one) { return one.param.name; });

// The plan that a connection keeps is of no use when a column changes its type beside it.
TEST_F(PostgresqlTest, AWriteSurvivesAMigrationThatChangesWhatItsStatementGives) {
  ASSERT_TRUE(insert("one", 1));
  const auto grow = [&] {
    return db.write([](Session& session) {
      return session.get<std::int64_t>(
          "update test_item set size = size + 1 where name = 'one' returning size");
    });
  };
  ASSERT_EQ(2, grow().value());
  ASSERT_TRUE(other
                  ->migrate("test",
                            {{"0001", "items", kSchema},
                             {"0002", "wider", "alter table test_item alter size type numeric"}})
                  .empty());
  const auto after = grow();
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(3, *after);
}

TEST_F(PostgresqlTest, NamesWithBlanksAndQuotesCanBeConnectedTo) {
  // No such database: what matters is that the server is asked for exactly this one.
  options.postgresql.dbname = R"(it's a \ name)";
  RecordedLog log;
  CountedMetrics metrics;
  FixedClock clock;
  const auto refused = Database::open(options, log, metrics, clock);
  ASSERT_FALSE(refused);
  EXPECT_NE(std::string::npos, refused.error().message.find(R"("it's a \ name" does not exist)"))
      << refused.error().message;
}

}  // namespace
}  // namespace gatehouse::test
