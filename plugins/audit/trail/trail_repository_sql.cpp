// The statements that append to chains. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/body.hpp>

#include "trail_repository.hpp"

namespace gatehouse::audit {
namespace {

// An insert that becomes an update finds its row by the unique index and takes no predicate locks.
// A select, or an update, of a table as small as this is planned as a scan of all of it, after
// which PostgreSQL's serializable transactions collide also when they are about different chains.
#define AUDIT_CLAIM                                                                   \
  "insert into audit_chain (chain, sequence, hash, mac, first, first_hash, cut_mac) " \
  "values (:chain, 1, '', '', 1, '', '') "                                            \
  "on conflict (chain) do update set sequence = audit_chain.sequence + 1 "            \
  "returning sequence, hash, "
constexpr Sql kClaim{
    AUDIT_CLAIM
    "coalesce((select seq from sqlite_sequence where name = 'audit_event'), 0) + 1 as number",
    AUDIT_CLAIM "nextval(pg_get_serial_sequence('audit_event', 'number')) as number"};

#define AUDIT_INSERT_EVENT                                                                       \
  "insert into audit_event (number, chain, sequence, at, action, outcome, user_number, "         \
  "actor_number, on_behalf_of, account, changes, detail, count, request_id, method, active, "    \
  "roles_added, roles_removed, personal, hash) values (:number, :chain, :sequence, :at, "        \
  ":action, :outcome, :user_number, :actor_number, :on_behalf_of, :account, :changes, :detail, " \
  ":count, :request_id, :method, :active, :roles_added, :roles_removed, :personal, :hash)"
#define AUDIT_INSERT_PERSONAL \
  "insert into audit_personal (chain, sequence, part, person, salt, id, name, address) select "
#define AUDIT_MOVE_HEAD                                                               \
  "insert into audit_chain (chain, sequence, hash, mac, first, first_hash, cut_mac) " \
  "values (:head_chain, :head_sequence, :head_hash, :mac, 1, '', '') "                \
  "on conflict (chain) do update set hash = excluded.hash, mac = excluded.mac"

constexpr Sql kInsertEvent = AUDIT_INSERT_EVENT;
constexpr Sql kInsertPersonal = AUDIT_INSERT_PERSONAL
    "cast(:part_chain as bigint), cast(:part_sequence as bigint), json_extract(value, '$.part'), "
    "json_extract(value, '$.person'), json_extract(value, '$.salt'), json_extract(value, '$.id'), "
    "json_extract(value, '$.name'), json_extract(value, '$.address') from json_each(:parts)";
constexpr Sql kMoveHead = AUDIT_MOVE_HEAD;
// The three at once, for the sake of round trips.
constexpr Sql kInsertAll =
    "with event as (" AUDIT_INSERT_EVENT "), personal as (" AUDIT_INSERT_PERSONAL
    "cast(:part_chain as bigint), cast(:part_sequence as bigint), part, person, salt, id, name, "
    "address from json_to_recordset(cast(:parts as json)) as given (part bigint, person bigint, "
    "salt text, id text, name text, address text)) " AUDIT_MOVE_HEAD;

// Calls `run` with what AUDIT_INSERT_EVENT binds.
template <class F, class... P>
auto with_columns(const StoredEvent& event, F&& run, const P&... more) {
  return run(event.number,
             event.chain,
             event.sequence,
             event.at,
             event.action,
             event.outcome,
             event.user_number,
             event.actor_number,
             event.on_behalf_of,
             event.account,
             event.changes,
             event.detail,
             event.count,
             event.request_id,
             event.method,
             event.active,
             event.roles_added,
             event.roles_removed,
             event.personal,
             event.hash,
             more...);
}

}  // namespace

Result<ClaimedPlace> TrailRepository::claim_place(Session& db, std::int64_t chain) const {
  return db.get<ClaimedPlace>(kClaim, chain);
}

Result<None> TrailRepository::insert(Session& db,
                                     const StoredEvent& event,
                                     const std::vector<PersonalPart>& personal,
                                     std::string_view mac) const {
  const std::string parts = encode_json(personal);
  if (db.engine() == Engine::PostgreSql) {
    GATEHOUSE_CHECK(with_columns(
        event,
        [&db](const auto&... columns) { return db.run(kInsertAll, columns...); },
        event.chain,
        event.sequence,
        parts,
        event.chain,
        event.sequence,
        event.hash,
        mac));
    return None{};
  }
  GATEHOUSE_CHECK(with_columns(
      event, [&db](const auto&... columns) { return db.run(kInsertEvent, columns...); }));
  if (!personal.empty()) {
    GATEHOUSE_CHECK(db.run(kInsertPersonal, event.chain, event.sequence, parts));
  }
  GATEHOUSE_CHECK(db.run(kMoveHead, event.chain, event.sequence, event.hash, mac));
  return None{};
}

}  // namespace gatehouse::audit
