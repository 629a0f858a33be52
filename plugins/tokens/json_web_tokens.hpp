// Bearer credentials that are JSON Web Tokens: of sessions, of API tokens, and delegated ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "access_tokens/access_tokens.hpp"
#include "api_tokens/bound_tokens.hpp"
#include "bearer.hpp"
#include "delegated/delegated_check.hpp"

namespace gatehouse::tokens {

class JsonWebTokens final : public BearerCredential {
 public:
  JsonWebTokens(SignedTokens& tokens,
                const AccessTokens& access,
                const BoundTokens& bound,
                const DelegatedCheck& delegated)
      : signed_(tokens), access_(access), bound_(bound), delegated_(delegated) {}

  bool has_form(std::string_view token) const override { return token.find('.') != token.npos; }
  Result<Principal> check(const Call& call, std::string_view token) override;

  // Who comes with claims that SignedTokens::read() has given.
  Result<Principal> admit(const Call& call, const AccessClaims& claims) const;

 private:
  SignedTokens& signed_;
  const AccessTokens& access_;
  const BoundTokens& bound_;
  const DelegatedCheck& delegated_;
};

}  // namespace gatehouse::tokens
