// What Session promises a plugin: values in, rows out, errors as values.
// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <boost/describe.hpp>

#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::test {

enum class Colour : std::int32_t { Red = 1, Green = 7 };
BOOST_DESCRIBE_ENUM(Colour, Red, Green)

struct Everything {
  std::int64_t id = 0;
  bool yes = false;
  double number = 0;
  std::string text;
  Time at;
  Colour colour = Colour::Red;
  RawJson json;
  std::optional<std::int64_t> maybe_id;
  std::optional<bool> maybe_yes;
  std::optional<double> maybe_number;
  std::optional<std::string> maybe_text;
  std::optional<Time> maybe_at;
  std::optional<Colour> maybe_colour;
};
BOOST_DESCRIBE_STRUCT(Everything,
                      (),
                      (id,
                       yes,
                       number,
                       text,
                       at,
                       colour,
                       json,
                       maybe_id,
                       maybe_yes,
                       maybe_number,
                       maybe_text,
                       maybe_at,
                       maybe_colour))

struct Item {
  std::int64_t id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Item, (), (id, name))

struct Swapped {
  std::string name;
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(Swapped, (), (name, id))

struct WithVector {
  std::int64_t id = 0;
  std::vector<std::string> names;
};
BOOST_DESCRIBE_STRUCT(WithVector, (), (id, names))

struct Size {
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(Size, (), (size))

struct Renamed {
  std::int64_t item_id = 0;
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (item_id))
constexpr auto rules(Of<Renamed>) {
  return std::tuple{field(&Renamed::item_id, {.name = "item-id"})};
}

namespace {

constexpr Sql kInsertAll =
    "insert into test_all values (:id, :yes, :number, :text, :at, :colour, :json, :maybe_id,"
    " :maybe_yes, :maybe_number, :maybe_text, :maybe_at, :maybe_colour)";
constexpr Sql kSelectAll =
    "select id, yes, number, text, at, colour, json, maybe_id, maybe_yes, maybe_number,"
    " maybe_text, maybe_at, maybe_colour from test_all where id = :id";

class SessionTest : public StorageTest {
 protected:
  SessionTest() {
    EXPECT_EQ(std::vector<std::string>{},
              opened->migrate(
                  "test",
                  {{"0001", "items", kSchema},
                   {"0002",
                    "all",
                    "create table test_all (id bigint primary key, yes boolean not null,"
                    " number double precision not null, text text not null, at bigint not null,"
                    " colour bigint not null, json text not null, maybe_id bigint,"
                    " maybe_yes boolean, maybe_number double precision, maybe_text text,"
                    " maybe_at bigint, maybe_colour bigint)"}}));
  }
  void store(const Everything& row) {
    const auto changed = db.write([&](Session& session) {
      return session.run(kInsertAll,
                         row.id,
                         row.yes,
                         row.number,
                         row.text,
                         row.at,
                         row.colour,
                         row.json.text,
                         row.maybe_id,
                         row.maybe_yes,
                         row.maybe_number,
                         row.maybe_text,
                         row.maybe_at,
                         row.maybe_colour);
    });
    ASSERT_TRUE(changed);
    EXPECT_EQ(1, *changed);
  }
  Everything load(std::int64_t id) {
    return db.read([&](Session& session) { return session.get<Everything>(kSelectAll, id); })
        .value();
  }
};

TEST_F(SessionTest, AValueOfEveryKindComesBackAsItWasStored) {
  Everything row;
  row.id = 9007199254740995;  // past what a double and SOCI's dynamic rows can hold
  row.yes = true;
  row.number = 0.1 + 0.2;
  row.text = "Straße 北京 🙂 o'clock \"quoted\" \\ %";
  row.at = Time(std::chrono::microseconds(1'732'208'247'169'001));
  row.colour = Colour::Green;
  row.json.text = R"({"a":[1,2,{"b":null}]})";
  row.maybe_id = std::numeric_limits<std::int64_t>::min();
  row.maybe_yes = false;
  row.maybe_number = -0.0;
  row.maybe_text = "";
  row.maybe_at = Time(std::chrono::microseconds(-1));
  row.maybe_colour = Colour::Red;
  store(row);

  const Everything back = load(row.id);
  EXPECT_EQ(row.id, back.id);
  EXPECT_EQ(row.yes, back.yes);
  EXPECT_EQ(row.number, back.number);
  EXPECT_EQ(row.text, back.text);
  EXPECT_EQ(row.at, back.at);
  EXPECT_EQ(row.colour, back.colour);
  EXPECT_EQ(row.json.text, back.json.text);
  EXPECT_EQ(row.maybe_id, back.maybe_id);
  EXPECT_EQ(row.maybe_yes, back.maybe_yes);
  EXPECT_EQ(row.maybe_number, back.maybe_number);
  EXPECT_EQ(row.maybe_text, back.maybe_text);
  EXPECT_EQ(row.maybe_at, back.maybe_at);
  EXPECT_EQ(row.maybe_colour, back.maybe_colour);
}

TEST_F(SessionTest, NothingComesBackAsNothingAlsoAfterARowWithValues) {
  Everything full;
  full.id = 1;
  full.maybe_text = "there";
  full.maybe_id = 5;
  store(full);
  Everything empty;
  empty.id = 2;
  store(empty);

  EXPECT_EQ("there", load(1).maybe_text);
  const Everything back = load(2);
  EXPECT_FALSE(back.maybe_id);
  EXPECT_FALSE(back.maybe_yes);
  EXPECT_FALSE(back.maybe_number);
  EXPECT_FALSE(back.maybe_text);
  EXPECT_FALSE(back.maybe_at);
  EXPECT_FALSE(back.maybe_colour);
  EXPECT_EQ("there", load(1).maybe_text);
}

TEST_F(SessionTest, AScalarIsARowOfOneColumn) {
  Everything row;
  row.id = 3;
  row.number = 1.5;
  row.text = "three";
  row.maybe_id = 33;
  store(row);
  const auto all = db.read([](Session& session) -> Result<None> {
    EXPECT_EQ(3, session.get<std::int64_t>("select id from test_all").value());
    EXPECT_EQ("three", session.get<std::string>("select text from test_all").value());
    EXPECT_EQ(1.5, session.get<double>("select number from test_all").value());
    EXPECT_EQ(std::optional<std::int64_t>(33),
              session.get<std::optional<std::int64_t>>("select maybe_id from test_all").value());
    return None{};
  });
  EXPECT_TRUE(all);
}

TEST_F(SessionTest, GetSaysNotFoundWhereFindSaysNothingAndListIsEmpty) {
  const auto none = db.read([](Session& session) -> Result<None> {
    constexpr Sql kByName = "select id, name from test_item where name = :name";
    const auto got = session.get<Item>(kByName, "nobody");
    EXPECT_EQ(ErrorCode::NotFound, got.error().code);
    EXPECT_FALSE(session.find<Item>(kByName, "nobody").value());
    EXPECT_TRUE(session.list<Item>(kByName, "nobody").value().empty());
    return None{};
  });
  EXPECT_TRUE(none);
}

TEST_F(SessionTest, FindTakesTheFirstOfManyAndListAllInOrder) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(insert(name));
  const auto read = db.read([](Session& session) -> Result<None> {
    constexpr Sql kSorted = "select id, name from test_item order by name";
    EXPECT_EQ("a", session.find<Item>(kSorted).value()->name);
    const auto rows = session.list<Item>(kSorted).value();
    EXPECT_EQ(3U, rows.size());
    EXPECT_EQ("c", rows.at(2).name);
    return None{};
  });
  EXPECT_TRUE(read);
}

TEST_F(SessionTest, AListIsNeverCutInSilence) {
  const auto read = [this](const char* sql) {
    return thrown<std::length_error>(
        [&] { (void)db.read([&](Session& session) { return session.list<std::int64_t>(sql); }); });
  };
  EXPECT_EQ("",
            read("with recursive n(i) as (values (1) union all select i + 1 from n where i < 10000)"
                 " select i from n"));
  EXPECT_NE("",
            read("with recursive n(i) as (values (1) union all select i + 1 from n where i < 10001)"
                 " select i from n"));
}

TEST_F(SessionTest, AnInsertReturnsItsRowAndIsDoneOnce) {
  const auto id = db.write([](Session& session) {
    return session.get<std::int64_t>("insert into test_item (name) values (:name) returning id",
                                     "new");
  });
  ASSERT_TRUE(id);
  EXPECT_EQ(1, count());
  const auto row = db.read([&](Session& session) {
    return session.get<Item>("select id, name from test_item where id = :id", *id);
  });
  EXPECT_EQ("new", row.value().name);
}

TEST_F(SessionTest, RunTellsHowManyRowsItChanged) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(insert(name, 1));
  const auto change = [this](std::int64_t size) {
    return db
        .write([&](Session& session) {
          return session.run("update test_item set size = :new where size = :old", size + 1, size);
        })
        .value();
  };
  EXPECT_EQ(3, change(1));
  EXPECT_EQ(0, change(1));
}

TEST_F(SessionTest, ABrokenConstraintIsAValueThatNamesIt) {
  ASSERT_TRUE(insert("taken", 1));
  struct Case {
    const char* name;
    Sql sql;
    ErrorCode code;
    Sql constraint;  // as the engine tells
  };
  const Case cases[] = {
      {"unique index",
       "insert into test_item (name) values ('taken')",
       ErrorCode::Conflict,
       {"test_item.name", "test_item_name"}},
      {"primary key",
       "insert into test_item (id, name) values (1, 'other')",
       ErrorCode::Conflict,
       {"test_item.id", "test_item_pkey"}},
      {"foreign key",
       "insert into test_part (item) values (77)",
       ErrorCode::InvalidArgument,
       {"foreign_key", "test_part_item_fkey"}},
      {"foreign key, returning",
       "insert into test_part (item) values (77) returning item",
       ErrorCode::InvalidArgument,
       {"foreign_key", "test_part_item_fkey"}},
      {"not null",
       "insert into test_item (name) values (null)",
       ErrorCode::InvalidArgument,
       "test_item.name"},
      {"check",
       "insert into test_item (name, size) values ('x', 0)",
       ErrorCode::InvalidArgument,
       "test_item_size_positive"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const auto outcome = db.write([&](Session& session) -> Result<None> {
      if (one.sql.for_engine(Engine::Sqlite).find("returning") != std::string_view::npos) {
        GATEHOUSE_CHECK(session.get<std::int64_t>(one.sql));
      } else {
        GATEHOUSE_CHECK(session.run(one.sql));
      }
      return None{};
    });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(one.code, outcome.error().code);
    EXPECT_EQ(one.constraint.for_engine(options.engine), outcome.error().constraint);
    const bool is_conflict = one.code == ErrorCode::Conflict;
    EXPECT_EQ(is_conflict ? "conflict" : "invalid_fields", outcome.error().reason);
    EXPECT_EQ(std::string::npos, outcome.error().message.find("test_"));
  }
  EXPECT_EQ(1, count());
}

TEST_F(SessionTest, EachSeesEveryRowOnceAndInOrderHoweverManyThereAre) {
  constexpr Sql kNumbers =
      "with recursive n(number) as (select 1 union all select number + 1 from n"
      " where number < cast(:last as integer)) select number from n";
  for (const std::int64_t last : {std::int64_t{1}, std::int64_t{Session::kMaxRows} + 1}) {
    std::int64_t seen = 0;
    const auto read = db.read([&](Session& session) {
      seen = 0;
      return session.each<std::int64_t>(
          kNumbers,
          [&](std::int64_t number) {
            EXPECT_EQ(seen + 1, number);
            seen = number;
          },
          last);
    });
    EXPECT_TRUE(read);
    EXPECT_EQ(last, seen);
  }
}

TEST_F(SessionTest, EachSeesRowsAsTheyAreAndNothingWhereThereIsNone) {
  for (const char* name : {"b", "a"}) ASSERT_TRUE(insert(name));
  const auto read = db.read([](Session& session) -> Result<None> {
    constexpr Sql kFrom = "select id, name from test_item where name >= :name order by name";
    std::vector<std::string> names;
    const auto visit = [&](Item& item) { names.push_back(std::move(item.name)); };
    GATEHOUSE_CHECK(session.each<Item>(kFrom, visit, "c"));
    EXPECT_TRUE(names.empty());
    GATEHOUSE_CHECK(session.each<Item>(kFrom, visit, "a"));
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
    return None{};
  });
  EXPECT_TRUE(read);
}

TEST_F(SessionTest, TextThatNoEngineKeepsIsRefusedBeforeItGetsThere) {
  using namespace std::string_view_literals;
  for (const std::string_view bad : {"ad\0min"sv, "\xff"sv, "\xc0\xaf"sv, "\xed\xa0\x80"sv}) {
    const auto outcome = insert(bad);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(ErrorCode::InvalidArgument, outcome.error().code);
    EXPECT_EQ("invalid_text", outcome.error().reason);
  }
  EXPECT_EQ(0, count());
}

TEST_F(SessionTest, ANullWithoutAPlaceThrowsAndNamesTheColumn) {
  ASSERT_TRUE(insert("no size"));
  const std::string text = thrown([this] {
    (void)db.read([](Session& session) { return session.get<Size>("select size from test_item"); });
  });
  EXPECT_NE(std::string::npos, text.find("NULL in column 'size'")) << text;
  EXPECT_EQ(1, count());  // the connection is as good as before
}

TEST_F(SessionTest, RowsAndColumnsThatDoNotFitAreRefusedByName) {
  const auto message = [this](auto row, Sql sql) {
    return thrown<std::logic_error>(
        [&] { (void)db.read([&](Session& session) { return session.list<decltype(row)>(sql); }); });
  };
  EXPECT_NE(std::string::npos,
            message(Swapped{}, "select id, name from test_item")
                .find("column 1 is 'id', the field is 'name'"));
  EXPECT_NE(std::string::npos,
            message(Item{}, "select id, name as username from test_item")
                .find("column 2 is 'username', the field is 'name'"));
  EXPECT_NE(std::string::npos,
            message(Item{}, "select id from test_item").find("has 1 columns, the row 2 fields"));
  EXPECT_NE(std::string::npos,
            message(std::int64_t{}, "select id, name from test_item")
                .find("has 2 columns, the row 1 fields"));
  EXPECT_NE(std::string::npos,
            message(WithVector{}, "select id, name as names from test_item")
                .find("the field 'names' has a type that no column holds"));
}

TEST_F(SessionTest, TheSameTextWithOtherRowsAndParametersIsAnotherStatement) {
  ASSERT_TRUE(insert("12", 12));
  constexpr Sql kEither = "select id, name from test_item where name = :name";
  constexpr Sql kName = "select name from test_item where size = cast(:size as integer)";
  const auto read = db.read([&](Session& session) -> Result<None> {
    EXPECT_EQ("12", session.get<Item>(kEither, "12").value().name);
    EXPECT_FALSE(session.find<Item>(kEither, std::optional<std::string>{}).value());
    EXPECT_EQ("12", session.get<std::string>(kName, 12).value());
    EXPECT_EQ("12", session.get<std::string>(kName, "12").value());
    EXPECT_EQ("12", session.get<std::string>(kName, 12.0).value());
    return None{};
  });
  EXPECT_TRUE(read);
}

TEST_F(SessionTest, AMemberThatIsRenamedOnTheWireIsAColumnByItsOwnName) {
  const auto row =
      db.read([](Session& session) { return session.get<Renamed>("select 7 as item_id"); });
  ASSERT_TRUE(row);
  EXPECT_EQ(7, row->item_id);
}

}  // namespace
}  // namespace gatehouse::test
