// SPDX-License-Identifier: Apache-2.0
#include "standing.hpp"

#include <gatehouse/deployment.hpp>
#include <gatehouse/services.hpp>

namespace gatehouse::tokens {

Result<Stood> Standing::require(Session& db, const Principal& who) const {
  Stood stood;
  const Time now = host_.clock().now();
  GATEHOUSE_TRY(stood.user, host_.services().require<LiveUsers>().find(db, who.user));
  if (!stood.user || !stood.user->may_act(now)) return unauthenticated();
  if (who.epoch != 0 && who.epoch != stood.user->epoch) return unauthenticated();
  if (who.credential.empty()) return stood;
  if (who.method == "session") {
    GATEHOUSE_TRY(stood.session, sessions_.find(db, who.credential));
    if (!stood.session) return unauthenticated();
    GATEHOUSE_TRY(const bool good, is_good(db, *stood.session, *stood.user));
    if (!good) return unauthenticated();
  } else if (who.method == "token") {
    GATEHOUSE_TRY(stood.token, tokens_.find(db, who.user, who.credential));
    if (!stood.token || !stood.token->record.active || stood.token->record.expires_at <= now) {
      return unauthenticated();
    }
  }
  return stood;
}

Result<bool> Standing::is_good(Session& db,
                               const StoredSession& session,
                               const LiveUser& user) const {
  GATEHOUSE_TRY(const std::int64_t deployment, deployment_epoch(db));
  return !is_over(session, host_.clock().now()) && session.user_number == user.number &&
         session.user_epoch == user.epoch && session.deployment_epoch == deployment;
}

}  // namespace gatehouse::tokens
