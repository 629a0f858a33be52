// The access tokens of sessions: JSON Web Tokens by RFC 9068, signed with ES256, for one mount and
// at most five minutes. They say who and until when, never what may be done (security.md 12).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>

#include "sessions/live_sessions.hpp"
#include "signed_tokens.hpp"

namespace gatehouse::tokens {

struct AccessToken {
  std::string text;
  std::chrono::seconds expires_in{0};
};

// Threads: any. Blocking: the database where memory is too old.
class AccessTokens {
 public:
  AccessTokens(const SignedTokens& tokens, LiveSessions& sessions, std::chrono::seconds lifetime)
      : signed_(tokens), sessions_(sessions), lifetime_(lifetime) {}

  // Whole seconds; no longer than the session, and than `latest`.
  AccessToken issue(const SigningKey& key,
                    const StoredSession& session,
                    const LiveUser& user,
                    Time now,
                    Time latest) const;
  // Who comes with these claims, which are of a session. Errors: Unauthenticated; Unavailable.
  Result<Principal> admit(const Call& call, const AccessClaims& claims) const;

 private:
  const SignedTokens& signed_;
  LiveSessions& sessions_;
  const std::chrono::seconds lifetime_;
};

}  // namespace gatehouse::tokens
