// Brings a plugin's tables to where its code expects them. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/runtime/database.hpp>
#include <gatehouse/storage/sql.hpp>
#include <gatehouse/time.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

struct MigrationTerms {
  Engine engine;
  Time now;
  // Who gets rights on the tables, which belong to whoever `connection` is; "": nobody else.
  std::string_view serving_role;
};

// See Database::migrate(). Throws DbError when the database is away.
std::vector<std::string> migrate(Connection& connection,
                                 const MigrationTerms& terms,
                                 std::string_view plugin,
                                 const Migrations& migrations);

// With MigrationMode::Check: what to tell the operator of the plugin's steps; empty: all are
// applied.
std::vector<std::string> check_migrations(std::string_view plugin,
                                          const std::vector<MigrationStep>& steps);

// Empty as long as nothing was ever migrated.
std::vector<AppliedMigration> applied_migrations(Connection& connection, Engine engine);

// Without the statement, which what() of PostgreSQL's errors ends with: a whole script, here.
// Valid as long as `error`.
std::string_view reason_of(const DbError& error);

}  // namespace gatehouse::storage
