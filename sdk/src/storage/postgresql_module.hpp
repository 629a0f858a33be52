// The PostgreSQL back end is a library of its own, so that a deployment on SQLite neither needs nor
// loads libpq. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>

#include <gatehouse/log.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/runtime/database.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

// What is referred to outlives the back end.
struct PostgresqlTerms {
  const PostgresqlOptions& options;
  std::chrono::milliseconds time_limit;  // of one use
  std::size_t statement_cache;
  Log& log;
};

// What the library shows: its version, which is the SDK's own, for the two share more than a public
// interface; and a function that makes a back end, which connects to nothing yet. It removes what
// libpq reads (PG...) from the environment, so it comes before other threads read that.
inline constexpr const char* kPostgresqlVersion = "gatehouse_postgresql_version";  // const char[]
inline constexpr const char* kPostgresqlEntry = "gatehouse_postgresql_make";
using PostgresqlEntry = Backend*(const PostgresqlTerms& terms);

// Opens libgatehouse-postgresql beside this library, once. InvalidArgument: it is not there or
// of another build.
Result<std::unique_ptr<Backend>> open_postgresql(const PostgresqlTerms& terms);

}  // namespace gatehouse::storage
