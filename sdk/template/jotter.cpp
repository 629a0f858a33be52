#include "jotter.hpp"

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
BOOST_DESCRIBE_STRUCT(NewNote, (), (text))
BOOST_DESCRIBE_STRUCT(Note, (), (id, text, created_at))

constexpr Sql kInsertNote =
    "insert into jotter_note (owner, text, created_at) values (:owner, :text, :now)"
    " returning id, text, created_at";
// Both by the index jotter_note_owner.
constexpr Sql kSelectNote =
    "select id, text, created_at from jotter_note where owner = :owner and id = :id";
constexpr Sql kLatestNotes =
    "select id, text, created_at from jotter_note where owner = :owner order by id desc limit 100";

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

  host.routes().get("/jotter/{id}",
                    "jotter:read",
                    "Read a note",
                    [&host](Call& call, std::int64_t id) -> Result<Note> {
                      return host.storage().read(
                          [&](Session& db) { return db.get<Note>(kSelectNote, call.user(), id); });
                    });

  host.routes().get("/jotter",
                    "jotter:read",
                    "List the latest 100 notes",
                    [&host](Call& call) -> Result<Page<Note>> {
                      GATEHOUSE_TRY(auto notes, host.storage().read([&](Session& db) {
                        return db.list<Note>(kLatestNotes, call.user());
                      }));
                      return Page<Note>{std::move(notes), std::nullopt};
                    });
}

}  // namespace jotter

GATEHOUSE_PLUGIN(jotter::Jotter, "jotter", "0.1.0", "users >= 1.0")
