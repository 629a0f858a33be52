// A request with an Idempotency-Key whose held transaction collides with another's.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace shelf {
using namespace gatehouse;
using gatehouse::testing::Client;
using gatehouse::testing::Harness;
using gatehouse::testing::Reply;

struct Book {
  std::string title;
};
BOOST_DESCRIBE_STRUCT(Book, (), (title))

constexpr Sql kCount = "select count(*) from shelf_book";

// POST /books/HOW adds a book. The first `collisions` runs meet another writer, who has read what
// they write, and they what it writes, but commits first.
class Shelf final : public Plugin {
 public:
  static inline int collisions = 0;
  static inline int runs = 0;
  static inline int turns_alone = 0;

 private:
  Migrations migrations() const override {
    return {{"0001", "books", "create table shelf_book (title text not null)"}};
  }

  static Result<std::int64_t> add(Session& session, const std::string& title) {
    GATEHOUSE_TRY(const auto before, session.get<std::int64_t>(kCount));
    GATEHOUSE_CHECK(session.run("insert into shelf_book (title) values (:title)", title));
    return before;
  }

  static bool is_alone(Session& session) {
    return session
        .get<bool>(
            "select exists (select 1 from pg_locks where pid = pg_backend_pid()"
            " and relation = cast('gatehouse_turn' as regclass) and mode = 'ExclusiveLock')")
        .value();
  }

  static Result<Created<Book>> post(Context& host, const std::string& how, const Book& book) {
    ++runs;
    GATEHOUSE_CHECK(host.storage().write([&](Session& session) {
      if (is_alone(session)) ++turns_alone;
      return add(session, book.title);
    }));
    if (runs <= collisions) {
      std::thread([&host] {
        EXPECT_TRUE(host.storage().write([](Session& session) { return add(session, "other"); }));
      }).join();
    }
    if (how == "reading") {
      GATEHOUSE_CHECK(
          host.storage().read([](Session& session) { return session.get<std::int64_t>(kCount); }));
    }
    return Created<Book>{{std::to_string(runs)}, "/books/" + std::to_string(runs)};
  }

  void wire(Context& host) override {
    host.permissions().declare("shelf:use", held_by_everybody);
    host.routes().post(
        "/books/{how}",
        "shelf:use",
        "Add a book",
        [&host](Call&, std::string how, const Book& book) { return post(host, how, book); });
  }
};

class KeyCollision : public ::testing::Test {
 protected:
  KeyCollision() { Shelf::collisions = Shelf::runs = Shelf::turns_alone = 0; }
  std::int64_t count(Sql sql) {
    return app.storage()
        .read([&](Session& session) { return session.get<std::int64_t>(sql); })
        .value();
  }

  Harness<Shelf> app{"shelf"};
  Client keyed = app.as("ada").with("Idempotency-Key", "k-1");
  const char* const body = R"({"title": "Sketch of the engine"})";
};

TEST_F(KeyCollision, RunsTheHandlerAgainAndStoresOnce) {
  for (const char* path : {"/books/plain", "/books/reading"}) {
    SCOPED_TRACE(path);
    Shelf::runs = 0;
    Shelf::collisions = 1;
    const std::int64_t before = count(kCount);
    const Reply made = keyed.post(path, body);
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.body, R"({"title":"2"})");
    EXPECT_EQ(made.header("Location"), "/books/2");
    EXPECT_EQ(Shelf::runs, 2);
    EXPECT_EQ(count(kCount), before + 2);  // the other's, and one of ours
    EXPECT_EQ(std::count_if(made.headers.begin(),
                            made.headers.end(),
                            [](const auto& header) { return header.first == "Location"; }),
              1);
    const Reply again = keyed.post(path, body);
    EXPECT_EQ(again.header("Idempotent-Replay"), "true");
    EXPECT_EQ(again.body, made.body);
    EXPECT_EQ(Shelf::runs, 2);
  }
  EXPECT_EQ(count("select count(*) from gatehouse_idempotency_record"), 2);
  EXPECT_EQ(app.log().count("storage_busy"), 0);
  EXPECT_EQ(Shelf::turns_alone, 0);
}

TEST_F(KeyCollision, HasATurnAloneAfterThree) {
  Shelf::collisions = 3;
  EXPECT_EQ(keyed.post("/books/plain", body).status, 201);
  EXPECT_EQ(Shelf::runs, 4);
  EXPECT_EQ(Shelf::turns_alone, 1);
  EXPECT_EQ(count(kCount), 4);
}

}  // namespace shelf
