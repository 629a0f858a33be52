// Bearer credentials that are JSON Web Tokens: of sessions, and delegated ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "access_tokens/access_tokens.hpp"
#include "bearer.hpp"
#include "delegated/delegated_check.hpp"

namespace gatehouse::tokens {

class JsonWebTokens final : public BearerCredential {
 public:
  JsonWebTokens(SignedTokens& tokens, const AccessTokens& access, const DelegatedCheck& delegated)
      : signed_(tokens), access_(access), delegated_(delegated) {}

  bool has_form(std::string_view token) const override { return token.find('.') != token.npos; }
  Result<Principal> check(const Call& call, std::string_view token) override;

 private:
  SignedTokens& signed_;
  const AccessTokens& access_;
  const DelegatedCheck& delegated_;
};

}  // namespace gatehouse::tokens
