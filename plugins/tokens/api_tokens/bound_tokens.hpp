// Access tokens of API tokens: what a dialect's client gets that wants a JSON Web Token and came
// with an API token. They say which one; its scopes, its end and its owner are looked at with each
// use (security.md 12). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include <gatehouse/context.hpp>

#include "access_tokens/access_tokens.hpp"
#include "api_token_check.hpp"
#include "standing.hpp"

namespace gatehouse::tokens {

// Threads: any. Blocking: the database where memory is too old or does not know.
class BoundTokens {
 public:
  // `lifetime`: that of access tokens.
  BoundTokens(Context& host,
              const SignedTokens& tokens,
              LiveSessions& sessions,
              ApiTokenCheck& api_tokens,
              std::chrono::seconds lifetime)
      : host_(host),
        signed_(tokens),
        sessions_(sessions),
        api_tokens_(api_tokens),
        lifetime_(lifetime) {}

  // For that mount, of the token of `owner`; no longer than that lasts, and than `latest`.
  Result<AccessToken> issue(Session& db,
                            const SigningKey& key,
                            std::string_view mount,
                            const Stood& owner,
                            Time latest) const;
  // Of claims that are of an API token: its principal, who ends with the claims. Errors:
  // Unauthenticated; Unavailable.
  Result<Principal> admit(const Call& call, const AccessClaims& claims) const;

 private:
  Context& host_;
  const SignedTokens& signed_;
  LiveSessions& sessions_;
  ApiTokenCheck& api_tokens_;
  const std::chrono::seconds lifetime_;
};

}  // namespace gatehouse::tokens
