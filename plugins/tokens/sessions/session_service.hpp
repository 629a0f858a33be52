// Sessions of people: signing in, staying signed in, seeing and ending them.
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database; sign_in() hashes a password where that is allowed.
// Errors:    Unauthenticated  whatever is wrong with a name, a password or a refresh token;
//            NeedsHashing, RateLimited  from signing in;
//            NotFound         out of reach, or not there; PermissionDenied; Unavailable.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "access_tokens/access_tokens.hpp"
#include "refresh_token.hpp"
#include "session_ends.hpp"
#include "token_owners.hpp"

namespace gatehouse::tokens {

struct SessionSettings {
  std::chrono::seconds lifetime = std::chrono::hours(24 * 30);
  std::chrono::seconds idle = std::chrono::hours(24 * 7);
  std::chrono::seconds refresh_grace{30};
  std::int64_t per_user = 100;
};

// What somebody who signed in, or refreshed, is given.
struct OpenedSession {
  StoredSession session;
  UserRecord user;
  AccessToken access;
  std::string refresh_token;
};

class SessionService {
 public:
  SessionService(Context& host,
                 const SessionRepository& rows,
                 LiveSessions& live,
                 SessionEnds& ends,
                 SigningKeys& signing_keys,
                 const AccessTokens& access_tokens,
                 const SessionSettings& settings);

  // `name`: username or e-mail address.
  Result<OpenedSession> sign_in(const Call& call, std::string_view name, std::string_view password);
  Result<OpenedSession> refresh(const Call& call, std::string_view token);

  // Those of a user, the newest first, one more than `limit` where there are more.
  Result<std::vector<StoredSession>> list(const Principal& who,
                                          const IdOrNumber& user,
                                          const std::optional<SessionPosition>& after,
                                          std::int64_t limit);
  Result<None> end(const Principal& who, const IdOrNumber& user, std::string_view id);
  Result<None> end_all(const Principal& who, const IdOrNumber& user);
  // The session that the caller came with; NotFound with any other credential.
  Result<None> end_own(const Principal& who);
  Result<UserRecord> find_user(std::int64_t number);

 private:
  struct Turn;
  Result<Turn> turn(Session& db, const Call& call, const RefreshToken& sent, const KeySet& keys);
  Result<std::optional<OpenedSession>> repeat(Session& db,
                                              const Call& call,
                                              const RefreshToken& sent,
                                              const KeySet& keys);
  Result<StoredSession> find_sent(Session& db,
                                  const Call& call,
                                  const RefreshToken& sent,
                                  Time now);
  // Empty where it was sealed with a master key that is lost.
  std::string family_key_of(const StoredSession& session) const;
  Result<OpenedSession> hand_out(
      Session& db, StoredSession session, const LiveUser& user, const SigningKey& key, Time now);
  Result<UserRecord> record_of(Session& db, std::int64_t number);

  Context& host_;
  const SessionRepository& rows_;
  LiveSessions& live_;
  SessionEnds& ends_;
  SigningKeys& signing_keys_;
  const AccessTokens& access_tokens_;
  const TokenOwners owners_;
  const SessionSettings settings_;
};

}  // namespace gatehouse::tokens
