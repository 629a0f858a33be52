// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <gatehouse/deployment.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse {
namespace {

// The one row is made with the table (own_tables.hpp).
constexpr Sql kSelect = "select epoch from gatehouse_deployment";
constexpr Sql kUpdate(
    "update gatehouse_deployment set epoch = max(epoch + 1, :seconds) returning epoch",
    "update gatehouse_deployment set epoch = greatest(epoch + 1, :seconds) returning epoch");

}  // namespace

Result<std::int64_t> deployment_epoch(Session& db) {
  return db.get<std::int64_t>(kSelect);
}

Result<std::int64_t> begin_deployment_epoch(Session& db, Time now) {
  const std::int64_t seconds =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return db.get<std::int64_t>(kUpdate, seconds);
}

}  // namespace gatehouse
