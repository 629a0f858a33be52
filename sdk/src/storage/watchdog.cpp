// SPDX-License-Identifier: Apache-2.0
#include "storage/watchdog.hpp"

#include "storage/coarse_clock.hpp"

namespace gatehouse::storage {
namespace {

constexpr std::chrono::milliseconds kPeriod{250};

}  // namespace

Watchdog::Watchdog(Log& log) : log_(log), thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

Watchdog::Watch::Watch(Watchdog& watchdog,
                       Connection& connection,
                       std::string_view plugin,
                       std::chrono::milliseconds slow,
                       std::chrono::milliseconds end)
    : watchdog_(watchdog) {
  const std::lock_guard lock(watchdog_.mutex_);
  if (watchdog_.spare_.empty()) watchdog_.spare_.emplace_back();
  entry_ = watchdog_.spare_.begin();
  *entry_ = {&connection, plugin, coarse_now(), slow, end};
  watchdog_.entries_.splice(watchdog_.entries_.end(), watchdog_.spare_, entry_);
}

Watchdog::Watch::~Watch() {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.spare_.splice(watchdog_.spare_.begin(), watchdog_.entries_, entry_);
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kPeriod, [this] { return stopping_; })) look();
}

void Watchdog::look() {
  const auto now = coarse_now();
  for (Entry& entry : entries_) {
    const auto held = (now - entry.begin).count();
    if (!entry.warned && now - entry.begin > entry.slow) {
      entry.warned = true;
      log_.warning("storage_slow_use",
                   "plugin {} has held a connection for {} ms by now",
                   entry.plugin,
                   held);
    }
    if (!entry.interrupted && now > entry.end && now - entry.end > kGrace) {
      entry.interrupted = true;
      log_.error("storage_hung",
                 "plugin {} has held a connection for {} ms, and the database does not answer; the "
                 "connection is closed",
                 entry.plugin,
                 held);
      entry.connection->interrupt();
    }
  }
}

}  // namespace gatehouse::storage
