// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/digest.hpp>

#include "code_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(
    EmailChange,
    (),
    (user_number, old_email, old_verified, old_recovery_email, recent_sign_in, asked_at))

namespace {

constexpr Sql kInsertCode =
    "insert into users_code (code_hash, user_number, purpose, expires_at) "
    "values (:code_hash, :user_number, :purpose, :expires_at)";

constexpr Sql kSelectCode =
    "select user_number from users_code "
    "where code_hash = :code_hash and purpose = :purpose and expires_at > :now";

constexpr Sql kTakeCode =
    "delete from users_code "
    "where code_hash = :code_hash and purpose = :purpose and expires_at > :now "
    "returning user_number";

constexpr Sql kDeleteCodes =
    "delete from users_code where user_number = :user_number and purpose = :purpose";

constexpr Sql kDeleteExpired =
    "delete from users_code where code_hash in "
    "(select code_hash from users_code where expires_at <= :now limit 1000)";

constexpr Sql kSelectChange =
    "select user_number, old_email, old_verified, old_recovery_email, recent_sign_in, asked_at "
    "from users_email_change where user_number = :user_number";

constexpr Sql kUpsertChange =
    "insert into users_email_change "
    "(user_number, old_email, old_verified, old_recovery_email, recent_sign_in, asked_at) "
    "values (:user_number, :old_email, :old_verified, :old_recovery_email, :recent_sign_in, "
    ":asked_at) on conflict (user_number) do update set "
    "recent_sign_in = excluded.recent_sign_in, asked_at = excluded.asked_at";

constexpr Sql kDeleteChange = "delete from users_email_change where user_number = :user_number";

constexpr Sql kSelectChangedBefore =
    "select user_number from users_email_change where asked_at <= :time order by asked_at "
    "limit 100";

std::int64_t value_of(CodePurpose purpose) {
  return static_cast<std::int64_t>(purpose);
}

}  // namespace

Result<None> CodeRepository::insert(Session& db,
                                    std::string_view code,
                                    std::int64_t user,
                                    CodePurpose purpose,
                                    Time expires_at) const {
  GATEHOUSE_CHECK(db.run(kInsertCode, sha256_hex(code), user, value_of(purpose), expires_at));
  return None{};
}

Result<std::optional<std::int64_t>> CodeRepository::find(Session& db,
                                                         std::string_view code,
                                                         CodePurpose purpose,
                                                         Time now) const {
  return db.find<std::int64_t>(kSelectCode, sha256_hex(code), value_of(purpose), now);
}

Result<std::optional<std::int64_t>> CodeRepository::take(Session& db,
                                                         std::string_view code,
                                                         CodePurpose purpose,
                                                         Time now) const {
  return db.find<std::int64_t>(kTakeCode, sha256_hex(code), value_of(purpose), now);
}

Result<None> CodeRepository::drop(Session& db, std::int64_t user, CodePurpose purpose) const {
  GATEHOUSE_CHECK(db.run(kDeleteCodes, user, value_of(purpose)));
  return None{};
}

Result<std::int64_t> CodeRepository::drop_expired(Session& db, Time now) const {
  return db.run(kDeleteExpired, now);
}

Result<std::optional<EmailChange>> CodeRepository::find_change(Session& db,
                                                               std::int64_t user) const {
  return db.find<EmailChange>(kSelectChange, user);
}

Result<None> CodeRepository::put_change(Session& db, const EmailChange& change) const {
  GATEHOUSE_CHECK(db.run(kUpsertChange,
                         change.user_number,
                         change.old_email,
                         change.old_verified,
                         change.old_recovery_email,
                         change.recent_sign_in,
                         change.asked_at));
  return None{};
}

Result<None> CodeRepository::drop_change(Session& db, std::int64_t user) const {
  GATEHOUSE_CHECK(db.run(kDeleteChange, user));
  return None{};
}

Result<std::vector<std::int64_t>> CodeRepository::changed_before(Session& db, Time time) const {
  return db.list<std::int64_t>(kSelectChangedBefore, time);
}

}  // namespace gatehouse::users
