// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <gatehouse/body/describe.hpp>

#include "grant_repository.hpp"

namespace gatehouse::managed_users {

struct GrantRow {
  std::int64_t number = 0;
  std::string id;
  std::int64_t owner = 0;
  std::int64_t grantee = 0;
  std::string scopes;
  std::int64_t made_by = 0;
  bool confirmed = true;
  Time created_at;
  std::optional<Time> expires_at;
};
BOOST_DESCRIBE_STRUCT(
    GrantRow, (), (number, id, owner, grantee, scopes, made_by, confirmed, created_at, expires_at))

namespace {

#define MANAGED_USERS_COLUMNS \
  "number, id, owner, grantee, scopes, made_by, confirmed, created_at, expires_at"
#define MANAGED_USERS_SELECT "select " MANAGED_USERS_COLUMNS " from managed_users_grant "
#define MANAGED_USERS_RETURNING " returning " MANAGED_USERS_COLUMNS

constexpr Sql kInsert =
    "insert into managed_users_grant (id, owner, grantee, scopes, made_by, confirmed, created_at, "
    "expires_at) values (:id, :owner, :grantee, :scopes, :made_by, :confirmed, :created_at, "
    ":expires_at)";

constexpr Sql kConfirm = "update managed_users_grant set confirmed = true where number = :number";

// By the unique index of id.
constexpr Sql kFind = MANAGED_USERS_SELECT "where id = :id and owner = :owner";

// These by managed_users_grant_by_owner.
constexpr Sql kFindBetween = MANAGED_USERS_SELECT "where owner = :owner and grantee = :grantee";
constexpr Sql kAllOf = MANAGED_USERS_SELECT "where owner = :owner order by grantee";
constexpr Sql kCount = "select count(*) as count from managed_users_grant where owner = :owner";
// Sorts those of one owner, of which there are a thousand at most.
constexpr Sql kListOf = MANAGED_USERS_SELECT
    "where owner = :owner and number < :before and (expires_at is null or expires_at > :now) "
    "order by number desc limit :limit";
constexpr Sql kTakeOf =
    "delete from managed_users_grant where owner = :owner" MANAGED_USERS_RETURNING;
constexpr Sql kTakeExpiredOf =
    "delete from managed_users_grant "
    "where owner = :owner and expires_at <= :now" MANAGED_USERS_RETURNING;

// These by managed_users_grant_by_grantee, whose order it is.
constexpr Sql kListTo = MANAGED_USERS_SELECT
    "where grantee = :grantee and number > :after and (expires_at is null or expires_at > :now) "
    "order by number limit :limit";
constexpr Sql kTakeTo =
    "delete from managed_users_grant where number in "
    "(select number from managed_users_grant where grantee = :grantee "
    "order by number limit :batch)" MANAGED_USERS_RETURNING;

constexpr Sql kDropTo = "delete from managed_users_grant where grantee = :grantee";

constexpr Sql kTake =
    "delete from managed_users_grant where number = :number" MANAGED_USERS_RETURNING;

// By managed_users_grant_by_expiry.
constexpr Sql kTakeExpired =
    "delete from managed_users_grant where number in "
    "(select number from managed_users_grant where expires_at <= :now "
    "order by expires_at limit :batch)" MANAGED_USERS_RETURNING;

constexpr auto kBatchSize = static_cast<std::int64_t>(GrantRepository::kBatch);

StoredGrant to_stored(GrantRow row, const GrantScopes& scopes) {
  StoredGrant grant;
  grant.number = row.number;
  grant.id = std::move(row.id);
  grant.owner = row.owner;
  grant.grantee = row.grantee;
  grant.scopes = scopes.parse(row.scopes);
  grant.made_by = row.made_by;
  grant.confirmed = row.confirmed;
  grant.created_at = row.created_at;
  grant.expires_at = row.expires_at;
  return grant;
}

std::optional<StoredGrant> to_stored(std::optional<GrantRow> row, const GrantScopes& scopes) {
  if (!row) return std::nullopt;
  return to_stored(*std::move(row), scopes);
}

}  // namespace

Result<None> GrantRepository::tell(Session& db, std::int64_t owner) const {
  return bus_.publish(db, kTopic, std::to_string(owner));
}

template <class... P>
GrantRepository::Grants GrantRepository::list(Session& db,
                                              const Sql& sql,
                                              const P&... parameters) const {
  GATEHOUSE_TRY(auto rows, db.list<GrantRow>(sql, parameters...));
  std::vector<StoredGrant> grants;
  grants.reserve(rows.size());
  for (GrantRow& row : rows) grants.push_back(to_stored(std::move(row), scopes_));
  return grants;
}

template <class... P>
GrantRepository::Grants GrantRepository::change(Session& db,
                                                const Sql& sql,
                                                const P&... parameters) const {
  GATEHOUSE_TRY(auto grants, list(db, sql, parameters...));
  std::int64_t told = 0;
  for (const StoredGrant& grant : grants) {
    if (grant.owner != told) GATEHOUSE_CHECK(tell(db, grant.owner));
    told = grant.owner;
  }
  return grants;
}

Result<None> GrantRepository::insert(Session& db, const StoredGrant& grant) const {
  GATEHOUSE_CHECK(db.run(kInsert,
                         grant.id,
                         grant.owner,
                         grant.grantee,
                         scopes_.text_of(grant.scopes),
                         grant.made_by,
                         grant.confirmed,
                         grant.created_at,
                         grant.expires_at));
  return tell(db, grant.owner);
}

Result<None> GrantRepository::confirm(Session& db, const StoredGrant& grant) const {
  GATEHOUSE_CHECK(db.run(kConfirm, grant.number));
  return tell(db, grant.owner);
}

Result<std::optional<StoredGrant>> GrantRepository::find(Session& db,
                                                         std::int64_t owner,
                                                         std::string_view id) const {
  GATEHOUSE_TRY(auto row, db.find<GrantRow>(kFind, id, owner));
  return to_stored(std::move(row), scopes_);
}

Result<std::optional<StoredGrant>> GrantRepository::find_between(Session& db,
                                                                 std::int64_t owner,
                                                                 std::int64_t grantee) const {
  GATEHOUSE_TRY(auto row, db.find<GrantRow>(kFindBetween, owner, grantee));
  return to_stored(std::move(row), scopes_);
}

GrantRepository::Grants GrantRepository::all_of(Session& db, std::int64_t owner) const {
  return list(db, kAllOf, owner);
}

Result<std::int64_t> GrantRepository::count(Session& db, std::int64_t owner) const {
  return db.get<std::int64_t>(kCount, owner);
}

GrantRepository::Grants GrantRepository::list_of(
    Session& db, std::int64_t owner, Time now, std::int64_t before, std::int64_t limit) const {
  return list(db, kListOf, owner, before, now, limit);
}

GrantRepository::Grants GrantRepository::list_to(
    Session& db, std::int64_t grantee, Time now, std::int64_t after, std::int64_t limit) const {
  return list(db, kListTo, grantee, after, now, limit);
}

GrantRepository::Grants GrantRepository::take(Session& db, std::int64_t number) const {
  return change(db, kTake, number);
}

GrantRepository::Grants GrantRepository::take_of(Session& db, std::int64_t owner) const {
  return change(db, kTakeOf, owner);
}

GrantRepository::Grants GrantRepository::take_expired_of(Session& db,
                                                         std::int64_t owner,
                                                         Time now) const {
  return change(db, kTakeExpiredOf, owner, now);
}

GrantRepository::Grants GrantRepository::take_to(Session& db, std::int64_t grantee) const {
  return change(db, kTakeTo, grantee, kBatchSize);
}

GrantRepository::Grants GrantRepository::take_expired(Session& db, Time now) const {
  return change(db, kTakeExpired, now, kBatchSize);
}

Result<None> GrantRepository::drop_to(Session& db, std::int64_t grantee) const {
  GATEHOUSE_TRY(const std::int64_t dropped, db.run(kDropTo, grantee));
  if (dropped == 0) return None{};
  // Is no number, so no key (gatehouse/live_cache.hpp).
  return bus_.publish(db, kTopic, "all");
}

std::vector<Sql> GrantRepository::statements() {
  return {kConfirm,
          kFind,
          kFindBetween,
          kAllOf,
          kCount,
          kListOf,
          kTakeOf,
          kTakeExpiredOf,
          kListTo,
          kTakeTo,
          kDropTo,
          kTake,
          kTakeExpired};
}

}  // namespace gatehouse::managed_users
