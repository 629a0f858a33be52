// SPDX-License-Identifier: Apache-2.0
#include "grant_service.hpp"

#include <tuple>
#include <utility>

#include <gatehouse/policy.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/text.hpp>
#include <gatehouse/time.hpp>

#include "people.hpp"

namespace gatehouse::managed_users {
namespace {

// Why the user cannot be granted anything by `owner`; "" if they can.
std::string_view obstacle(const UserRecord& owner, const UserRecord& grantee) {
  if (grantee.number == owner.number) return "is_owner";
  if (grantee.number == owner.manager) return "is_manager";
  return grantee.manager != 0 ? "cannot_act" : "";
}

// No exchange upwards (security.md 3): no grant outlives the credential that it comes from, where
// no password stands behind that. How much the credential has to be good for is UserAction::Share.
Result<None> keep_within(const Principal& who, const std::optional<Time>& expires_at) {
  const auto end = end_of_credential(who);
  if (!end || (expires_at && *expires_at <= *end)) return None{};
  return Error{ErrorCode::PermissionDenied,
               "exceeds_credential",
               "The grant would have a longer life than the credential of this request: let it end "
               "as soon, or sign in with the password.",
               {},
               {}};
}

std::string_view detail_of(std::string_view obstacle) {
  if (obstacle == "is_owner") return "is the user whose data it is";
  if (obstacle == "is_manager") return "manages the user, and may do everything anyway";
  return "is managed, and so cannot sign in";
}

}  // namespace

AuditEvent event_about(std::string_view action,
                       const UserRecord& owner,
                       const StoredGrant& grant,
                       const GrantScopes& scopes) {
  AuditEvent event{std::string(action), owner.number, owner.account};
  event.user_id = owner.id;
  event.user_name = owner.username.value_or(owner.email.value_or(owner.id));
  event.detail = format("{} to {}: {}", grant.id, grant.grantee, scopes.text_of(grant.scopes));
  if (grant.expires_at) event.detail += ", until " + to_rfc3339(*grant.expires_at);
  return event;
}

Result<UserRecord> GrantService::find_owner(Session& db, const IdOrNumber& user) const {
  GATEHOUSE_TRY(auto owner, host_.services().require<UserDirectory>().find(db, user));
  if (!owner) return not_found();
  return *std::move(owner);
}

Result<Decision> GrantService::decide_about(Session& db,
                                            const Principal& who,
                                            UserAction action,
                                            const UserRecord& user) const {
  GATEHOUSE_TRY(const UserObject object, object_of(db, host_.services(), user));
  return decide(who, action, object, host_.policy());
}

Result<None> GrantService::require(Session& db,
                                   const Principal& who,
                                   UserAction action,
                                   const UserRecord& user) const {
  GATEHOUSE_TRY(const Decision decision, decide_about(db, who, action, user));
  return permit(decision);
}

Result<None> GrantService::require_standing(Session& db, const Principal& who) const {
  GATEHOUSE_TRY(const auto user, host_.services().require<LiveUsers>().find(db, who.user));
  const bool stands =
      user && user->may_act(host_.clock().now()) && (who.epoch == 0 || who.epoch == user->epoch);
  if (!stands) return unauthenticated();
  return None{};
}

Result<std::optional<StoredGrant>> GrantService::find_living(Session& db,
                                                             std::int64_t owner,
                                                             std::string_view id) const {
  GATEHOUSE_TRY(auto grant, grants_.find(db, owner, id));
  if (grant && grant->has_expired(host_.clock().now())) grant.reset();
  return grant;
}

// Ids are random, and known to whoever was told them. Numbers can be tried one after another, which
// would tell strangers who there is, by name: they are taken only of users whom `who` may read.
Result<std::optional<UserRecord>> GrantService::find_grantee(Session& db,
                                                             const Principal& who,
                                                             const UserRecord& owner,
                                                             const IdOrNumber& named,
                                                             FieldErrors& errors) const {
  GATEHOUSE_TRY(auto user, host_.services().require<UserDirectory>().find(db, named));
  if (user) {
    GATEHOUSE_TRY(const Decision decision, decide_about(db, who, UserAction::Read, *user));
    const std::string_view why = obstacle(owner, *user);
    const bool known = decision == Decision::Allowed;
    if (why.empty() && (known || !named.id.empty())) return user;
    if (!why.empty() && known) {
      errors.add("/grantee", why, detail_of(why));
      return std::optional<UserRecord>();
    }
  }
  errors.add("/grantee", "unknown_user", "is no user that you can name: ask them for their id");
  return std::optional<UserRecord>();
}

ScopeBits GrantService::check_scopes(const std::vector<std::string>& scopes,
                                     FieldErrors& errors) const {
  ScopeBits bits = 0;
  if (scopes.empty()) errors.add("/scopes", "empty", "has no scope");
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const auto bit = scopes_.bit_of(scopes[i]);
    if (!bit) {
      errors.add(format("/scopes/{}", i), "unknown_scope", "is no grant scope that there is here");
    } else if ((bits & *bit) != 0) {
      errors.add(format("/scopes/{}", i), "repeated", "stands there already");
    }
    bits |= bit.value_or(0);
  }
  return bits;
}

// Exact whoever else makes one, since a write is alone (ARCHITECTURE.md).
Result<None> GrantService::require_room(Session& db,
                                        const UserRecord& owner,
                                        const UserRecord& grantee) const {
  GATEHOUSE_TRY(std::ignore, grants_.take_expired_of(db, owner.number, host_.clock().now()));
  GATEHOUSE_TRY(const auto present, grants_.find_between(db, owner.number, grantee.number));
  if (present) {
    return conflict("already_granted",
                    "There is a grant of this user to that one already: delete it first.");
  }
  GATEHOUSE_TRY(const std::int64_t count, grants_.count(db, owner.number));
  if (count < per_user_) return None{};
  return conflict("too_many_grants",
                  "The user has {} grants, and no more are allowed: delete one first.",
                  count);
}

Result<std::vector<GrantView>> GrantService::view_all(Session& db,
                                                      const UserRecord& owner,
                                                      std::vector<StoredGrant> grants) const {
  People people(host_);
  for (const StoredGrant& grant : grants) {
    people.want(grant.grantee);
    people.want(grant.made_by);
  }
  GATEHOUSE_CHECK(people.find(db));
  std::vector<GrantView> views;
  views.reserve(grants.size());
  for (StoredGrant& grant : grants) {
    const UserRecord* grantee = people.at(grant.grantee);
    if (grantee == nullptr) continue;
    GrantView view{std::move(grant), owner, *grantee, {}};
    if (const UserRecord* maker = people.at(view.grant.made_by)) view.made_by = *maker;
    views.push_back(std::move(view));
  }
  return views;
}

Result<GrantView> GrantService::view(Session& db,
                                     const UserRecord& owner,
                                     StoredGrant grant) const {
  GATEHOUSE_TRY(auto views, view_all(db, owner, {std::move(grant)}));
  if (views.empty()) return not_found();
  return std::move(views.front());
}

Result<GrantView> GrantService::create(const Principal& who,
                                       const IdOrNumber& user,
                                       const GrantDraft& draft) {
  return host_.storage().write([&](Session& db) -> Result<GrantView> {
    const Time now = host_.clock().now();
    GATEHOUSE_TRY(const auto owner, find_owner(db, user));
    GATEHOUSE_CHECK(require(db, who, UserAction::Share, owner));
    GATEHOUSE_CHECK(require_standing(db, who));
    FieldErrors errors;
    GATEHOUSE_TRY(const auto grantee, find_grantee(db, who, owner, draft.grantee, errors));
    StoredGrant grant;
    grant.scopes = check_scopes(draft.scopes, errors);
    if (draft.expires_at && *draft.expires_at <= now) {
      errors.add("/expires_at", "past", "is not in the future");
    }
    GATEHOUSE_CHECK(std::move(errors).result());
    grant.expires_at = draft.expires_at ? draft.expires_at : end_of_credential(who);
    GATEHOUSE_CHECK(keep_within(who, grant.expires_at));
    GATEHOUSE_CHECK(require_room(db, owner, *grantee));
    grant.id = host_.random().object_id();
    grant.owner = owner.number;
    grant.grantee = grantee->number;
    grant.made_by = who.user;
    grant.confirmed = who.user == owner.number;
    grant.created_at = now;
    GATEHOUSE_CHECK(grants_.insert(db, grant));
    GATEHOUSE_CHECK(mails_.tell_given(db, grant));
    db.audit(event_about("grant.created", owner, grant, scopes_));
    return view(db, owner, std::move(grant));
  });
}

Result<std::vector<GrantView>> GrantService::page(const Principal& who,
                                                  const IdOrNumber& user,
                                                  std::int64_t before,
                                                  std::int64_t limit) {
  return host_.storage().read([&](Session& db) -> Result<std::vector<GrantView>> {
    GATEHOUSE_TRY(const auto owner, find_owner(db, user));
    GATEHOUSE_CHECK(require(db, who, UserAction::ReadGrants, owner));
    GATEHOUSE_TRY(auto grants,
                  grants_.list_of(db, owner.number, host_.clock().now(), before, limit));
    return view_all(db, owner, std::move(grants));
  });
}

Result<GrantView> GrantService::read(const Principal& who,
                                     const IdOrNumber& user,
                                     std::string_view id) {
  return host_.storage().read([&](Session& db) -> Result<GrantView> {
    GATEHOUSE_TRY(const auto owner, find_owner(db, user));
    GATEHOUSE_TRY(auto grant, find_living(db, owner.number, id));
    const bool is_grantee = grant && who.actor == 0 && grant->grantee == who.user;
    if (!is_grantee) GATEHOUSE_CHECK(require(db, who, UserAction::ReadGrants, owner));
    if (!grant) return not_found();
    return view(db, owner, *std::move(grant));
  });
}

Result<None> GrantService::revoke(const Principal& who,
                                  const IdOrNumber& user,
                                  std::string_view id,
                                  const GrantPrecondition& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto owner, find_owner(db, user));
    GATEHOUSE_TRY(const auto grant, find_living(db, owner.number, id));
    const bool is_grantee = grant && who.actor == 0 && grant->grantee == who.user;
    if (!is_grantee) GATEHOUSE_CHECK(require(db, who, UserAction::Edit, owner));
    if (!grant) return not_found();
    GATEHOUSE_TRY(const GrantView current, view(db, owner, *grant));
    GATEHOUSE_CHECK(is_as_seen(current));
    GATEHOUSE_TRY(std::ignore, grants_.take(db, grant->number));
    GATEHOUSE_CHECK(mails_.tell_taken(db, *grant));
    db.audit(event_about("grant.revoked", owner, *grant, scopes_));
    return None{};
  });
}

Result<None> GrantService::confirm(const Principal& who,
                                   const IdOrNumber& user,
                                   std::string_view id) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto owner, find_owner(db, user));
    GATEHOUSE_CHECK(require(db, who, UserAction::Share, owner));
    // Not the manager's, whose grants it is about (security.md 7).
    if (who.user != owner.number) return denied();
    GATEHOUSE_CHECK(require_standing(db, who));
    GATEHOUSE_TRY(const auto grant, find_living(db, owner.number, id));
    if (!grant) return not_found();
    if (grant->is_confirmed(owner.manager)) {
      return conflict("not_suspended", "This grant does not wait to be confirmed.");
    }
    GATEHOUSE_CHECK(keep_within(who, grant->expires_at));
    GATEHOUSE_CHECK(grants_.confirm(db, *grant));
    db.audit(event_about("grant.confirmed", owner, *grant, scopes_));
    return None{};
  });
}

Result<SharedPage> GrantService::shared_with(const Principal& who,
                                             std::int64_t after,
                                             std::int64_t limit) {
  return host_.storage().read(
      [&](Session& db) { return shared_.list(db, who.user, after, limit); });
}

}  // namespace gatehouse::managed_users
