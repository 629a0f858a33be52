// How clients of this mount say who they are, beside HTTP Basic: `Authorization: Token` with a
// user's name and an API token of theirs. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/services/api_tokens.hpp>

namespace gatehouse::soltra_edge {

// `Token user:token` (seed document 004), or the same pair in base64 (the vendor's manual).
class TokenAuthenticator final : public Authenticator {
 public:
  explicit TokenAuthenticator(ApiTokens& tokens) : tokens_(tokens) {}

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  Result<Authentication> authenticate(const Call& call) override;

 private:
  ApiTokens& tokens_;
};

}  // namespace gatehouse::soltra_edge
