// From the claims of a delegated token to its principal: whom somebody acts for, and with what.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include <gatehouse/context.hpp>

#include "access_tokens/signed_tokens.hpp"
#include "api_tokens/api_token_check.hpp"
#include "sessions/live_sessions.hpp"

namespace gatehouse::tokens {

// Nothing of a token is believed but who and for whom: both users, the credential of who acts and
// the grant are looked at with each use, as of at most two seconds ago (security.md 3, 12).
//
// Threads: any. Blocking: the database where memory is too old or does not know.
class DelegatedCheck {
 public:
  DelegatedCheck(Context& host, LiveSessions& sessions, ApiTokenCheck& api_tokens)
      : host_(host), sessions_(sessions), api_tokens_(api_tokens) {}

  // Of claims that are of a delegated token. Errors: Unauthenticated; Unavailable.
  Result<Principal> admit(const Call& call, const AccessClaims& claims) const;

  // Who acts, as they come with the credential of then, where the token holds.
  Result<Principal> admit_actor(const Call& call, const AccessClaims& claims) const;

 private:
  Result<Principal> find_actor(const Call& call, const DelegationClaim& delegation) const;
  // Of those in the token the ones that hold now, at least one.
  Result<std::vector<std::string>> find_scopes(const AccessClaims& claims) const;

  Context& host_;
  LiveSessions& sessions_;
  ApiTokenCheck& api_tokens_;
};

}  // namespace gatehouse::tokens
