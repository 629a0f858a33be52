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

// See Database::migrate(). Throws DbError when the database is away.
std::vector<std::string> migrate(Connection& connection,
                                 Engine engine,
                                 std::string_view plugin,
                                 const Migrations& migrations,
                                 Time now);

// Empty as long as nothing was ever migrated.
std::vector<AppliedMigration> applied_migrations(Connection& connection, Engine engine);

}  // namespace gatehouse::storage
