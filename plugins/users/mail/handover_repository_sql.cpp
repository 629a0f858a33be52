// SPDX-License-Identifier: Apache-2.0
#include "handover_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(PendingHandover, (), (user_number, username, email, expires_at))

namespace {

constexpr Sql kPut =
    "insert into users_handover (user_number, username, email, expires_at) "
    "values (:user_number, :username, :email, :expires_at) "
    "on conflict (user_number) do update set username = excluded.username, "
    "email = excluded.email, expires_at = excluded.expires_at";

constexpr Sql kSelect =
    "select user_number, username, email, expires_at from users_handover "
    "where user_number = :user_number and expires_at > :now";

constexpr Sql kDelete = "delete from users_handover where user_number = :user_number";

// By users_user_by_manager.
constexpr Sql kDeleteOfManager =
    "delete from users_handover where user_number in "
    "(select number from users_user where manager = :manager)";

constexpr Sql kDeleteAll = "delete from users_handover";

constexpr Sql kDeleteExpired =
    "delete from users_handover where user_number in "
    "(select user_number from users_handover where expires_at <= :now limit 1000)";

}  // namespace

Result<None> HandoverRepository::put(Session& db, const PendingHandover& pending) const {
  GATEHOUSE_CHECK(
      db.run(kPut, pending.user_number, pending.username, pending.email, pending.expires_at));
  return None{};
}

Result<std::optional<PendingHandover>> HandoverRepository::find(Session& db,
                                                                std::int64_t user,
                                                                Time now) const {
  return db.find<PendingHandover>(kSelect, user, now);
}

Result<bool> HandoverRepository::drop(Session& db, std::int64_t user) const {
  GATEHOUSE_TRY(const std::int64_t dropped, db.run(kDelete, user));
  return dropped > 0;
}

Result<None> HandoverRepository::drop_of_manager(Session& db, std::int64_t manager) const {
  GATEHOUSE_CHECK(db.run(kDeleteOfManager, manager));
  return None{};
}

Result<None> HandoverRepository::drop_all(Session& db) const {
  GATEHOUSE_CHECK(db.run(kDeleteAll));
  return None{};
}

Result<None> HandoverRepository::drop_expired(Session& db, Time now) const {
  GATEHOUSE_CHECK(db.run(kDeleteExpired, now));
  return None{};
}

}  // namespace gatehouse::users
