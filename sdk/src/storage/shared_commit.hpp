// One commit for what several writers have done one after another: to reach the disk takes longer
// than most changes. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "storage/coarse_clock.hpp"
#include "storage/db_error.hpp"

namespace gatehouse::storage {

// Threads: any. Ends once.
class SharedCommit {
 public:
  // So long others may join.
  static constexpr std::chrono::milliseconds kLongest{5};
  // Who joined and is not done then is run again, alone: the others wait for it.
  static constexpr std::chrono::milliseconds kLongestTurn{50};

  bool is_full() const { return coarse_now() - begun_ > kLongest; }

  void succeed() { end(std::nullopt); }
  void fail(const DbError& error) { end(error); }

  // Blocking: until all is on the disk. Throws DbError: none of it is.
  void wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return over_; });
    if (error_) throw DbError(*error_);
  }

 private:
  void end(std::optional<DbError> error) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
    over_ = true;
    ended_.notify_all();
  }

  const std::chrono::milliseconds begun_ = coarse_now();
  std::mutex mutex_;  // guards all below
  std::condition_variable ended_;
  bool over_ = false;
  std::optional<DbError> error_;
};

}  // namespace gatehouse::storage
