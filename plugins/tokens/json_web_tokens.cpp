// SPDX-License-Identifier: Apache-2.0
#include "json_web_tokens.hpp"

namespace gatehouse::tokens {

Result<Principal> JsonWebTokens::check(const Call& call, std::string_view token) {
  GATEHOUSE_TRY(const auto claims, signed_.read(call, token));
  return admit(call, *claims);
}

Result<Principal> JsonWebTokens::admit(const Call& call, const AccessClaims& claims) const {
  if (is_of_session(claims)) return access_.admit(call, claims);
  if (is_of_api_token(claims)) return bound_.admit(call, claims);
  if (is_delegated(claims)) return delegated_.admit(call, claims);
  return unauthenticated();
}

}  // namespace gatehouse::tokens
