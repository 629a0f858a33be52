// Handovers of managed users that wait to be accepted.
//
// Threads: any; no state. Blocking: one statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/storage.hpp>

namespace gatehouse::users {

// What a user shall be called who is managed so far, and where the invitation goes.
struct PendingHandover {
  std::int64_t user_number = 0;
  std::string username;
  std::string email;
  Time expires_at;
};

class HandoverRepository {
 public:
  // In the place of the one before.
  Result<None> put(Session& db, const PendingHandover& pending) const;
  Result<std::optional<PendingHandover>> find(Session& db, std::int64_t user, Time now) const;
  // Whether one waited.
  Result<bool> drop(Session& db, std::int64_t user) const;
  // Of all whom the manager manages.
  Result<None> drop_of_manager(Session& db, std::int64_t manager) const;
  Result<None> drop_all(Session& db) const;
  // Removes up to 1,000 that have expired.
  Result<None> drop_expired(Session& db, Time now) const;
};

}  // namespace gatehouse::users
