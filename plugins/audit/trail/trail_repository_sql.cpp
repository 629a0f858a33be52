// The statements that append to chains. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/body.hpp>

#include "trail_repository.hpp"

namespace gatehouse::audit {

struct FreePlace {
  std::int64_t sequence = 0;
  std::string hash;
};
BOOST_DESCRIBE_STRUCT(FreePlace, (), (sequence, hash))

namespace {

// SQLite has one writer, who need only look. On PostgreSQL an insert that becomes an update finds
// its row by the unique index and takes no predicate locks. A select, or an update, of a table as
// small as this is planned as a scan of all of it, after which PostgreSQL's serializable
// transactions collide also when they are about different chains.
constexpr Sql kClaim{
    "select coalesce(c.sequence, 0) + 1 as sequence, coalesce(c.hash, '') as hash, "
    "coalesce(c.mac, '') as mac, "
    "coalesce((select seq from sqlite_sequence where name = 'audit_event'), 0) + 1 as number "
    "from (select 1) left join audit_chain c on c.chain = :chain",
    "insert into audit_chain (chain, sequence, hash, mac, first, first_hash, cut_mac) "
    "values (:chain, 1, '', '', 1, '', '') "
    "on conflict (chain) do update set sequence = audit_chain.sequence + 1 "
    "returning sequence, hash, mac, "
    "nextval(pg_get_serial_sequence('audit_event', 'number')) as number"};

#define AUDIT_INSERT_EVENT                                                                       \
  "insert into audit_event (number, chain, sequence, at, action, outcome, user_number, "         \
  "actor_number, on_behalf_of, account, changes, detail, count, request_id, method, active, "    \
  "roles_added, roles_removed, personal, hash) values (:number, :chain, :sequence, :at, "        \
  ":action, :outcome, :user_number, :actor_number, :on_behalf_of, :account, :changes, :detail, " \
  ":count, :request_id, :method, :active, :roles_added, :roles_removed, :personal, :hash) "      \
  "on conflict do nothing"
#define AUDIT_INSERT_PERSONAL \
  "insert into audit_personal (person, part, number, salt, id, name, address) "
#define AUDIT_INSERT_HEAD \
  "insert into audit_chain (chain, sequence, hash, mac, first, first_hash, cut_mac) "
#define AUDIT_MOVE_HEAD                                                                     \
  " on conflict (chain) do update set sequence = excluded.sequence, hash = excluded.hash, " \
  "mac = excluded.mac"

// A personal part in the way stays there: its digest tells on it.
constexpr Sql kInsertEvent = AUDIT_INSERT_EVENT;
constexpr Sql kInsertPersonal = AUDIT_INSERT_PERSONAL
    "values (:person, :part, :event_number, :salt, :id, :name, :address) on conflict do nothing";
constexpr Sql kMoveHead = AUDIT_INSERT_HEAD
    "values (:head_chain, :head_sequence, :head_hash, :mac, 1, '', '')" AUDIT_MOVE_HEAD;
// All at once, for the sake of round trips.
constexpr Sql kInsertAll =
    "with event as (" AUDIT_INSERT_EVENT " returning 1), personal as (" AUDIT_INSERT_PERSONAL
    "select person, part, cast(:event_number as bigint), salt, id, name, address "
    "from event, json_to_recordset(cast(:parts as json)) as given (part bigint, person bigint, "
    "salt text, id text, name text, address text) on conflict do nothing) " AUDIT_INSERT_HEAD
    "select cast(:head_chain as bigint), cast(:head_sequence as bigint), "
    "cast(:head_hash as text), cast(:mac as text), 1, '', '' from event "
    "where true" AUDIT_MOVE_HEAD;

// By the unique index on (chain, sequence), and the primary key.
constexpr Sql kFreePlace =
    "select e.sequence + 1 as sequence, e.hash as hash from audit_event e "
    "where e.chain = :chain and e.sequence >= :claimed and exists (select 1 from audit_event t "
    "where t.chain = e.chain and t.sequence = :taken) and not exists (select 1 from audit_event n "
    "where n.chain = e.chain and n.sequence = e.sequence + 1) order by e.sequence limit 1";
constexpr Sql kFreeNumber =
    "select e.number + 1 from audit_event e where e.number >= :claimed and exists (select 1 from "
    "audit_event t where t.number = :taken) and not exists (select 1 from audit_event n "
    "where n.number = e.number + 1) order by e.number limit 1";

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

Result<ClaimedPlace> TrailRepository::find_free_place(Session& db,
                                                      std::int64_t chain,
                                                      const ClaimedPlace& claimed) const {
  ClaimedPlace place = claimed;
  GATEHOUSE_TRY(const auto free,
                db.find<FreePlace>(kFreePlace, chain, claimed.sequence, claimed.sequence));
  if (free) {
    place.sequence = free->sequence;
    place.hash = free->hash;
    place.mac.clear();
  }
  GATEHOUSE_TRY(const auto number,
                db.find<std::int64_t>(kFreeNumber, claimed.number, claimed.number));
  if (number) place.number = *number;
  return place;
}

Result<bool> TrailRepository::insert(Session& db,
                                     const StoredEvent& event,
                                     const std::vector<PersonalPart>& personal,
                                     std::string_view mac) const {
  if (db.engine() == Engine::PostgreSql) {
    const std::string parts = encode_json(personal);
    GATEHOUSE_TRY(const std::int64_t moved,
                  with_columns(
                      event,
                      [&db](const auto&... columns) { return db.run(kInsertAll, columns...); },
                      event.number,
                      parts,
                      event.chain,
                      event.sequence,
                      event.hash,
                      mac));
    return moved == 1;
  }
  GATEHOUSE_TRY(const std::int64_t inserted, with_columns(event, [&db](const auto&... columns) {
                  return db.run(kInsertEvent, columns...);
                }));
  if (inserted == 0) return false;
  for (const PersonalPart& part : personal) {
    GATEHOUSE_CHECK(db.run(kInsertPersonal,
                           part.person,
                           part.part,
                           event.number,
                           part.salt,
                           part.id,
                           part.name,
                           part.address));
  }
  GATEHOUSE_CHECK(db.run(kMoveHead, event.chain, event.sequence, event.hash, mac));
  return true;
}

}  // namespace gatehouse::audit
