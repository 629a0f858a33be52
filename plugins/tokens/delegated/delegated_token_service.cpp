// SPDX-License-Identifier: Apache-2.0
#include "delegated_token_service.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/deployment.hpp>
#include <gatehouse/field_errors.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/text.hpp>

#include "api_tokens/api_token_check.hpp"

namespace gatehouse::tokens {
namespace {

using Scopes = std::vector<std::string>;

Result<None> check_wanted(const Scopes& wanted, const Scopes& known) {
  FieldErrors errors;
  if (wanted.empty()) errors.add("/scopes", "invalid", "names no scope: leave it out for all");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string pointer = format("/scopes/{}", i);
    if (!has_scope(known, wanted[i])) {
      errors.add(pointer, "unknown_scope", "is no scope that users can grant here");
    } else if (std::find(wanted.begin(),
                         wanted.begin() + static_cast<std::ptrdiff_t>(i),
                         wanted[i]) != wanted.begin() + static_cast<std::ptrdiff_t>(i)) {
      errors.add(pointer, "repeated", "stands there twice");
    }
  }
  return std::move(errors).result();
}

Error exceeds_grant(std::string_view scope) {
  return {ErrorCode::PermissionDenied,
          "exceeds_grant",
          format("You have not been granted {} by this user: ask for less, or leave scopes out.",
                 scope),
          {},
          {}};
}

// Of the credential that the caller came with.
DelegationClaim claim_of(const Principal& who, const Stood& actor, std::int64_t user) {
  DelegationClaim claim;
  claim.user = user;
  claim.actor = actor.user->number;
  claim.actor_epoch = actor.user->epoch;
  if (actor.session || actor.token) {
    claim.method = who.method;
    claim.credential = who.credential;
    if (actor.token) claim.stamp = stamp_of(*actor.token);
  } else if (who.scopes) {
    claim.permissions = join_scopes(*who.scopes);
  }
  return claim;
}

}  // namespace

Result<DelegatedToken> DelegatedTokenService::mint(Session& db,
                                                   const Call& call,
                                                   std::int64_t user,
                                                   const std::optional<Scopes>& scopes) {
  const Principal& who = *call.principal();
  if (who.actor != 0) return denied();
  GATEHOUSE_TRY(const Stood actor, standing_.require(db, who));
  GATEHOUSE_TRY(Scopes chosen, find_held(db, who, user, scopes));
  GATEHOUSE_TRY(const auto subject, host_.services().require<LiveUsers>().find(db, user));
  if (!subject || !subject->may_act(host_.clock().now())) return not_found();
  GATEHOUSE_TRY(auto token, sign(db, call, actor, *subject, std::move(chosen)));
  tell(db, *subject, token);
  return token;
}

Result<Scopes> DelegatedTokenService::find_held(Session& db,
                                                const Principal& who,
                                                std::int64_t user,
                                                const std::optional<Scopes>& wanted) const {
  auto* shared = host_.services().find<SharedAccess>();
  if (shared == nullptr || user == who.user) return not_found();
  GATEHOUSE_TRY(Scopes held, shared->scopes(db, who.user, user));
  if (held.empty()) return not_found();
  if (!wanted) return held;
  GATEHOUSE_CHECK(check_wanted(*wanted, shared->all_scopes()));
  for (const std::string& scope : *wanted) {
    if (!has_scope(held, scope)) return exceeds_grant(scope);
  }
  std::erase_if(held, [&](const std::string& scope) { return !has_scope(*wanted, scope); });
  return held;
}

Result<DelegatedToken> DelegatedTokenService::sign(
    Session& db, const Call& call, const Stood& actor, const LiveUser& user, Scopes scopes) {
  const Principal& who = *call.principal();
  const Time now = host_.clock().now();
  Time end = std::min(now + lifetime_, who.expires_at.value_or(Time::max()));
  if (actor.session) {
    end = std::min({end, actor.session->expires_at, actor.session->idle_until});
  }
  AccessClaims claims;
  claims.sub = user.id;
  claims.epoch = user.epoch;
  GATEHOUSE_TRY(claims.dep, deployment_epoch(db));
  claims.act = ActClaim{actor.user->id};
  claims.scope = join_scopes(scopes);
  claims.delegation = claim_of(who, actor, user.number);
  GATEHOUSE_TRY(const SigningKey key, signing_keys_.signer(db, KeySet{}, now));
  DelegatedToken token;
  token.text = signed_.sign(key, call.mount(), now, end, claims);
  token.expires_in = std::chrono::seconds(claims.exp - claims.iat);
  token.scopes = std::move(scopes);
  return token;
}

void DelegatedTokenService::tell(Session& db,
                                 const LiveUser& user,
                                 const DelegatedToken& token) const {
  AuditEvent event{"delegation.granted", user.number, user.account};
  event.user_id = user.id;
  event.user_name = user.username.empty() ? user.id : user.username;
  event.detail = join_scopes(token.scopes);
  db.audit(event);
}

}  // namespace gatehouse::tokens
