// What becomes of uses of the database that failed: they are run again, or whoever asked is told.
// Threads: any. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/request_scope.hpp>

#include "storage/db_error.hpp"

namespace gatehouse::storage {

class FailedUses {
 public:
  // What is referred to outlives it.
  FailedUses(const DatabaseOptions& options, Log& log, Metrics& metrics);

  // Counts the run that has failed.
  bool may_run_again(const DbError& error, WriteTries& tries) const;
  // Spreads those that collided, longer each time. Blocking: milliseconds.
  static void back_off(int attempt);

  // The end of what could not be done: a value when trying later helps, else std::runtime_error.
  Error give_up(std::string_view plugin, const DbError& error) const;
  // The same where the callback of the write is over, so that only the whole request of that scope
  // can be run again.
  Error give_up_held(RequestScope& scope, std::string_view plugin, const DbError& error) const;

 private:
  const DatabaseOptions& options_;
  Log& log_;
  Counter& retries_;
};

}  // namespace gatehouse::storage
