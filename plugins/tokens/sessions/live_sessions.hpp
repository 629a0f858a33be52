// Sessions at the moment of a request: whether one still lets its user in.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>
#include <gatehouse/services/live_users.hpp>

#include "session_repository.hpp"

namespace gatehouse::tokens {

// Threads: any. Blocking: the database where memory is too old or does not know.
class LiveSessions {
 public:
  LiveSessions(Context& host, const SessionRepository& rows);

  // As of at most two seconds ago (security.md 12); null: there is none.
  Result<std::shared_ptr<const StoredSession>> find(const std::string& id);
  // What it shows its user as, if it and the user stand as they did when it was opened, in the
  // mount that it was opened for. Unauthenticated, whatever is wrong; Unavailable.
  Result<Principal> admit(const Call& call, const StoredSession& session);

  // The deployment's, as of at most two seconds ago.
  Result<std::int64_t> epoch();

  // The same question inside a transaction, as it sees them; the user.
  Result<std::shared_ptr<const LiveUser>> require_standing(Session& db,
                                                           const StoredSession& session,
                                                           Time now);

  // In the transaction that ends or changes a session, and that voids all of them.
  Result<None> publish(Session& db, std::string_view id);
  Result<None> publish_epoch(Session& db);

 private:
  Context& host_;
  const SessionRepository& rows_;
  LiveCache<std::string, StoredSession> sessions_;
  LiveCache<std::int64_t, std::int64_t> epoch_;  // the deployment's, under the key 0
};

}  // namespace gatehouse::tokens
