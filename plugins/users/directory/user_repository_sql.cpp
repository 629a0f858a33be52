// The statements of UserRepository but those of lists. SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/text.hpp>

#include "user_repository.hpp"
#include "user_row.hpp"

namespace gatehouse::users {
namespace {

struct LiveRow {
  std::int64_t number = 0;
  std::string id;
  std::optional<std::string> username;
  std::optional<std::int64_t> account;
  std::optional<std::int64_t> manager;
  std::int64_t role_bits = 0;
  bool api_access = true;
  bool active = true;
  bool locked = false;
  std::optional<Time> expires_at;
  std::optional<std::int64_t> epoch;  // nothing: there was never a password
};
BOOST_DESCRIBE_STRUCT(LiveRow,
                      (),
                      (number,
                       id,
                       username,
                       account,
                       manager,
                       role_bits,
                       api_access,
                       active,
                       locked,
                       expires_at,
                       epoch))

// Literals that several statements share. The compiler joins them, so each statement is one
// constant.
#define USERS_SELECT USERS_COLUMNS "from users_user "

constexpr Sql kSelectById = USERS_SELECT "where id = :id";
constexpr Sql kSelectByNumber = USERS_SELECT "where number = :number";
constexpr Sql kSelectByName =
    USERS_SELECT "where number = (select user_number from users_name where name_key = :name_key)";
constexpr Sql kSelectAll{USERS_SELECT "where number in (select value from json_each(:numbers))",
                         USERS_SELECT
                         "where number in (select cast(value as bigint) "
                         "from json_array_elements_text(cast(:numbers as json)))"};
// By primary keys both.
constexpr Sql kSelectLive =
    "select u.number as number, u.id as id, u.username as username, u.account as account, "
    "u.manager as manager, u.role_bits as role_bits, u.api_access as api_access, "
    "u.active as active, u.locked as locked, u.expires_at as expires_at, "
    "c.version + c.moves as epoch from users_user u "
    "left join users_credential c on c.user_number = u.number where u.number = :number";
// SQLite has no row locks: its write transaction is alone.
constexpr Sql kSelectByIdToChange{USERS_SELECT "where id = :id",
                                  USERS_SELECT "where id = :id for update"};
constexpr Sql kSelectByNumberToChange{USERS_SELECT "where number = :number",
                                      USERS_SELECT "where number = :number for update"};

// A null number is the next one.
#define USERS_INSERT(number)                                                                     \
  "insert into users_user (number, id, username, username_key, email, email_key, "               \
  "recovery_email, email_verified, first_name, first_name_key, last_name, last_name_key, "       \
  "timezone, description, preferences, organization, account, manager, role_bits, active, "      \
  "locked, expires_at, password_expires_at, clearance_bits, can_inbox, api_access, created_at, " \
  "updated_at, last_login_at, previous_login_at, last_seen_at) values (" number                  \
  ", :id, :username, :username_key, :email, :email_key, :recovery_email, :email_verified, "      \
  ":first_name, :first_name_key, :last_name, :last_name_key, :timezone, :description, "          \
  ":preferences, :organization, :account, :manager, :role_bits, :active, :locked, :expires_at, " \
  ":password_expires_at, :clearance_bits, :can_inbox, :api_access, :created_at, :updated_at, "   \
  ":last_login_at, :previous_login_at, :last_seen_at) returning number"
constexpr Sql kInsert{
    USERS_INSERT(":number"),
    USERS_INSERT("coalesce(:number, nextval(pg_get_serial_sequence('users_user', 'number')))")};
// A number that was given counts as used; SQLite sees to that by itself.
constexpr Sql kMoveSequence{
    "select :number as number",
    "select setval(pg_get_serial_sequence('users_user', 'number'), greatest(:number, "
    "nextval(pg_get_serial_sequence('users_user', 'number')))) as number"};

constexpr Sql kUpdate =
    "update users_user set username = :username, username_key = :username_key, email = :email, "
    "email_key = :email_key, recovery_email = :recovery_email, email_verified = :email_verified, "
    "first_name = :first_name, first_name_key = :first_name_key, last_name = :last_name, "
    "last_name_key = :last_name_key, timezone = :timezone, "
    "description = :description, preferences = :preferences, organization = :organization, "
    "account = :account, manager = :manager, role_bits = :role_bits, active = :active, "
    "locked = :locked, expires_at = :expires_at, password_expires_at = :password_expires_at, "
    "clearance_bits = :clearance_bits, can_inbox = :can_inbox, api_access = :api_access, "
    "updated_at = :updated_at where number = :number";

constexpr Sql kDelete = "delete from users_user where number = :number";
constexpr Sql kRemember =
    "insert into users_deleted (number, id) select number, id from users_user "
    "where number = :number";
constexpr Sql kSelectDeleted =
    "select number from users_deleted where number = :number or id = :id limit 1";

constexpr Sql kInsertName =
    "insert into users_name (name_key, user_number) values (:name_key, :user_number)";
// Several with one address: two rows tell.
constexpr Sql kSelectByEmail = USERS_SELECT "where email_key = :email_key order by number limit 2";
// Where addresses may repeat, two transactions could each miss what the other one is about to
// store. SQLite has one writer at a time.
constexpr Sql kLockName{
    "select length(:name_key) as held",
    "select 1 as held from (select pg_advisory_xact_lock(hashtextextended(:name_key, 0))) as lock"};
constexpr Sql kSelectOwnerOfEmail =
    "select number from users_user where email_key = :email_key and number <> :number limit 1";
constexpr Sql kSelectOwnerOfName =
    "select user_number from users_name where name_key = :name_key and user_number <> :number";
constexpr Sql kClaimEmails =
    "insert into users_name (name_key, user_number) select u.email_key, u.number from users_user u "
    "where u.email_key <> '' and not exists (select 1 from users_name n "
    "where n.name_key = u.email_key and n.user_number = u.number)";
constexpr Sql kReleaseEmails =
    "delete from users_name where not exists (select 1 from users_user "
    "where number = user_number and username_key = name_key)";
constexpr Sql kDeleteNames = "delete from users_name where user_number = :user_number";

// Bit 1 is Role::Admin; '!' is what no password has.
#define USERS_LASTING_ADMINS                                                                       \
  "select number from users_user where (role_bits & 1) = 1 and active and not locked and "         \
  "expires_at is null and password_expires_at is null and exists (select 1 from users_credential " \
  "where user_number = number and password_hash <> '!') order by number"
constexpr Sql kSelectLastingAdmins{USERS_LASTING_ADMINS, USERS_LASTING_ADMINS " for update"};

constexpr Sql kGiveAccount = "update users_user set account = :account where account is null";
// By users_user_by_manager.
constexpr Sql kSelectManagedElsewhere =
    "select number from users_user where manager = :manager and "
    "(account is null or account <> :account) order by number";
constexpr Sql kCountManagedElsewhere =
    "select count(*) as count from users_user where manager = :manager and "
    "(account is null or account <> :account)";
constexpr Sql kCountManaged = "select count(*) as count from users_user where manager = :manager";
constexpr Sql kSelectAdminsWithMail =
    "select number from users_user where (role_bits & 1) = 1 and recovery_email is not null "
    "order by number";

constexpr Sql kClaimFirstRun =
    "insert into users_first_run (marker, happened_at) values (1, :now) "
    "on conflict (marker) do nothing returning marker";
constexpr Sql kSelectFirstRun = "select marker from users_first_run where marker = 1";
constexpr Sql kSetFirstAdmin = "update users_first_run set admin = :admin where marker = 1";
constexpr Sql kSelectFirstPassword =
    "select c.version as version from users_first_run f "
    "join users_credential c on c.user_number = f.admin where f.marker = 1 and c.version = 1";

std::string name_key(const std::optional<std::string>& name) {
  return fold(name.value_or(""));
}

Error name_taken(std::string_view reason, std::string_view what) {
  return conflict(reason, "Somebody has this {} already: choose another one.", what);
}

}  // namespace

Result<std::optional<StoredUser>> UserRepository::find(Session& db,
                                                       const UserReference& reference) const {
  if (!reference.id.empty()) return db.find<StoredUser>(kSelectById, reference.id);
  return db.find<StoredUser>(kSelectByNumber, reference.number);
}

Result<std::optional<StoredUser>> UserRepository::find_by_name(Session& db,
                                                               std::string_view name) const {
  return db.find<StoredUser>(kSelectByName, fold(name));
}

Result<std::optional<StoredUser>> UserRepository::find_by_email(Session& db,
                                                                std::string_view email) const {
  GATEHOUSE_TRY(auto found, db.list<StoredUser>(kSelectByEmail, fold(email)));
  if (found.size() != 1) return std::nullopt;
  return std::move(found.front());
}

Result<std::optional<StoredUser>> UserRepository::find_to_change(
    Session& db, const UserReference& reference) const {
  if (!reference.id.empty()) return db.find<StoredUser>(kSelectByIdToChange, reference.id);
  return db.find<StoredUser>(kSelectByNumberToChange, reference.number);
}

Result<std::vector<StoredUser>> UserRepository::find_all(
    Session& db, const std::vector<std::int64_t>& numbers) const {
  return db.list<StoredUser>(kSelectAll, encode_json(numbers));
}

Result<std::optional<LiveUser>> UserRepository::find_live(Session& db, std::int64_t number) const {
  GATEHOUSE_TRY(auto row, db.find<LiveRow>(kSelectLive, number));
  if (!row) return std::optional<LiveUser>();
  LiveUser user;
  user.number = row->number;
  user.id = std::move(row->id);
  user.username = std::move(row->username).value_or("");
  user.account = row->account.value_or(0);
  user.manager = row->manager.value_or(0);
  user.roles = Roles::from_bits(static_cast<std::uint32_t>(row->role_bits));
  user.api_access = row->api_access;
  user.active = row->active && !row->locked;
  user.expires_at = row->expires_at;
  user.epoch = row->epoch.value_or(0);
  return std::optional<LiveUser>(std::move(user));
}

Result<std::int64_t> UserRepository::insert(Session& db, const StoredUser& user) const {
  StoredUser stored = user;
  const auto given = user.number != 0 ? std::optional(user.number) : std::nullopt;
  GATEHOUSE_TRY(stored.number,
                db.get<std::int64_t>(kInsert,
                                     given,
                                     user.id,
                                     user.username,
                                     name_key(user.username),
                                     user.email,
                                     name_key(user.email),
                                     user.recovery_email,
                                     user.email_verified,
                                     user.first_name,
                                     name_key(user.first_name),
                                     user.last_name,
                                     name_key(user.last_name),
                                     user.timezone,
                                     user.description,
                                     user.preferences,
                                     user.organization,
                                     user.account,
                                     user.manager,
                                     user.role_bits,
                                     user.active,
                                     user.locked,
                                     user.expires_at,
                                     user.password_expires_at,
                                     user.clearance_bits,
                                     user.can_inbox,
                                     user.api_access,
                                     user.created_at,
                                     user.updated_at,
                                     user.last_login_at,
                                     user.previous_login_at,
                                     user.last_seen_at));
  if (given) GATEHOUSE_CHECK(db.get<std::int64_t>(kMoveSequence, *given));
  GATEHOUSE_CHECK(claim_names(db, stored));
  return stored.number;
}

Result<None> UserRepository::update(Session& db, const StoredUser& user) const {
  GATEHOUSE_CHECK(db.run(kUpdate,
                         user.username,
                         name_key(user.username),
                         user.email,
                         name_key(user.email),
                         user.recovery_email,
                         user.email_verified,
                         user.first_name,
                         name_key(user.first_name),
                         user.last_name,
                         name_key(user.last_name),
                         user.timezone,
                         user.description,
                         user.preferences,
                         user.organization,
                         user.account,
                         user.manager,
                         user.role_bits,
                         user.active,
                         user.locked,
                         user.expires_at,
                         user.password_expires_at,
                         user.clearance_bits,
                         user.can_inbox,
                         user.api_access,
                         user.updated_at,
                         user.number));
  GATEHOUSE_CHECK(db.run(kDeleteNames, user.number));
  GATEHOUSE_CHECK(tell(db, user.number));
  return claim_names(db, user);
}

Result<None> UserRepository::tell(Session& db, std::int64_t number) const {
  return bus_.publish(db, kUserTopic, std::to_string(number));
}

Result<None> UserRepository::erase(Session& db, std::int64_t number) const {
  GATEHOUSE_CHECK(db.run(kRemember, number));
  GATEHOUSE_CHECK(db.run(kDelete, number));
  return tell(db, number);
}

Result<bool> UserRepository::was_deleted(Session& db,
                                         std::string_view id,
                                         std::int64_t number) const {
  GATEHOUSE_TRY(const auto found, db.find<std::int64_t>(kSelectDeleted, number, id));
  return found.has_value();
}

Result<None> UserRepository::claim_names(Session& db, const StoredUser& user) const {
  if (user.username) {
    auto claimed = db.run(kInsertName, name_key(user.username), user.number);
    if (!claimed && claimed.error().code == ErrorCode::Conflict) {
      return name_taken("username_taken", "username");
    }
    GATEHOUSE_CHECK(std::move(claimed));
  }
  if (emails_ == Emails::Repeatable) return check_names(db, user);
  // Whoever has their address as username has one name.
  if (user.email && name_key(user.email) != name_key(user.username)) {
    auto claimed = db.run(kInsertName, name_key(user.email), user.number);
    if (!claimed && claimed.error().code == ErrorCode::Conflict) {
      return name_taken("email_taken", "e-mail address");
    }
    GATEHOUSE_CHECK(std::move(claimed));
  }
  return None{};
}

// What the unique index of names would say, where it does not hold the addresses.
Result<None> UserRepository::check_names(Session& db, const StoredUser& user) const {
  const std::string username = name_key(user.username);
  const std::string email = name_key(user.email);
  if (!username.empty()) {
    GATEHOUSE_CHECK(db.get<std::int64_t>(kLockName, username));
    GATEHOUSE_TRY(const auto owner,
                  db.find<std::int64_t>(kSelectOwnerOfEmail, username, user.number));
    if (owner) return name_taken("username_taken", "username");
  }
  if (!email.empty()) {
    GATEHOUSE_CHECK(db.get<std::int64_t>(kLockName, email));
    GATEHOUSE_TRY(const auto owner, db.find<std::int64_t>(kSelectOwnerOfName, email, user.number));
    if (owner) return name_taken("email_taken", "e-mail address");
  }
  return None{};
}

Result<None> UserRepository::check_free(Session& db, const StoredUser& user) const {
  for (const bool is_username : {true, false}) {
    const std::string key = name_key(is_username ? user.username : user.email);
    if (key.empty()) continue;
    GATEHOUSE_TRY(auto owner, db.find<std::int64_t>(kSelectOwnerOfName, key, user.number));
    if (!owner && is_username && emails_ == Emails::Repeatable) {
      GATEHOUSE_TRY(owner, db.find<std::int64_t>(kSelectOwnerOfEmail, key, user.number));
    }
    if (owner && is_username) return name_taken("username_taken", "username");
    if (owner) return name_taken("email_taken", "e-mail address");
  }
  return None{};
}

Result<None> UserRepository::align_names(Session& db) const {
  auto aligned = db.run(emails_ == Emails::Unique ? kClaimEmails : kReleaseEmails);
  if (!aligned && aligned.error().code == ErrorCode::Conflict) {
    return name_taken("email_taken", "e-mail address");
  }
  GATEHOUSE_CHECK(std::move(aligned));
  return None{};
}

Result<None> UserRepository::give_account(Session& db, std::int64_t account) const {
  GATEHOUSE_TRY(const std::int64_t changed, db.run(kGiveAccount, account));
  if (changed == 0) return None{};
  return bus_.publish(db, kUserTopic, kAllUsers);
}

Result<std::vector<std::int64_t>> UserRepository::list_managed_elsewhere(
    Session& db, std::int64_t number, std::int64_t account) const {
  std::vector<std::int64_t> managed;
  GATEHOUSE_CHECK(db.each<std::int64_t>(
      kSelectManagedElsewhere, [&](std::int64_t one) { managed.push_back(one); }, number, account));
  return managed;
}

Result<std::int64_t> UserRepository::count_managed_elsewhere(Session& db,
                                                             std::int64_t number,
                                                             std::int64_t account) const {
  return db.get<std::int64_t>(kCountManagedElsewhere, number, account);
}

Result<std::int64_t> UserRepository::count_managed_by(Session& db, std::int64_t number) const {
  return db.get<std::int64_t>(kCountManaged, number);
}

Result<std::vector<std::int64_t>> UserRepository::list_admins_with_mail(Session& db) const {
  return db.list<std::int64_t>(kSelectAdminsWithMail);
}

Result<bool> UserRepository::has_other_lasting_admin(Session& db, std::int64_t number) const {
  GATEHOUSE_TRY(const auto admins, db.list<std::int64_t>(kSelectLastingAdmins));
  for (const std::int64_t admin : admins) {
    if (admin != number) return true;
  }
  return false;
}

Result<bool> UserRepository::claim_first_run(Session& db, Time now) const {
  GATEHOUSE_TRY(const auto marker, db.find<std::int64_t>(kClaimFirstRun, now));
  return marker.has_value();
}

Result<bool> UserRepository::is_first_run_over(Session& db) const {
  GATEHOUSE_TRY(const auto marker, db.find<std::int64_t>(kSelectFirstRun));
  return marker.has_value();
}

Result<None> UserRepository::set_first_admin(Session& db, std::int64_t number) const {
  GATEHOUSE_CHECK(db.run(kSetFirstAdmin, number));
  return None{};
}

Result<bool> UserRepository::has_first_password(Session& db) const {
  GATEHOUSE_TRY(const auto version, db.find<std::int64_t>(kSelectFirstPassword));
  return version.has_value();
}

}  // namespace gatehouse::users
