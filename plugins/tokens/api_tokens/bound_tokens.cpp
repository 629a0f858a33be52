// SPDX-License-Identifier: Apache-2.0
#include "bound_tokens.hpp"

#include <algorithm>

#include <gatehouse/deployment.hpp>

namespace gatehouse::tokens {

Result<AccessToken> BoundTokens::issue(Session& db,
                                       const SigningKey& key,
                                       std::string_view mount,
                                       const Stood& owner,
                                       Time latest) const {
  const Time now = host_.clock().now();
  const StoredApiToken& token = *owner.token;
  AccessClaims claims;
  claims.sub = owner.user->id;
  claims.epoch = owner.user->epoch;
  GATEHOUSE_TRY(claims.dep, deployment_epoch(db));
  claims.api_token = ApiTokenClaim{token.record.user, token.record.id, stamp_of(token)};
  const Time end = std::min({now + lifetime_, token.record.expires_at, latest});
  std::string text = signed_.sign(key, mount, now, end, claims);
  return AccessToken{std::move(text), std::chrono::seconds(claims.exp - claims.iat)};
}

Result<Principal> BoundTokens::admit(const Call& call, const AccessClaims& claims) const {
  GATEHOUSE_TRY(const std::int64_t deployment, sessions_.epoch());
  if (claims.dep != deployment) return unauthenticated();
  const ApiTokenClaim& token = *claims.api_token;
  GATEHOUSE_TRY(Principal who, api_tokens_.check_id(call, token.user, token.id, token.stamp));
  if (who.user_id != claims.sub || who.epoch != claims.epoch) return unauthenticated();
  const Time end(std::chrono::seconds(claims.exp));
  who.expires_at = std::min(who.expires_at.value_or(end), end);
  return who;
}

}  // namespace gatehouse::tokens
