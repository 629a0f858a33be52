// Turns at something long, of which each user has one at a time: a list that is read whole, say
// (security.md, "Unpaged lists"). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace gatehouse {

// Of one process. Threads: any. Blocking: never.
class Turns {
  struct Users {
    std::mutex mutex;
    std::unordered_set<std::int64_t> busy;
  };

 public:
  // Lasts until it is destroyed, on whatever thread; may outlive the Turns.
  class Turn {
   public:
    ~Turn() {
      const std::lock_guard lock(users_->mutex);
      users_->busy.erase(user_);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    friend class Turns;
    Turn(std::shared_ptr<Users> users, std::int64_t user) : users_(std::move(users)), user_(user) {}
    const std::shared_ptr<Users> users_;
    const std::int64_t user_;
  };
  using Held = std::shared_ptr<const Turn>;

  // Null: the user has one.
  Held take(std::int64_t user) {
    const std::lock_guard lock(users_->mutex);
    if (!users_->busy.insert(user).second) return nullptr;
    return Held(new Turn(users_, user));
  }

 private:
  const std::shared_ptr<Users> users_ = std::make_shared<Users>();
};

}  // namespace gatehouse
