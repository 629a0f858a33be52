// Whether the credential of a request still holds, as a transaction sees it. What memory said of it
// may be two seconds old (security.md 12), and what is made with it may last a year.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>

#include <gatehouse/context.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/services/live_users.hpp>

#include "api_tokens/api_token_repository.hpp"
#include "sessions/session_repository.hpp"

namespace gatehouse::tokens {

// Who asks, and what the rows say of the credential.
struct Stood {
  std::shared_ptr<const LiveUser> user;
  std::optional<StoredSession> session;
  std::optional<StoredApiToken> token;
};

// Threads: any. Blocking: up to three statements of the caller's session.
class Standing {
 public:
  explicit Standing(Context& host) : host_(host) {}

  // The user, who may act, under the password that the credential is good for; and the session or
  // the token is there. Errors: Unauthenticated.
  Result<Stood> require(Session& db, const Principal& who) const;

 private:
  Result<bool> is_good(Session& db, const StoredSession& session, const LiveUser& user) const;

  Context& host_;
  SessionRepository sessions_;
  ApiTokenRepository tokens_;
};

}  // namespace gatehouse::tokens
