// How an account stands in a row: what the files with SQL share.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/body.hpp>

#include "account.hpp"

namespace gatehouse::accounts {

// With its roles as a JSON array and its consultancy's names, so that one statement tells all.
struct AccountRow {
  std::int64_t number = 0;
  std::string id;
  std::string name;
  std::optional<std::string> roles;
  std::optional<std::int64_t> consultancy;
  std::optional<std::string> consultancy_id;
  std::optional<std::string> consultancy_name;
  std::optional<std::string> primary_color;
  std::optional<std::string> secondary_color;
  std::optional<std::string> logo_url;
  bool is_default = false;
  Time created_at;
  Time updated_at;
};
BOOST_DESCRIBE_STRUCT(AccountRow,
                      (),
                      (number,
                       id,
                       name,
                       roles,
                       consultancy,
                       consultancy_id,
                       consultancy_name,
                       primary_color,
                       secondary_color,
                       logo_url,
                       is_default,
                       created_at,
                       updated_at))

// Literals: the compiler joins them with others, so that each statement is one constant. `a` is the
// account, `c` its consultancy.
#define ACCOUNTS_COLUMNS_WITH(roles)                                                           \
  "select a.number as number, a.id as id, a.name as name, " roles                              \
  " as roles, a.consultancy as consultancy, c.id as consultancy_id, c.name as "                \
  "consultancy_name, a.primary_color as primary_color, a.secondary_color as secondary_color, " \
  "a.logo_url as logo_url, a.is_default as is_default, a.created_at as created_at, "           \
  "a.updated_at as updated_at "
#define ACCOUNTS_ROLES_OF_A                                      \
  "accounts_account_role ar join accounts_role r on r.number = " \
  "ar.role_number where ar.account_number = a.number"
#define ACCOUNTS_SQLITE_COLUMNS                                                      \
  ACCOUNTS_COLUMNS_WITH(                                                             \
      "(select json_group_array(name) from (select r.name from " ACCOUNTS_ROLES_OF_A \
      " order by r.name))")
#define ACCOUNTS_POSTGRESQL_COLUMNS                             \
  ACCOUNTS_COLUMNS_WITH(                                        \
      "(select cast(json_agg(r.name order by r.name) as text) " \
      "from " ACCOUNTS_ROLES_OF_A ")")
#define ACCOUNTS_WITH_CONSULTANCY "left join accounts_account c on c.number = a.consultancy "

inline StoredAccount from_row(AccountRow row) {
  StoredAccount account;
  account.number = row.number;
  account.id = std::move(row.id);
  account.name = std::move(row.name);
  if (row.roles) account.roles = decode_json<std::vector<std::string>>(*row.roles).value();
  if (row.consultancy) {
    account.consultancy = {*row.consultancy,
                           std::move(row.consultancy_id).value_or(""),
                           std::move(row.consultancy_name).value_or("")};
  }
  account.primary_color = std::move(row.primary_color);
  account.secondary_color = std::move(row.secondary_color);
  account.logo_url = std::move(row.logo_url);
  account.is_default = row.is_default;
  account.created_at = row.created_at;
  account.updated_at = row.updated_at;
  return account;
}

inline std::vector<StoredAccount> from_rows(std::vector<AccountRow> rows) {
  std::vector<StoredAccount> accounts;
  accounts.reserve(rows.size());
  for (AccountRow& row : rows) accounts.push_back(from_row(std::move(row)));
  return accounts;
}

}  // namespace gatehouse::accounts
