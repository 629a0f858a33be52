// SPDX-License-Identifier: Apache-2.0
#include "storage/failed_uses.hpp"

#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

#include "storage/coarse_clock.hpp"

namespace gatehouse::storage {
namespace {

// Serializable transactions that meet on one row are run again one by one; the deadline is the
// bound that counts.
constexpr int kWriteTries = 10;

Error busy() {
  return unavailable("The database is busy; try again in a moment.");
}

}  // namespace

FailedUses::FailedUses(const DatabaseOptions& options, Log& log, Metrics& metrics)
    : options_(options),
      log_(log),
      retries_(metrics.counter(
          "storage_retries_total", "Transactions that were run again after a collision.", {})) {}

bool FailedUses::may_run_again(const DbError& error, WriteTries& tries) const {
  const bool may_succeed = error.kind() == DbErrorKind::Retry || error.kind() == DbErrorKind::Lost;
  const auto last_begin = options_.engine == Engine::Sqlite
                              ? tries.end - options_.time_limit + options_.sqlite.busy_timeout
                              : tries.end;
  const bool again = may_succeed && tries.collisions + 1 < kWriteTries && coarse_now() < last_begin;
  if (!again) return false;
  ++tries.collisions;
  retries_.add(1);
  return true;
}

void FailedUses::back_off(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::this_thread::sleep_for(std::chrono::microseconds(500 + random() % (4'000u << attempt)));
}

Error FailedUses::give_up(std::string_view plugin, const DbError& error) const {
  switch (error.kind()) {
    case DbErrorKind::Retry:
      log_.warning("storage_busy", "plugin {}: {}", plugin, std::string_view(error.what()));
      return busy();
    case DbErrorKind::Unknown:
      log_.error(
          "storage_outcome_unknown", "plugin {}: {}", plugin, std::string_view(error.what()));
      return unavailable(
          "The database was lost while it stored this, and whether it did is not known: look "
          "before you send it again.");
    case DbErrorKind::Lost:
    case DbErrorKind::Unavailable:
      log_.error("storage_unavailable", "plugin {}: {}", plugin, std::string_view(error.what()));
      return unavailable("The database is not available; try again in a moment.");
    case DbErrorKind::Conflict:
    case DbErrorKind::Invalid:
    case DbErrorKind::Internal:
      break;
  }
  // A type of the SDK library's own would not survive everywhere it is caught.
  throw std::runtime_error(error.what());
}

Error FailedUses::give_up_held(RequestScope& scope,
                               std::string_view plugin,
                               const DbError& error) const {
  if (scope.tries() == nullptr || !may_run_again(error, *scope.tries())) {
    return give_up(plugin, error);
  }
  scope.note_collision();
  return busy();
}

}  // namespace gatehouse::storage
