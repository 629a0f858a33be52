// SPDX-License-Identifier: Apache-2.0
#include "storage/sequences.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "storage/session_state.hpp"

namespace gatehouse::storage {

struct Sequence {
  std::string name;
  std::int64_t last = 0;
};
BOOST_DESCRIBE_STRUCT(Sequence, (), (name, last))

namespace {

// A table has no row there before its first insert. One that only speaks of autoincrement gets a
// row that SQLite never looks at.
constexpr Sql kSelectSqlite =
    "select m.name as name, coalesce(s.seq, 0) as last from sqlite_master m"
    " left join sqlite_sequence s on s.name = m.name"
    " where m.type = 'table' and lower(m.sql) like '%autoincrement%'";
constexpr Sql kUpdateSqlite = "update sqlite_sequence set seq = :last where name = :name";
constexpr Sql kInsertSqlite = "insert into sqlite_sequence (name, seq) values (:name, :last)";

constexpr Sql kSetMargin("select 'unused'", "select set_config('gatehouse.margin', :margin, true)");
// Rows may have been inserted with numbers beyond what their sequence has come to.
constexpr std::string_view kAdvancePostgresql = R"(
do $$
declare
  one record;
  last bigint;
  highest bigint;
begin
  for one in
    select s.oid::regclass as sequence, d.refobjid::regclass as made_for, a.attname as col
    from pg_class s
    left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid
      and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
    left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where s.relkind = 'S' and s.relnamespace = current_schema()::regnamespace
  loop
    execute format('select last_value from %s', one.sequence) into last;
    highest := 0;
    if one.col is not null then
      execute format('select coalesce(max(%I), 0) from %s', one.col, one.made_for) into highest;
    end if;
    perform setval(one.sequence,
                   greatest(last, highest) + current_setting('gatehouse.margin')::bigint);
  end loop;
end
$$)";

Result<None> advance_sqlite(Session& session, const RestoreMarks& marks) {
  GATEHOUSE_TRY(const auto sequences, session.list<Sequence>(kSelectSqlite));
  for (const Sequence& sequence : sequences) {
    const auto mark = marks.sequences.find(sequence.name);
    const std::int64_t seen = mark == marks.sequences.end() ? 0 : mark->second;
    const std::int64_t last = std::max(sequence.last, seen) + marks.margin;
    GATEHOUSE_TRY(const std::int64_t changed, session.run(kUpdateSqlite, last, sequence.name));
    if (changed == 0) GATEHOUSE_CHECK(session.run(kInsertSqlite, sequence.name, last));
  }
  return None{};
}

}  // namespace

Result<None> advance_sequences(Session& session, const RestoreMarks& marks) {
  if (session.engine() == Engine::Sqlite) return advance_sqlite(session, marks);
  GATEHOUSE_CHECK(session.get<std::string>(kSetMargin, std::to_string(marks.margin)));
  SessionAccess::state(session).connection.run_script(kAdvancePostgresql);
  return None{};
}

}  // namespace gatehouse::storage
