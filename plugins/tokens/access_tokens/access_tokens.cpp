// SPDX-License-Identifier: Apache-2.0
#include "access_tokens.hpp"

#include <algorithm>

namespace gatehouse::tokens {

AccessToken AccessTokens::issue(const SigningKey& key,
                                const StoredSession& session,
                                const LiveUser& user,
                                Time now,
                                Time latest) const {
  const Time end = std::min({now + lifetime_, session.expires_at, session.idle_until, latest});
  AccessClaims claims;
  claims.sub = user.id;
  claims.sid = session.id;
  claims.epoch = session.user_epoch;
  claims.dep = session.deployment_epoch;
  std::string text = signed_.sign(key, session.mount, now, end, claims);
  return {std::move(text), std::chrono::seconds(claims.exp - claims.iat)};
}

Result<Principal> AccessTokens::admit(const Call& call, const AccessClaims& claims) const {
  GATEHOUSE_TRY(const auto session, sessions_.find(*claims.sid));
  if (!session || claims.epoch != session->user_epoch || claims.dep != session->deployment_epoch) {
    return unauthenticated();
  }
  GATEHOUSE_TRY(Principal who, sessions_.admit(call, *session));
  if (who.user_id != claims.sub) return unauthenticated();
  return who;
}

}  // namespace gatehouse::tokens
