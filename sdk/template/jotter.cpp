#include "jotter.hpp"

#include <limits>

#include "migrations.hpp"

namespace jotter {
using namespace gatehouse;

struct NewNote {
  std::string text;
};
struct Note {
  std::int64_t id = 0;
  std::string text;
  Time created_at;
};
struct NotesQuery {
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
// Where a walk through the notes stands.
struct Position {
  std::int64_t id = std::numeric_limits<std::int64_t>::max();
};
BOOST_DESCRIBE_STRUCT(NewNote, (), (text))
BOOST_DESCRIBE_STRUCT(Note, (), (id, text, created_at))
BOOST_DESCRIBE_STRUCT(NotesQuery, (), (limit, cursor))
BOOST_DESCRIBE_STRUCT(Position, (), (id))
constexpr auto rules(Of<NotesQuery>) {
  return std::tuple{
      field(&NotesQuery::limit,
            {.optional = true, .has_minimum = true, .minimum = 1, .maximum = 1000}),
      field(&NotesQuery::cursor, {.text = "\"next\" of the page before.", .max_bytes = 4096})};
}

constexpr Sql kInsertNote =
    "insert into jotter_note (owner, text, created_at) values (:owner, :text, :now)"
    " returning id, text, created_at";
// Both by the index jotter_note_owner.
constexpr Sql kSelectNote =
    "select id, text, created_at from jotter_note where owner = :owner and id = :id";
constexpr Sql kNotesBefore =
    "select id, text, created_at from jotter_note where owner = :owner and id < :before"
    " order by id desc limit :limit";
constexpr Sql kDeleteNote = "delete from jotter_note where id = :id";

void Jotter::configure(Config& config) {
  max_length_ = static_cast<std::size_t>(config.integer("max_length", 1, 10'000, 500));
}

Migrations Jotter::migrations() const {
  return embedded_migrations();
}

void Jotter::wire(Context& host) {
  host.permissions().declare("jotter:read", "jotter:write", held_by_everybody);

  host.routes().post("/jotter",
                     "jotter:write",
                     "Write a note",
                     [this, &host](Call& call, const NewNote& note) -> Result<Created<Note>> {
                       if (note.text.size() > max_length_) {
                         return invalid("/text", "is longer than {} bytes", max_length_);
                       }
                       return host.storage().write([&](Session& db) {
                         return db.get<Note>(
                             kInsertNote, call.user(), note.text, host.clock().now());
                       });
                     });

  host.routes()
      .get("/jotter/{id}",
           "jotter:read",
           "Read a note",
           [&host](Call& call, std::int64_t id) -> Result<Note> {
             return host.storage().read(
                 [&](Session& db) { return db.get<Note>(kSelectNote, call.user(), id); });
           })
      .etag();

  host.routes()
      .remove("/jotter/{id}",
              "jotter:write",
              "Delete a note",
              [&host](Call& call, std::int64_t id) -> Result<None> {
                return host.storage().write([&](Session& db) -> Result<None> {
                  GATEHOUSE_TRY(const Note note, db.get<Note>(kSelectNote, call.user(), id));
                  GATEHOUSE_CHECK(call.check_if_match(note));
                  GATEHOUSE_CHECK(db.run(kDeleteNote, id));
                  return None{};
                });
              })
      .etag();

  host.routes().get(
      "/jotter",
      "jotter:read",
      "List notes, the latest first",
      [&host](Call& call, const Query<NotesQuery>& query) -> Result<Page<Note>> {
        Position after;
        if (query->cursor) {
          GATEHOUSE_TRY(after, read_cursor<Position>(call, *query->cursor));
        }
        Page<Note> page;
        GATEHOUSE_TRY(page.items, host.storage().read([&](Session& db) {
          return db.list<Note>(kNotesBefore, call.user(), after.id, query->limit + 1);
        }));
        page.next = cut_to_limit(
            call, page.items, query->limit, [](const Note& last) { return Position{last.id}; });
        return page;
      });
}

}  // namespace jotter

GATEHOUSE_PLUGIN(jotter::Jotter, "jotter", "0.1.0", "users >= 1.0")
