// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <limits>

#include "session_repository.hpp"

namespace gatehouse::tokens {
namespace {

#define TOKENS_SESSION_COLUMNS                                                         \
  "id, user_number, mount, method, scopes, created_at, signed_in_at, remote_address, " \
  "user_agent, last_used_at, last_used_address, idle_until, expires_at, user_epoch, "  \
  "deployment_epoch, family_key, generation, rotated_at, token_digest "

constexpr Sql kSelect = "select " TOKENS_SESSION_COLUMNS "from tokens_session where id = :id";
// By tokens_session_by_user, backwards.
constexpr Sql kList = "select " TOKENS_SESSION_COLUMNS
                      "from tokens_session where user_number = :user_number and "
                      "(created_at, id) < (:created_at, :id) and idle_until > :now "
                      "order by created_at desc, id desc limit :limit";
constexpr Sql kCount =
    "select count(*) as count from tokens_session where user_number = :user_number";
constexpr Sql kInsert =
    "insert into tokens_session (" TOKENS_SESSION_COLUMNS
    ") values (:id, :user_number, :mount, :method, :scopes, :created_at, :signed_in_at, "
    ":remote_address, :user_agent, :last_used_at, :last_used_address, :idle_until, :expires_at, "
    ":user_epoch, :deployment_epoch, :family_key, :generation, :rotated_at, :token_digest)";
constexpr Sql kRotate =
    "update tokens_session set generation = generation + 1, rotated_at = :rotated_at, "
    "last_used_at = :last_used_at, last_used_address = :last_used_address, "
    "idle_until = :idle_until where id = :id and generation = :generation";
constexpr Sql kNoteUse =
    "update tokens_session set last_used_at = :at, last_used_address = :address "
    "where id = :id and last_used_at <= :minute_before";
constexpr Sql kSetEpoch =
    "update tokens_session set user_epoch = :user_epoch "
    "where id = :id and user_number = :user_number";
constexpr Sql kDelete = "delete from tokens_session where id = :id and user_number = :user_number";
constexpr Sql kDeleteOthers =
    "delete from tokens_session where user_number = :user_number and id <> :kept returning id";
constexpr Sql kDeleteOldest =
    "delete from tokens_session where id in (select id from tokens_session "
    "where user_number = :user_number order by created_at desc, id desc limit 1000 "
    "offset :kept) returning id";
// By tokens_session_by_end.
constexpr Sql kDeleteOver =
    "delete from tokens_session where id in (select id from tokens_session "
    "where idle_until <= :now order by idle_until limit 500)";
constexpr Sql kDeleteAll = "delete from tokens_session";

constexpr Sql kStatements[] = {kSelect,
                               kList,
                               kCount,
                               kRotate,
                               kNoteUse,
                               kSetEpoch,
                               kDelete,
                               kDeleteOthers,
                               kDeleteOldest,
                               kDeleteOver};

}  // namespace

std::span<const Sql> SessionRepository::statements() {
  return kStatements;
}

Result<std::int64_t> SessionRepository::count(Session& db, std::int64_t user) const {
  return db.get<std::int64_t>(kCount, user);
}

Result<std::optional<StoredSession>> SessionRepository::find(Session& db,
                                                             std::string_view id) const {
  return db.find<StoredSession>(kSelect, id);
}

Result<std::vector<StoredSession>> SessionRepository::list(
    Session& db,
    std::int64_t user,
    Time now,
    const std::optional<SessionPosition>& after,
    std::int64_t limit) const {
  const SessionPosition from =
      after.value_or(SessionPosition{std::numeric_limits<std::int64_t>::max(), ""});
  return db.list<StoredSession>(kList, user, from.created_at, from.id, now, limit);
}

Result<None> SessionRepository::insert(Session& db, const StoredSession& session) const {
  GATEHOUSE_CHECK(db.run(kInsert,
                         session.id,
                         session.user_number,
                         session.mount,
                         session.method,
                         session.scopes,
                         session.created_at,
                         session.signed_in_at,
                         session.remote_address,
                         session.user_agent,
                         session.last_used_at,
                         session.last_used_address,
                         session.idle_until,
                         session.expires_at,
                         session.user_epoch,
                         session.deployment_epoch,
                         session.family_key,
                         session.generation,
                         session.rotated_at,
                         session.token_digest));
  return None{};
}

Result<bool> SessionRepository::rotate(Session& db, const StoredSession& session) const {
  GATEHOUSE_TRY(const std::int64_t rotated,
                db.run(kRotate,
                       session.rotated_at,
                       session.last_used_at,
                       session.last_used_address,
                       session.idle_until,
                       session.id,
                       session.generation));
  return rotated == 1;
}

Result<None> SessionRepository::note_use(Session& db,
                                         std::string_view id,
                                         Time at,
                                         std::string_view address) const {
  GATEHOUSE_CHECK(db.run(kNoteUse, at, address, id, at - std::chrono::minutes(1)));
  return None{};
}

Result<bool> SessionRepository::set_epoch(Session& db,
                                          std::string_view id,
                                          std::int64_t user,
                                          std::int64_t epoch) const {
  GATEHOUSE_TRY(const std::int64_t changed, db.run(kSetEpoch, epoch, id, user));
  return changed == 1;
}

Result<bool> SessionRepository::erase(Session& db, std::string_view id, std::int64_t user) const {
  GATEHOUSE_TRY(const std::int64_t erased, db.run(kDelete, id, user));
  return erased == 1;
}

SessionRepository::Ids SessionRepository::erase_others(Session& db,
                                                       std::int64_t user,
                                                       std::string_view kept) const {
  return db.list<std::string>(kDeleteOthers, user, kept);
}

SessionRepository::Ids SessionRepository::erase_oldest(Session& db,
                                                       std::int64_t user,
                                                       std::int64_t kept) const {
  return db.list<std::string>(kDeleteOldest, user, kept);
}

Result<std::int64_t> SessionRepository::erase_over(Session& db, Time now) const {
  return db.run(kDeleteOver, now);
}

Result<None> SessionRepository::erase_all(Session& db) const {
  GATEHOUSE_CHECK(db.run(kDeleteAll));
  return None{};
}

}  // namespace gatehouse::tokens
