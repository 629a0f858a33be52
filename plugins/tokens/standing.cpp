// SPDX-License-Identifier: Apache-2.0
#include "standing.hpp"

#include <gatehouse/deployment.hpp>
#include <gatehouse/services.hpp>

namespace gatehouse::tokens {

Result<std::shared_ptr<const LiveUser>> Standing::require(Session& db, const Principal& who) const {
  GATEHOUSE_TRY(auto user, host_.services().require<LiveUsers>().find(db, who.user));
  if (!user || !user->may_act(host_.clock().now())) return unauthenticated();
  if (who.epoch != 0 && who.epoch != user->epoch) return unauthenticated();
  bool stands = true;
  if (who.method == "session" && !who.credential.empty()) {
    GATEHOUSE_TRY(stands, has_session(db, who, *user));
  } else if (who.method == "token" && !who.credential.empty()) {
    GATEHOUSE_TRY(stands, has_token(db, who));
  }
  if (!stands) return unauthenticated();
  return user;
}

Result<bool> Standing::has_session(Session& db, const Principal& who, const LiveUser& user) const {
  GATEHOUSE_TRY(const auto session, sessions_.find(db, who.credential));
  GATEHOUSE_TRY(const std::int64_t deployment, deployment_epoch(db));
  return session && !is_over(*session, host_.clock().now()) &&
         session->user_number == user.number && session->user_epoch == user.epoch &&
         session->deployment_epoch == deployment;
}

Result<bool> Standing::has_token(Session& db, const Principal& who) const {
  GATEHOUSE_TRY(const auto token, tokens_.find(db, who.user, who.credential));
  return token && token->record.active && token->record.expires_at > host_.clock().now();
}

}  // namespace gatehouse::tokens
