// What Route::etag() promises: one state, one tag; nobody changes a state that he has not seen; an
// author who forgets the check hears of it. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace shelf {
using namespace gatehouse;
using gatehouse::testing::Client;
using gatehouse::testing::Harness;

struct Book {
  std::int64_t id = 0;
  std::string title;
  std::int64_t seen = 0;
};
BOOST_DESCRIBE_STRUCT(Book, (), (id, title, seen))
constexpr auto rules(Of<Book>) {
  return std::tuple{field(&Book::seen, {.outside_etag = true})};
}
struct BookPatch {
  Patch<std::string> title;
};
BOOST_DESCRIBE_STRUCT(BookPatch, (), (title))

constexpr Sql kCreate =
    "create table shelf_book (id integer primary key, title text not null, seen bigint not null)";
constexpr Sql kInsert =
    "insert into shelf_book (title, seen) values (:title, 0) returning id, title, seen";
constexpr Sql kSelect = "select id, title, seen from shelf_book where id = :id";
constexpr Sql kUpdate = "update shelf_book set title = :title where id = :id";
constexpr Sql kSee = "update shelf_book set seen = seen + 1 where id = :id";
constexpr Sql kDelete = "delete from shelf_book where id = :id";

class Shelf final : public Plugin {
  Migrations migrations() const override { return {{"0001", "books", kCreate}}; }

  void wire(Context& host) override {
    host.permissions().declare("shelf:use", held_by_everybody);
    Db& db = host.storage();
    Routes& routes = host.routes();
    routes
        .post("/books",
              "shelf:use",
              "Add",
              [&db](Call&, const BookPatch& book) -> Result<Created<Book>> {
                return db.write([&](Session& session) {
                  return session.get<Book>(kInsert, book.title.value().value_or(""));
                });
              })
        .etag();
    routes
        .get("/books/{id}",
             "shelf:use",
             "Read",
             [&db](Call&, std::int64_t id) -> Result<Book> {
               return db.read([&](Session& session) { return session.get<Book>(kSelect, id); });
             })
        .etag();
    routes
        .patch("/books/{id}",
               "shelf:use",
               "Change",
               [&db](Call& call, std::int64_t id, const BookPatch& patch) -> Result<Book> {
                 return db.write([&](Session& session) -> Result<Book> {
                   GATEHOUSE_TRY(Book book, session.get<Book>(kSelect, id));
                   GATEHOUSE_CHECK(call.check_if_match(book));
                   patch.title.apply_to(book.title);
                   GATEHOUSE_CHECK(session.run(kUpdate, book.title, id));
                   return book;
                 });
               })
        .etag();
    routes
        .remove("/books/{id}",
                "shelf:use",
                "Remove",
                [&db](Call& call, std::int64_t id) -> Result<None> {
                  return db.write([&](Session& session) -> Result<None> {
                    GATEHOUSE_TRY(const Book book, session.get<Book>(kSelect, id));
                    GATEHOUSE_CHECK(call.check_if_match(book));
                    GATEHOUSE_CHECK(session.run(kDelete, id));
                    return None{};
                  });
                })
        .etag();
    routes.post("/books/{id}/see", "shelf:use", "See", [&db](Call&, std::int64_t id) {
      return db.write([&](Session& session) -> Result<None> {
        GATEHOUSE_CHECK(session.run(kSee, id));
        return None{};
      });
    });
    // Written by authors who err.
    routes
        .put("/forgotten/{id}",
             "shelf:use",
             "Change without a look",
             [&db](Call&, std::int64_t id, const BookPatch& patch) -> Result<None> {
               return db.write([&](Session& session) -> Result<None> {
                 GATEHOUSE_CHECK(session.run(kUpdate, patch.title.value().value_or(""), id));
                 return None{};
               });
             })
        .etag();
    routes
        .put("/idle/{id}",
             "shelf:use",
             "Do nothing",
             [](Call&, std::int64_t) -> Result<None> { return None{}; })
        .etag();
    routes
        .put("/outside/{id}",
             "shelf:use",
             "Look outside the transaction",
             [&db](Call& call, std::int64_t id, const BookPatch& patch) -> Result<None> {
               GATEHOUSE_TRY(const Book book, db.read([&](Session& session) {
                 return session.get<Book>(kSelect, id);
               }));
               GATEHOUSE_CHECK(call.check_if_match(book));
               return db.write([&](Session& session) -> Result<None> {
                 GATEHOUSE_CHECK(session.run(kUpdate, patch.title.value().value_or(""), id));
                 return None{};
               });
             })
        .etag();
  }
};

class ETag : public ::testing::Test {
 protected:
  ETag() { EXPECT_EQ(ada.post("/books", R"({"title": "Emma"})").status, 201); }

  std::string tag() { return ada.get("/books/1").header("ETag"); }
  std::string title() { return ada.get("/books/1").body; }

  Harness<Shelf> app{"shelf"};
  Client ada = app.as("ada");
};

TEST_F(ETag, IsStrongAndTheSameForTheSameState) {
  const std::string first = tag();
  EXPECT_TRUE(first.size() > 10 && first.starts_with('"') && first.ends_with('"')) << first;
  EXPECT_EQ(tag(), first);
  EXPECT_EQ(ada.send("HEAD", "/books/1", "").header("ETag"), first);
  const std::string changed = ada.patch("/books/1", R"({"title": "Persuasion"})").header("ETag");
  EXPECT_EQ(tag(), changed);
  EXPECT_NE(tag(), first);
  EXPECT_EQ(ada.patch("/books/1", R"({"title": "Emma"})").header("ETag"), first);
}

TEST_F(ETag, OfAnObjectThatWasMadeIsInTheAnswer) {
  const auto made = ada.post("/books", R"({"title": "Ivanhoe"})");
  EXPECT_EQ(made.header("ETag"), ada.get("/books/2").header("ETag"));
}

TEST_F(ETag, IsNotMovedByWhatStandsOutsideIt) {
  const std::string before = tag();
  const std::string body = title();
  EXPECT_EQ(ada.post("/books/1/see", "").status, 204);
  EXPECT_NE(title(), body);
  EXPECT_EQ(tag(), before);
  EXPECT_EQ(ada.with("If-Match", before).patch("/books/1", "{}").status, 200);
}

TEST_F(ETag, AReaderWhoHasTheStateGets304WithoutABody) {
  const std::string now = tag();
  struct Case {
    std::string sent;
    int status;
  };
  const Case cases[] = {
      {now, 304},
      {"W/" + now, 304},
      {"\"other\", " + now, 304},
      {"*", 304},
      {"\"other\"", 200},
      {"other", 400},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.sent);
    for (const char* method : {"GET", "HEAD"}) {
      const auto reply = ada.with("If-None-Match", c.sent).send(method, "/books/1", "");
      EXPECT_EQ(reply.status, c.status);
      if (c.status == 400) continue;
      EXPECT_EQ(reply.header("ETag"), now);
      EXPECT_EQ(reply.body.empty(), c.status == 304);
      EXPECT_EQ(reply.content_type.empty(), c.status == 304);
      EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    }
  }
  EXPECT_EQ(ada.with("If-Match", "\"other\"").get("/books/1").status, 412);
  EXPECT_EQ(ada.with("If-None-Match", "*").get("/books/9").status, 404);
}

TEST_F(ETag, AChangeNeedsTheStateThatIfMatchNames) {
  const std::string seen = tag();
  struct Case {
    const char* header;
    std::string sent;
    int status;
  };
  const Case cases[] = {
      {"If-Match", "\"other\"", 412},
      {"If-Match", "W/" + seen, 412},
      {"If-None-Match", seen, 412},
      {"If-None-Match", "*", 412},
      {"If-Match", seen.substr(1), 400},
      {"If-Match", "", 400},
      {"If-Match", "\"other\", " + seen, 200},
      {"If-Match", "*", 200},
      {"If-None-Match", "\"other\"", 200},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.header) + " " + c.sent);
    const auto reply = ada.with(c.header, c.sent).patch("/books/1", R"({"title": "Emma"})");
    EXPECT_EQ(reply.status, c.status) << reply.body;
    EXPECT_EQ(reply.content_type,
              c.status == 200 ? "application/json" : "application/problem+json");
  }
  EXPECT_EQ(ada.patch("/books/1", R"({"title": "Persuasion"})").status, 200);
  EXPECT_EQ(ada.with("If-Match", seen).patch("/books/1", R"({"title": "x"})").status, 412);
  EXPECT_EQ(ada.with("If-Match", seen).remove("/books/1").status, 412);
  EXPECT_NE(title().find("Persuasion"), std::string::npos);
  EXPECT_EQ(ada.with("If-Match", tag()).remove("/books/1").status, 204);
  EXPECT_EQ(ada.with("If-Match", seen).remove("/books/1").status, 404);
}

TEST_F(ETag, OfManyWhoSawOneStateOneChangesIt) {
  const Client conditional = ada.with("If-Match", tag());
  std::vector<int> statuses(12);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    threads.emplace_back([&, i] {
      const std::string body = R"({"title": "by )" + std::to_string(i) + "\"}";
      statuses[i] = conditional.patch("/books/1", body).status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 1);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 412), 11);
}

TEST_F(ETag, AnAuthorWhoForgetsTheCheckHearsOfItAndNothingIsChanged) {
  for (const char* path : {"/forgotten/1", "/idle/1", "/outside/1"}) {
    SCOPED_TRACE(path);
    const std::string before = title();
    const bool takes_body = std::string_view(path) != "/idle/1";
    const char* body = takes_body ? R"({"title": "lost"})" : "";
    EXPECT_EQ(ada.with("If-Match", tag()).put(path, body).status, 500);
    EXPECT_EQ(title(), before);
  }
  EXPECT_EQ(ada.put("/forgotten/1", R"({"title": "asked for nothing"})").status, 204);
  bool told = false;
  for (const auto& record : app.log().records()) {
    told = told || record.text.find("Call::check_if_match()") != std::string::npos;
  }
  EXPECT_TRUE(told);
}

TEST_F(ETag, IsInTheOpenApiDocument) {
  const std::string& document = app.openapi();
  for (const char* part : {R"("name":"If-Match","in":"header")",
                           R"("name":"If-None-Match","in":"header")",
                           R"("ETag":{"description")",
                           R"("304":{"description")",
                           R"("412":{"$ref")"}) {
    EXPECT_NE(document.find(part), std::string::npos) << part;
  }
}

}  // namespace shelf
