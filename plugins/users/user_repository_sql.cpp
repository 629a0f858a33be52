// The statements of UserRepository, all as named constants. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>

#include <gatehouse/text.hpp>

#include "user_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(StoredUser,
                      (),
                      (number,
                       id,
                       username,
                       email,
                       recovery_email,
                       email_verified,
                       first_name,
                       last_name,
                       timezone,
                       description,
                       preferences,
                       organization,
                       account,
                       manager,
                       role_bits,
                       active,
                       locked,
                       expires_at,
                       password_expires_at,
                       clearance_bits,
                       can_inbox,
                       api_access,
                       created_at,
                       updated_at,
                       last_login_at,
                       previous_login_at,
                       last_seen_at))

namespace {

// Literals that several statements share. The compiler joins them, so each statement is one
// constant.
#define USERS_SELECT                                                                            \
  "select number, id, username, email, recovery_email, email_verified, first_name, last_name, " \
  "timezone, description, preferences, organization, account, manager, role_bits, active, "     \
  "locked, expires_at, password_expires_at, clearance_bits, can_inbox, api_access, "            \
  "created_at, updated_at, last_login_at, previous_login_at, last_seen_at from users_user "

constexpr Sql kSelectById = USERS_SELECT "where id = :id";
constexpr Sql kSelectByNumber = USERS_SELECT "where number = :number";
constexpr Sql kSelectByName =
    USERS_SELECT "where number = (select user_number from users_name where name_key = :name_key)";
// SQLite has no row locks: its write transaction is alone.
constexpr Sql kSelectByIdToChange{USERS_SELECT "where id = :id",
                                  USERS_SELECT "where id = :id for update"};
constexpr Sql kSelectByNumberToChange{USERS_SELECT "where number = :number",
                                      USERS_SELECT "where number = :number for update"};

constexpr Sql kInsert =
    "insert into users_user (id, username, username_key, email, email_key, recovery_email, "
    "email_verified, first_name, last_name, timezone, description, preferences, organization, "
    "account, manager, role_bits, active, locked, expires_at, password_expires_at, clearance_bits, "
    "can_inbox, api_access, search_key, created_at, updated_at) values (:id, :username, "
    ":username_key, :email, :email_key, :recovery_email, :email_verified, :first_name, :last_name, "
    ":timezone, :description, :preferences, :organization, :account, :manager, :role_bits, "
    ":active, "
    ":locked, :expires_at, :password_expires_at, :clearance_bits, :can_inbox, :api_access, "
    ":search_key, :created_at, :updated_at) returning number";

constexpr Sql kUpdate =
    "update users_user set username = :username, username_key = :username_key, email = :email, "
    "email_key = :email_key, recovery_email = :recovery_email, email_verified = :email_verified, "
    "first_name = :first_name, last_name = :last_name, timezone = :timezone, "
    "description = :description, preferences = :preferences, organization = :organization, "
    "account = :account, manager = :manager, role_bits = :role_bits, active = :active, "
    "locked = :locked, expires_at = :expires_at, password_expires_at = :password_expires_at, "
    "clearance_bits = :clearance_bits, can_inbox = :can_inbox, api_access = :api_access, "
    "search_key = :search_key, updated_at = :updated_at where number = :number";

constexpr Sql kDelete = "delete from users_user where number = :number";

constexpr Sql kInsertName =
    "insert into users_name (name_key, user_number) values (:name_key, :user_number)";
constexpr Sql kDeleteNames = "delete from users_name where user_number = :user_number";

// Bit 1 is Role::Admin.
#define USERS_ACTIVE_ADMINS \
  "select number from users_user where (role_bits & 1) = 1 and active order by number"
constexpr Sql kSelectActiveAdmins{USERS_ACTIVE_ADMINS, USERS_ACTIVE_ADMINS " for update"};

constexpr Sql kClaimFirstRun =
    "insert into users_first_run (marker, happened_at) values (1, :now) "
    "on conflict (marker) do nothing returning marker";
constexpr Sql kSelectFirstRun = "select marker from users_first_run where marker = 1";
constexpr Sql kSetFirstAdmin = "update users_first_run set admin = :admin where marker = 1";
constexpr Sql kSelectFirstPassword =
    "select c.version as version from users_first_run f "
    "join users_credential c on c.user_number = f.admin where f.marker = 1 and c.version = 1";
constexpr Sql kSelectAnyUser = "select number from users_user limit 1";

// A list walks the index of its order from a position on; text is looked for row by row. An empty
// word occurs in everything. Without a reader's accounts the lists of numbers are empty.
#define USERS_WHERE(position, accounts)                                                            \
  "where active in (:active, :inactive) and (:all or number = :self or manager = :manager "        \
  "or account in (" accounts ")) and " position("search_key", ":w1") position("search_key", ":w2") \
      position("search_key", ":w3") position("search_key", ":w4") position("search_key", ":w5")    \
          position("search_key", ":w6") position("search_key", ":w7")                              \
              position("search_key", ":w8")
#define USERS_SQLITE_POSITION(text, word) "instr(" text ", " word ") > 0 and "
#define USERS_POSTGRESQL_POSITION(text, word) "strpos(" text ", " word ") > 0 and "
#define USERS_SQLITE_WHERE \
  USERS_WHERE(USERS_SQLITE_POSITION, "select value from json_each(:accounts)")
#define USERS_POSTGRESQL_WHERE                \
  USERS_WHERE(USERS_POSTGRESQL_POSITION,      \
              "select cast(value as bigint) " \
              "from json_array_elements_text(cast(:accounts as json))")
#define USERS_LIST(key, compare, direction)                                                       \
  Sql {                                                                                           \
    USERS_SELECT USERS_SQLITE_WHERE "(" key ", number) " compare " (:key, :number) order by " key \
                                    " " direction ", number " direction                           \
                                    " limit :limit offset :offset",                               \
        USERS_SELECT USERS_POSTGRESQL_WHERE "(" key ", number) " compare                          \
                                            " (:key, :number) order by " key " " direction        \
                                            ", number " direction " limit :limit offset :offset"  \
  }

constexpr Sql kListByCreated[] = {USERS_LIST("created_at", ">", "asc"),
                                  USERS_LIST("created_at", "<", "desc")};
constexpr Sql kListByUsername[] = {USERS_LIST("username_key", ">", "asc"),
                                   USERS_LIST("username_key", "<", "desc")};
constexpr Sql kListByEmail[] = {USERS_LIST("email_key", ">", "asc"),
                                USERS_LIST("email_key", "<", "desc")};
constexpr Sql kListByLastLogin[] = {USERS_LIST("last_login_key", ">", "asc"),
                                    USERS_LIST("last_login_key", "<", "desc")};
constexpr Sql kCount{"select count(*) as count from users_user " USERS_SQLITE_WHERE "number > 0",
                     "select count(*) as count from users_user " USERS_POSTGRESQL_WHERE
                     "number > 0"};

const Sql& list_statement(UserSort sort, SortOrder order) {
  const auto direction = static_cast<std::size_t>(order);
  switch (sort) {
    case UserSort::Created:
      return kListByCreated[direction];
    case UserSort::Username:
      return kListByUsername[direction];
    case UserSort::Email:
      return kListByEmail[direction];
    case UserSort::LastLogin:
      return kListByLastLogin[direction];
  }
  return kListByCreated[direction];
}

// A list without a position begins before the first row. No name holds U+10FFFF (is_visible_text).
UserPosition start_of(SortOrder order) {
  if (order == SortOrder::Ascending) {
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    return {"", kLeast, kLeast};
  }
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return {"\U0010FFFF", kMost, kMost};
}

std::string json_list(const std::vector<std::int64_t>& numbers) {
  std::string list = "[";
  for (const std::int64_t number : numbers) {
    if (list.size() > 1) list += ',';
    list += std::to_string(number);
  }
  return list + "]";
}

// The parts are apart, so that no word is found across them.
std::string search_key(const StoredUser& user) {
  std::string key;
  for (const auto& part : {user.username, user.first_name, user.last_name, user.email}) {
    key += fold(part.value_or(""));
    key += '\n';
  }
  return key;
}

std::string name_key(const std::optional<std::string>& name) {
  return fold(name.value_or(""));
}

Error name_taken(std::string_view reason, std::string_view what) {
  return conflict(reason, "Somebody has this {} already: choose another one.", what);
}

// Calls `ask` with the parameters that all lists share, in the order of USERS_WHERE.
template <class F>
auto with_filter(const UserFilter& filter, F&& ask) {
  std::array<std::string, UserFilter::kMaxWords> w;
  for (std::size_t i = 0; i < filter.words.size() && i < w.size(); ++i) w[i] = filter.words[i];
  return ask(filter.active.value_or(true),
             filter.active.value_or(false),
             filter.sees.all,
             filter.sees.self,
             filter.sees.self,
             json_list(filter.sees.accounts),
             w[0],
             w[1],
             w[2],
             w[3],
             w[4],
             w[5],
             w[6],
             w[7]);
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

Result<std::optional<StoredUser>> UserRepository::find_to_change(
    Session& db, const UserReference& reference) const {
  if (!reference.id.empty()) return db.find<StoredUser>(kSelectByIdToChange, reference.id);
  return db.find<StoredUser>(kSelectByNumberToChange, reference.number);
}

Result<std::vector<StoredUser>> UserRepository::list(Session& db, const UserFilter& filter) const {
  const UserPosition after = filter.after.value_or(start_of(filter.order));
  const Sql& sql = list_statement(filter.sort, filter.order);
  const bool by_text = filter.sort == UserSort::Username || filter.sort == UserSort::Email;
  return with_filter(filter, [&](const auto&... shared) {
    return by_text
               ? db.list<StoredUser>(
                     sql, shared..., after.text_key, after.number, filter.limit, filter.offset)
               : db.list<StoredUser>(
                     sql, shared..., after.number_key, after.number, filter.limit, filter.offset);
  });
}

Result<std::int64_t> UserRepository::count(Session& db, const UserFilter& filter) const {
  return with_filter(
      filter, [&](const auto&... shared) { return db.get<std::int64_t>(kCount, shared...); });
}

Result<std::int64_t> UserRepository::insert(Session& db, const StoredUser& user) const {
  StoredUser stored = user;
  GATEHOUSE_TRY(stored.number,
                db.get<std::int64_t>(kInsert,
                                     user.id,
                                     user.username,
                                     name_key(user.username),
                                     user.email,
                                     name_key(user.email),
                                     user.recovery_email,
                                     user.email_verified,
                                     user.first_name,
                                     user.last_name,
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
                                     search_key(user),
                                     user.created_at,
                                     user.updated_at));
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
                         user.last_name,
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
                         search_key(user),
                         user.updated_at,
                         user.number));
  GATEHOUSE_CHECK(db.run(kDeleteNames, user.number));
  return claim_names(db, user);
}

Result<None> UserRepository::erase(Session& db, std::int64_t number) const {
  GATEHOUSE_CHECK(db.run(kDelete, number));
  return None{};
}

Result<None> UserRepository::claim_names(Session& db, const StoredUser& user) const {
  if (user.username) {
    auto claimed = db.run(kInsertName, name_key(user.username), user.number);
    if (!claimed && claimed.error().code == ErrorCode::Conflict) {
      return name_taken("username_taken", "username");
    }
    GATEHOUSE_CHECK(std::move(claimed));
  }
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

Result<bool> UserRepository::has_other_active_admin(Session& db, std::int64_t number) const {
  GATEHOUSE_TRY(const auto admins, db.list<std::int64_t>(kSelectActiveAdmins));
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

Result<bool> UserRepository::has_users(Session& db) const {
  GATEHOUSE_TRY(const auto number, db.find<std::int64_t>(kSelectAnyUser));
  return number.has_value();
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
