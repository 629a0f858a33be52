// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/digest.hpp>

#include "code_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(
    EmailChange,
    (),
    (user_number, number, old_email, old_verified, old_recovery_email, recent_sign_in, asked_at))
BOOST_DESCRIBE_STRUCT(CodeOwner, (), (user_number, subject))

namespace {

constexpr Sql kInsertCode =
    "insert into users_code (code_hash, user_number, subject, purpose, expires_at) "
    "values (:code_hash, :user_number, :subject, :purpose, :expires_at)";

constexpr Sql kSelectCode =
    "select user_number, subject from users_code "
    "where code_hash = :code_hash and purpose = :purpose and expires_at > :now";

constexpr Sql kTakeCode =
    "delete from users_code "
    "where code_hash = :code_hash and purpose = :purpose and expires_at > :now "
    "returning user_number, subject";

// By users_code_by_user.
constexpr Sql kSelectLatestEnd =
    "select expires_at from users_code where user_number = :user_number and purpose = :purpose "
    "order by expires_at desc limit 1";

constexpr Sql kDeleteCodes =
    "delete from users_code where user_number = :user_number and purpose = :purpose "
    "and subject >= :first and subject <= :last";

// By users_user_by_manager and users_code_by_user.
constexpr Sql kDeleteOfManaged =
    "delete from users_code where purpose = :purpose and user_number in "
    "(select number from users_user where manager = :manager)";

constexpr Sql kDeleteExpired =
    "delete from users_code where code_hash in "
    "(select code_hash from users_code where expires_at <= :now limit 1000)";

constexpr Sql kDeleteAll = "delete from users_code";

constexpr Sql kSelectUndoable =
    "select user_number, number as subject from users_email_change "
    "where old_recovery_email is not null order by user_number, number";

constexpr Sql kSelectChanges =
    "select user_number, number, old_email, old_verified, old_recovery_email, recent_sign_in, "
    "asked_at from users_email_change where user_number = :user_number order by number";

constexpr Sql kInsertChange =
    "insert into users_email_change (user_number, number, old_email, old_verified, "
    "old_recovery_email, recent_sign_in, asked_at) values (:user_number, :number, :old_email, "
    ":old_verified, :old_recovery_email, :recent_sign_in, :asked_at)";

constexpr Sql kDeleteChanges =
    "delete from users_email_change where user_number = :user_number and number >= :first "
    "and number <= :last";

constexpr Sql kSelectChangedBefore =
    "select user_number, number, old_email, old_verified, old_recovery_email, recent_sign_in, "
    "asked_at from users_email_change where asked_at <= :time "
    "order by asked_at, user_number, number limit 100";

std::int64_t value_of(CodePurpose purpose) {
  return static_cast<std::int64_t>(purpose);
}

}  // namespace

Error wrong_code() {
  Error error = invalid("/code", "is wrong, was used, or has expired: ask for a new one");
  error.fields.front().code = "wrong_code";
  return error;
}

Result<None> CodeRepository::insert(Session& db,
                                    std::string_view code,
                                    const CodeOwner& owner,
                                    CodePurpose purpose,
                                    Time expires_at) const {
  GATEHOUSE_CHECK(db.run(kInsertCode,
                         sha256_hex(code),
                         owner.user_number,
                         owner.subject,
                         value_of(purpose),
                         expires_at));
  return None{};
}

Result<std::optional<CodeOwner>> CodeRepository::find(Session& db,
                                                      std::string_view code,
                                                      CodePurpose purpose,
                                                      Time now) const {
  return db.find<CodeOwner>(kSelectCode, sha256_hex(code), value_of(purpose), now);
}

Result<std::optional<CodeOwner>> CodeRepository::take(Session& db,
                                                      std::string_view code,
                                                      CodePurpose purpose,
                                                      Time now) const {
  return db.find<CodeOwner>(kTakeCode, sha256_hex(code), value_of(purpose), now);
}

Result<std::optional<Time>> CodeRepository::latest_end(Session& db,
                                                       std::int64_t user,
                                                       CodePurpose purpose) const {
  return db.find<Time>(kSelectLatestEnd, user, value_of(purpose));
}

Result<None> CodeRepository::drop(Session& db,
                                  std::int64_t user,
                                  CodePurpose purpose,
                                  Subjects subjects) const {
  GATEHOUSE_CHECK(db.run(kDeleteCodes, user, value_of(purpose), subjects.first, subjects.last));
  return None{};
}

Result<None> CodeRepository::drop_of_managed(Session& db,
                                             std::int64_t manager,
                                             CodePurpose purpose) const {
  GATEHOUSE_CHECK(db.run(kDeleteOfManaged, value_of(purpose), manager));
  return None{};
}

Result<std::int64_t> CodeRepository::drop_expired(Session& db, Time now) const {
  return db.run(kDeleteExpired, now);
}

Result<None> CodeRepository::drop_all(Session& db) const {
  GATEHOUSE_CHECK(db.run(kDeleteAll));
  return None{};
}

Result<std::vector<CodeOwner>> CodeRepository::list_undoable(Session& db) const {
  std::vector<CodeOwner> changes;
  GATEHOUSE_CHECK(db.each<CodeOwner>(kSelectUndoable,
                                     [&](const CodeOwner& change) { changes.push_back(change); }));
  return changes;
}

Result<std::vector<EmailChange>> CodeRepository::changes_of(Session& db, std::int64_t user) const {
  return db.list<EmailChange>(kSelectChanges, user);
}

Result<None> CodeRepository::insert_change(Session& db, const EmailChange& change) const {
  GATEHOUSE_CHECK(db.run(kInsertChange,
                         change.user_number,
                         change.number,
                         change.old_email,
                         change.old_verified,
                         change.old_recovery_email,
                         change.recent_sign_in,
                         change.asked_at));
  return None{};
}

Result<None> CodeRepository::drop_changes(Session& db, std::int64_t user, Subjects numbers) const {
  GATEHOUSE_CHECK(db.run(kDeleteChanges, user, numbers.first, numbers.last));
  return None{};
}

Result<std::vector<EmailChange>> CodeRepository::changed_before(Session& db, Time time) const {
  return db.list<EmailChange>(kSelectChangedBefore, time);
}

}  // namespace gatehouse::users
