// The row of a session that begins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/live_users.hpp>

#include "session.hpp"

namespace gatehouse::tokens {

// Of that user, from that request, for its mount; what lasts and what opens it is left to fill in.
// Blocking: one statement.
Result<StoredSession> new_session(Context& host,
                                  Session& db,
                                  const Call& call,
                                  const LiveUser& user);

}  // namespace gatehouse::tokens
