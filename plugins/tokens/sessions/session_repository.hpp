// The rows of sessions. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage.hpp>

#include "session.hpp"

namespace gatehouse::tokens {

// Where a walk through a user's sessions stands: behind this one.
struct SessionPosition {
  std::int64_t created_at = 0;  // microseconds
  std::string id;
};
BOOST_DESCRIBE_STRUCT(SessionPosition, (), (created_at, id))

// Threads: any. Blocking: the database, one statement each.
class SessionRepository {
 public:
  using Ids = Result<std::vector<std::string>>;

  // All but insert and erase_all(), for tests of how they are run.
  static std::span<const Sql> statements();

  Result<std::optional<StoredSession>> find(Session& db, std::string_view id) const;
  // Those that are not over, the newest first.
  Result<std::vector<StoredSession>> list(Session& db,
                                          std::int64_t user,
                                          Time now,
                                          const std::optional<SessionPosition>& after,
                                          std::int64_t limit) const;
  // With those that are over.
  Result<std::int64_t> count(Session& db, std::int64_t user) const;
  Result<None> insert(Session& db, const StoredSession& session) const;

  // The refresh token of that generation is used: the next one is given. False: it was used before.
  Result<bool> rotate(Session& db, const StoredSession& session) const;
  // Unless a use of less than a minute before stands there.
  Result<None> note_use(Session& db, std::string_view id, Time at, std::string_view address) const;
  // It goes on under the user's new epoch. False: there is no such session of the user.
  Result<bool> set_epoch(Session& db,
                         std::string_view id,
                         std::int64_t user,
                         std::int64_t epoch) const;

  // False: there is none.
  Result<bool> erase(Session& db, std::string_view id, std::int64_t user) const;
  // Those of a user but one; returns which.
  Ids erase_others(Session& db, std::int64_t user, std::string_view kept) const;
  // Those of a user but the `kept` newest; returns which.
  Ids erase_oldest(Session& db, std::int64_t user, std::int64_t kept) const;
  // Up to 500 that are over; returns how many.
  Result<std::int64_t> erase_over(Session& db, Time now) const;
  Result<None> erase_all(Session& db) const;
};

}  // namespace gatehouse::tokens
