// SQLite 3 behind Session: one connection writes, a few read, in WAL mode.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <memory>

#include <gatehouse/log.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/runtime/database.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

// Checks the path, makes folder (0700) and file (0600). InvalidArgument names storage.sqlite.path.
Result<std::unique_ptr<Backend>> open_sqlite(const SqliteOptions& options,
                                             std::size_t statement_cache,
                                             Log& log);

}  // namespace gatehouse::storage
