// SPDX-License-Identifier: Apache-2.0
#include "delegated_check.hpp"

#include <utility>

#include <gatehouse/policy.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/shared_access.hpp>

namespace gatehouse::tokens {

Result<Principal> DelegatedCheck::admit(const Call& call, const AccessClaims& claims) const {
  const DelegationClaim& delegation = *claims.delegation;
  GATEHOUSE_TRY(const std::int64_t deployment, sessions_.epoch());
  if (claims.dep != deployment) return unauthenticated();
  GATEHOUSE_TRY(const Principal actor, find_actor(call, delegation));
  if (actor.user != delegation.actor || actor.user_id != claims.act->sub ||
      actor.epoch != delegation.actor_epoch) {
    return unauthenticated();
  }
  GATEHOUSE_TRY(const auto user, host_.services().require<LiveUsers>().find(delegation.user));
  if (!user || !user->may_act(host_.clock().now()) || user->id != claims.sub ||
      user->epoch != claims.epoch || user->number == actor.user) {
    return unauthenticated();
  }
  Principal who = principal_of(*user);
  GATEHOUSE_TRY(who.grant_scopes, find_scopes(claims));
  who.roles = {};
  who.actor = actor.user;
  who.api_access = user->api_access && may_use_api(actor);
  who.method = "delegated";
  who.scopes = actor.scopes;
  who.expires_at = Time(std::chrono::seconds(claims.exp));
  return who;
}

Result<Principal> DelegatedCheck::admit_actor(const Call& call, const AccessClaims& claims) const {
  GATEHOUSE_CHECK(admit(call, claims));
  return find_actor(call, *claims.delegation);
}

Result<Principal> DelegatedCheck::find_actor(const Call& call,
                                             const DelegationClaim& delegation) const {
  if (delegation.method == "session") {
    GATEHOUSE_TRY(const auto session, sessions_.find(delegation.credential));
    if (!session || is_over(*session, host_.clock().now())) return unauthenticated();
    return sessions_.admit(call, *session);
  }
  if (delegation.method == "token") {
    return api_tokens_.check_id(call, delegation.actor, delegation.credential, delegation.stamp);
  }
  if (!delegation.method.empty()) return unauthenticated();
  auto& users = host_.services().require<LiveUsers>();
  GATEHOUSE_TRY(const auto user, users.find(delegation.actor));
  if (!user || !user->may_act(host_.clock().now())) return unauthenticated();
  users.note_seen(user->number);
  Principal actor = principal_of(*user);
  if (delegation.permissions) actor.scopes = split_scopes(*delegation.permissions);
  return actor;
}

Result<std::vector<std::string>> DelegatedCheck::find_scopes(const AccessClaims& claims) const {
  auto* shared = host_.services().find<SharedAccess>();
  if (shared == nullptr) return unauthenticated();
  const DelegationClaim& delegation = *claims.delegation;
  GATEHOUSE_TRY(const auto held, shared->scopes(delegation.actor, delegation.user));
  std::vector<std::string> scopes = split_scopes(*claims.scope);
  std::erase_if(scopes, [&](const std::string& scope) { return !has_scope(held, scope); });
  if (scopes.empty()) return unauthenticated();
  return scopes;
}

}  // namespace gatehouse::tokens
