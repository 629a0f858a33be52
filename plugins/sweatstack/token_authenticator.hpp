// Tokens as credentials of this dialect: access tokens of its own mount, and API tokens.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/context.hpp>

#include "presented_token.hpp"

namespace gatehouse::sweatstack {

// Principal::expires_at is when the text ends that the client came with, if that is sooner than
// what stands behind it.
class TokenAuthenticator final : public Authenticator {
 public:
  // `actor_path`: where a delegated token counts as its actor's ("": nowhere), for
  // `principal_from_delegated`.
  TokenAuthenticator(Context& host, std::string actor_path)
      : host_(host), actor_path_(std::move(actor_path)) {}

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  // Errors also: PermissionDenied cross_site.
  Result<Authentication> authenticate(const Call& call) override;

 private:
  Result<Principal> judge(const Call& call, std::string_view token);

  Context& host_;
  const std::string actor_path_;
};

}  // namespace gatehouse::sweatstack
