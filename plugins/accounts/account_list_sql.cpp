// The statements of lists and searches. SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <utility>

#include "account_repository.hpp"
#include "account_row.hpp"

namespace gatehouse::accounts {
namespace {

#define ACCOUNTS_SQLITE_WORDS \
  "with term (word) as materialized (select value from json_each(:words)) "
#define ACCOUNTS_POSTGRESQL_WORDS                        \
  "with term (word) as materialized (select value from " \
  "json_array_elements_text(cast(:words as json))) "
// Looked for row by row.
#define ACCOUNTS_MATCH(position)                   \
  "not exists (select 1 from term where " position \
  "(a.name_key, word) = 0) and "                   \
  "cast(:role as text) in (select '' union all select r.name from " ACCOUNTS_ROLES_OF_A ") and "

// Readers of all walk the index of their order from a position on.
#define ACCOUNTS_ALL "from accounts_account a " ACCOUNTS_WITH_CONSULTANCY "where "
// For all others the accounts they reach are looked up by index first, and then sorted, so that a
// list costs what it may show: SQLite takes the sides of a cross join in the order they are
// written.
#define ACCOUNTS_REACHED(accounts)                                                            \
  "from (" accounts                                                                           \
  " union select number from accounts_account where consultancy = :clients_of) as reachable " \
  "cross join accounts_account a " ACCOUNTS_WITH_CONSULTANCY "where a.number = reached and "
#define ACCOUNTS_SQLITE_REACHED \
  ACCOUNTS_REACHED("select value as reached from json_each(:accounts)")
#define ACCOUNTS_POSTGRESQL_REACHED                   \
  ACCOUNTS_REACHED(                                   \
      "select cast(value as bigint) as reached from " \
      "json_array_elements_text(cast(:accounts as json))")

// By reach.
#define ACCOUNTS_STATEMENTS(sqlite_select, postgresql_select, rest)                               \
  {                                                                                               \
    Sql{ACCOUNTS_SQLITE_WORDS sqlite_select ACCOUNTS_ALL ACCOUNTS_MATCH("instr") rest,            \
        ACCOUNTS_POSTGRESQL_WORDS postgresql_select ACCOUNTS_ALL ACCOUNTS_MATCH("strpos") rest},  \
        Sql {                                                                                     \
      ACCOUNTS_SQLITE_WORDS sqlite_select ACCOUNTS_SQLITE_REACHED ACCOUNTS_MATCH("instr") rest,   \
          ACCOUNTS_POSTGRESQL_WORDS postgresql_select ACCOUNTS_POSTGRESQL_REACHED ACCOUNTS_MATCH( \
              "strpos") rest                                                                      \
    }                                                                                             \
  }
#define ACCOUNTS_LISTS(rest) \
  ACCOUNTS_STATEMENTS(       \
      ACCOUNTS_SQLITE_COLUMNS, ACCOUNTS_POSTGRESQL_COLUMNS, rest " limit :limit offset :offset")
// By direction. No two accounts have one name.
constexpr Sql kListByName[2][2] = {ACCOUNTS_LISTS("a.name_key > :key order by a.name_key asc"),
                                   ACCOUNTS_LISTS("a.name_key < :key order by a.name_key desc")};
constexpr Sql kListByCreated[2][2] = {
    ACCOUNTS_LISTS(
        "(a.created_at, a.number) > (:key, :number) order by a.created_at asc, a.number asc"),
    ACCOUNTS_LISTS(
        "(a.created_at, a.number) < (:key, :number) order by a.created_at desc, a.number desc")};
constexpr Sql kCount[2] =
    ACCOUNTS_STATEMENTS("select count(*) as count ", "select count(*) as count ", "a.number > 0");

constexpr Sql kSelectByWord{
    "select number from accounts_account where instr(name_key, :word) > 0 limit :limit",
    "select number from accounts_account where strpos(name_key, :word) > 0 limit :limit"};

// A list without a position begins before the first row. No name holds U+10FFFF (is_visible_text).
AccountPosition start_of(SortOrder order) {
  if (order == SortOrder::Ascending) {
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    return {"", kLeast, kLeast};
  }
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return {"\U0010FFFF", kMost, kMost};
}

// Calls `ask` with the parameters that all lists of that reach share, in their order.
template <class F>
auto with_filter(const AccountFilter& filter, F&& ask) {
  const std::string words = encode_json(filter.words);
  if (filter.sees.all) return ask(words, filter.role);
  return ask(words, encode_json(filter.sees.accounts), filter.sees.clients_of, filter.role);
}

std::size_t reach_of(const AccountFilter& filter) {
  return filter.sees.all ? 0 : 1;
}

}  // namespace

const Sql& AccountRepository::list_statement(const AccountFilter& filter) {
  const auto direction = static_cast<std::size_t>(filter.order);
  switch (filter.sort) {
    case AccountSort::Name:
      break;
    case AccountSort::Created:
      return kListByCreated[direction][reach_of(filter)];
  }
  return kListByName[direction][reach_of(filter)];
}

Result<std::vector<StoredAccount>> AccountRepository::list(Session& db,
                                                           const AccountFilter& filter) const {
  const AccountPosition after = filter.after.value_or(start_of(filter.order));
  const Sql& sql = list_statement(filter);
  GATEHOUSE_TRY(auto rows, with_filter(filter, [&](const auto&... shared) {
                  return filter.sort == AccountSort::Name
                             ? db.list<AccountRow>(
                                   sql, shared..., after.text_key, filter.limit, filter.offset)
                             : db.list<AccountRow>(sql,
                                                   shared...,
                                                   after.number_key,
                                                   after.number,
                                                   filter.limit,
                                                   filter.offset);
                }));
  return from_rows(std::move(rows));
}

Result<std::int64_t> AccountRepository::count(Session& db, const AccountFilter& filter) const {
  const Sql& sql = kCount[reach_of(filter)];
  return with_filter(filter,
                     [&](const auto&... shared) { return db.get<std::int64_t>(sql, shared...); });
}

Result<std::vector<std::int64_t>> AccountRepository::find_by_word(Session& db,
                                                                  std::string_view word,
                                                                  std::int64_t limit) const {
  std::vector<std::int64_t> numbers;
  GATEHOUSE_CHECK(db.each<std::int64_t>(
      kSelectByWord, [&numbers](std::int64_t number) { numbers.push_back(number); }, word, limit));
  return numbers;
}

}  // namespace gatehouse::accounts
