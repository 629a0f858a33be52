// How sessions end: by their user, by who stands above them, by what happens to the user or the
// deployment, by a refresh token that was used twice, and by time. Every end is published in its
// own transaction. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "access_tokens/signing_keys.hpp"
#include "live_sessions.hpp"

namespace gatehouse::tokens {

// Threads: any. Blocking: the database, in the caller's transaction.
class SessionEnds {
 public:
  SessionEnds(Context& host,
              const SessionRepository& rows,
              LiveSessions& live,
              SigningKeys& signing_keys)
      : host_(host), rows_(rows), live_(live), signing_keys_(signing_keys) {}

  // In Plugin::wire(): listens to what ends sessions, writes the letter, and drops what is over.
  void listen();

  // One of the user's; NotFound when there is none. Told in the trail.
  Result<None> end(Session& db, const UserRecord& user, std::string_view id);
  // All of them. Told in the trail, where there were any.
  Result<None> end_all(Session& db, const UserRecord& user);
  // Those beyond the newest `kept`; not told.
  Result<None> end_oldest(Session& db, std::int64_t user, std::int64_t kept);
  // Of a family whose refresh token came twice: told in the trail and by mail.
  Result<None> end_reused(Session& db, const UserRecord& user, std::string_view id);

 private:
  Result<std::size_t> erase_others(Session& db, std::int64_t user, std::string_view kept);
  Result<None> after_password_change(Session& db, const UserPasswordChanged& event);
  Result<None> void_all(Session& db);
  void drop_over();

  Context& host_;
  const SessionRepository& rows_;
  LiveSessions& live_;
  SigningKeys& signing_keys_;
};

}  // namespace gatehouse::tokens
