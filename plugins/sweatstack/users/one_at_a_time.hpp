// Long answers of which somebody has one made at a time (security.md, "Unpaged lists").
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_set>

namespace gatehouse::sweatstack {

// Threads: any. Blocking: never.
class OneAtATime {
 public:
  // Held while the answer is made; ends with it, and before OneAtATime does.
  class Turn {
   public:
    Turn(OneAtATime& turns, std::int64_t user) : turns_(turns), user_(user) {}
    ~Turn() { turns_.leave(user_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    OneAtATime& turns_;
    const std::int64_t user_;
  };

  // Null: this user has one.
  std::unique_ptr<Turn> enter(std::int64_t user) {
    const std::lock_guard lock(mutex_);
    return users_.insert(user).second ? std::make_unique<Turn>(*this, user) : nullptr;
  }

 private:
  void leave(std::int64_t user) {
    const std::lock_guard lock(mutex_);
    users_.erase(user);
  }

  std::mutex mutex_;
  std::unordered_set<std::int64_t> users_;
};

}  // namespace gatehouse::sweatstack
