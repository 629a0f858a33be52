// The statements of lists and searches. SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <vector>

#include <gatehouse/body.hpp>

#include "user_repository.hpp"
#include "user_row.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(SearchTerm, (), (word, fields, accounts))

namespace {

// A term holds where its word occurs in one of its fields (bits of UserListing); looked for row by
// row.
// Roles: never less, so <= is =, which PostgreSQL would take for one row in 200, and sort the rest.
#define USERS_SQLITE_TERMS                                           \
  "with term (word, fields, accounts) as materialized (select "      \
  "json_extract(value, '$.word'), json_extract(value, '$.fields'), " \
  "json_extract(value, '$.accounts') from json_each(:terms)) "
#define USERS_POSTGRESQL_TERMS                                            \
  "with term (word, fields, accounts) as materialized (select "           \
  "value->>'word', cast(value->>'fields' as bigint), value->>'accounts' " \
  "from json_array_elements(cast(:terms as json))) "
#define USERS_FOUND(position, bit, key) \
  "((fields & " bit ") <> 0 and " position "(" key ", word) > 0)"
#define USERS_MATCH(position) \
  "active in (:active, :inactive) and (role_bits | :roles) <= role_bits and "               \
  "cast(:account as bigint) in (0, account) and "                                          \
  "cast(:managed_by as bigint) in (0, manager) and "                                       \
  "(cast(:any_name as boolean) or username_key <> '') and "                                \
  "not exists (select 1 from term where not (" USERS_FOUND(position, "1", "username_key")  \
  " or " USERS_FOUND(position, "2", "first_name_key")                                      \
  " or " USERS_FOUND(position, "4", "last_name_key")                                       \
  " or " USERS_FOUND(position, "8", "email_key") " or (accounts <> '' and " position \
  "(accounts, ',' || cast(coalesce(account, 0) as text) || ',') > 0))) and "

// Readers of all walk the index of their order from a position on.
#define USERS_OF_ALL(select, rest)                                                        \
  Sql {                                                                                   \
    USERS_SQLITE_TERMS select "from users_user where " USERS_MATCH("instr") rest,         \
        USERS_POSTGRESQL_TERMS select "from users_user where " USERS_MATCH("strpos") rest \
  }
// For all others, and for lists of one account, the users they reach are looked up by index first,
// and then sorted, so that a list costs what it may show: SQLite takes the sides of a cross join in
// the order they are written.
#define USERS_REACHED(accounts)                                                           \
  "from (select cast(:self as bigint) as reached "                                        \
  "union select number from users_user where manager = :manager "                         \
  "union select number from users_user where account in (" accounts                       \
  ") union select number from users_user where account = :colleagues and manager is null" \
  ") as reachable "                                                                       \
  "cross join users_user where number = reached and "
#define USERS_OF_REACHED(select, rest)                                                           \
  Sql {                                                                                          \
    USERS_SQLITE_TERMS select USERS_REACHED("select value from json_each(:accounts)")            \
        USERS_MATCH("instr") rest,                                                               \
        USERS_POSTGRESQL_TERMS select USERS_REACHED(                                             \
            "select cast(value as bigint) "                                                      \
            "from json_array_elements_text(cast(:accounts as json))") USERS_MATCH("strpos") rest \
  }

// Whom somebody manages, by users_user_by_manager, which is in the order of the list: on PostgreSQL
// by an expression (see its migration).
#define USERS_OF_MANAGER(select, sqlite_rest, postgresql_rest)                                     \
  Sql {                                                                                            \
    USERS_SQLITE_TERMS select "from users_user where manager = :manager and " USERS_MATCH("instr") \
        sqlite_rest,                                                                               \
        USERS_POSTGRESQL_TERMS select                                                              \
        "from users_user where manager = :manager and " USERS_MATCH("strpos") postgresql_rest      \
  }

#define USERS_ORDER(key, compare, direction)                                  \
  "(" key ", number) " compare " (:key, :number) order by " key " " direction \
  ", number " direction " limit :limit offset :offset"
// By reach, and by direction.
#define USERS_LISTS(key)                                                  \
  {                                                                       \
    {USERS_OF_ALL(USERS_COLUMNS, USERS_ORDER(key, ">", "asc")),           \
     USERS_OF_ALL(USERS_COLUMNS, USERS_ORDER(key, "<", "desc"))},         \
        {USERS_OF_REACHED(USERS_COLUMNS, USERS_ORDER(key, ">", "asc")),   \
         USERS_OF_REACHED(USERS_COLUMNS, USERS_ORDER(key, "<", "desc"))}, \
  }
constexpr Sql kListByCreated[2][2] = USERS_LISTS("created_at");
constexpr Sql kListByUsername[2][2] = USERS_LISTS("username_key");
constexpr Sql kListByEmail[2][2] = USERS_LISTS("email_key");
constexpr Sql kListByLastLogin[2][2] = USERS_LISTS("last_login_key");
constexpr Sql kListByLastSeen[2][2] = USERS_LISTS("coalesce(last_seen_at, 0)");
#define USERS_LIST_OF_MANAGER(compare, direction)                 \
  USERS_OF_MANAGER(USERS_COLUMNS,                                 \
                   USERS_ORDER("created_at", compare, direction), \
                   USERS_ORDER("(created_at + 0)", compare, direction))
constexpr Sql kListOfManager[2] = {USERS_LIST_OF_MANAGER(">", "asc"),
                                   USERS_LIST_OF_MANAGER("<", "desc")};
constexpr Sql kCount[3] = {
    USERS_OF_ALL("select count(*) as count ", "number > 0"),
    USERS_OF_REACHED("select count(*) as count ", "number > 0"),
    USERS_OF_MANAGER("select count(*) as count ", "number > 0", "number > 0")};

constexpr Sql kCountInAccounts{
    "select account, count(*) as users from users_user where account in "
    "(select value from json_each(:accounts)) group by account",
    "select account, count(*) as users from users_user where account in "
    "(select cast(value as bigint) from json_array_elements_text(cast(:accounts as json))) "
    "group by account"};

// A list without a position begins before the first row. No name holds U+10FFFF (is_visible_text).
UserPosition start_of(SortOrder order) {
  if (order == SortOrder::Ascending) {
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    return {"", kLeast, kLeast};
  }
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return {"\U0010FFFF", kMost, kMost};
}

constexpr std::int64_t kNobody = 0;

// Whether a list is of those whom somebody manages, and its reader sees all of them.
bool is_of_manager(const UserFilter& filter) {
  return filter.manager != 0 && (filter.sees.all || filter.sees.manager == filter.manager);
}

// How a list comes to its rows.
enum class Way : std::uint8_t {
  All,      // walks all users
  Reached,  // looks up whom it may show
  Manager,  // walks those whom somebody manages, so that it costs what it shows
};
Way way_of(const UserFilter& filter) {
  if (is_of_manager(filter) && filter.sort == UserSort::Created) return Way::Manager;
  const bool is_of_all = filter.sees.all && filter.account == 0 && filter.manager == 0;
  return is_of_all ? Way::All : Way::Reached;
}

// Calls `ask` with the parameters that all lists of that way share, in their order.
template <class F>
auto with_filter(const UserFilter& filter, F&& ask) {
  const std::string terms = encode_json(filter.terms);
  const auto ask_about = [&](const auto&... reach) {
    return ask(terms,
               reach...,
               filter.active.value_or(true),
               filter.active.value_or(false),
               static_cast<std::int64_t>(filter.roles.bits()),
               filter.account,
               filter.manager,
               !filter.has_username);
  };
  const Way way = way_of(filter);
  if (way == Way::All) return ask_about();
  if (way == Way::Manager) return ask_about(filter.manager);
  if (is_of_manager(filter)) {
    return ask_about(kNobody, filter.manager, encode_json(std::vector<std::int64_t>()), kNobody);
  }
  if (filter.sees.all) {
    return ask_about(kNobody, kNobody, encode_json(std::vector{filter.account}), kNobody);
  }
  return ask_about(filter.sees.self,
                   filter.sees.manager,
                   encode_json(filter.sees.accounts),
                   filter.sees.colleagues_in);
}

}  // namespace

const Sql& UserRepository::list_statement(const UserFilter& filter) {
  const Way way = way_of(filter);
  const auto direction = static_cast<std::size_t>(filter.order);
  if (way == Way::Manager) return kListOfManager[direction];
  const std::size_t reach = way == Way::All ? 0 : 1;
  switch (filter.sort) {
    case UserSort::Created:
      break;
    case UserSort::Username:
      return kListByUsername[reach][direction];
    case UserSort::Email:
      return kListByEmail[reach][direction];
    case UserSort::LastLogin:
      return kListByLastLogin[reach][direction];
    case UserSort::LastSeen:
      return kListByLastSeen[reach][direction];
  }
  return kListByCreated[reach][direction];
}

Result<std::vector<StoredUser>> UserRepository::list(Session& db, const UserFilter& filter) const {
  const UserPosition after = filter.after.value_or(start_of(filter.order));
  const Sql& sql = list_statement(filter);
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
  const Sql& sql = kCount[static_cast<std::size_t>(way_of(filter))];
  return with_filter(filter,
                     [&](const auto&... shared) { return db.get<std::int64_t>(sql, shared...); });
}

Result<std::vector<AccountUsers>> UserRepository::count_in_accounts(
    Session& db, const std::vector<std::int64_t>& accounts) const {
  return db.list<AccountUsers>(kCountInAccounts, encode_json(accounts));
}

}  // namespace gatehouse::users
