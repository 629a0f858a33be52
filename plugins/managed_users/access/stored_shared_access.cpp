// SPDX-License-Identifier: Apache-2.0
#include "stored_shared_access.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <gatehouse/services.hpp>

namespace gatehouse::managed_users {
namespace {

constexpr std::size_t kRememberedOwners = 10'000;

// Whether a walk that stands at `after` has still to show users of that reason.
bool is_ahead(const std::optional<AccessPosition>& after, AccessReason reason) {
  return !after || after->reason <= static_cast<std::int64_t>(reason);
}
// Where it stands among them.
std::optional<AccessPosition> position_among(const std::optional<AccessPosition>& after,
                                             AccessReason reason) {
  if (!after || after->reason != static_cast<std::int64_t>(reason)) return std::nullopt;
  return after;
}

}  // namespace

StoredSharedAccess::StoredSharedAccess(Context& host,
                                       const GrantScopes& scopes,
                                       const GrantRepository& grants,
                                       const SharedUsers& shared)
    : host_(host),
      scopes_(scopes),
      grants_(grants),
      shared_(shared),
      by_owner_(host.bus(), host.metrics(), GrantRepository::kTopic, kRememberedOwners) {}

std::optional<std::vector<std::string>> StoredSharedAccess::without_grants(
    std::int64_t who, const LiveUser* owner) const {
  const bool shares =
      owner != nullptr && owner->number != who && owner->may_act(host_.clock().now());
  if (!shares) return std::vector<std::string>();
  if (owner->manager != 0 && owner->manager == who) return scopes_.all();
  return std::nullopt;
}

std::vector<std::string> StoredSharedAccess::names_of(const LiveUser& owner,
                                                      const StoredGrant* grant) const {
  const bool gives = grant != nullptr && grant->is_confirmed(owner.manager) &&
                     !grant->has_expired(host_.clock().now());
  return gives ? scopes_.names_of(grant->scopes) : std::vector<std::string>();
}

Result<std::vector<std::string>> StoredSharedAccess::scopes(std::int64_t who, std::int64_t owner) {
  GATEHOUSE_TRY(const auto user, host_.services().require<LiveUsers>().find(owner));
  if (auto judged = without_grants(who, user.get())) return *std::move(judged);
  GATEHOUSE_TRY(
      const auto all, by_owner_.get(owner, [&]() -> Result<std::shared_ptr<const GivenByOwner>> {
        GATEHOUSE_TRY(auto grants,
                      host_.storage().read([&](Session& db) { return grants_.all_of(db, owner); }));
        return std::make_shared<const GivenByOwner>(std::move(grants));
      }));
  const auto found = std::lower_bound(
      all->begin(), all->end(), who, [](const StoredGrant& grant, std::int64_t grantee) {
        return grant.grantee < grantee;
      });
  return names_of(*user, found != all->end() && found->grantee == who ? &*found : nullptr);
}

Result<std::vector<std::string>> StoredSharedAccess::scopes(Session& db,
                                                            std::int64_t who,
                                                            std::int64_t owner) {
  GATEHOUSE_TRY(const auto user, host_.services().require<LiveUsers>().find(db, owner));
  if (auto judged = without_grants(who, user.get())) return *std::move(judged);
  GATEHOUSE_TRY(const auto grant, grants_.find_between(db, owner, who));
  return names_of(*user, grant ? &*grant : nullptr);
}

Result<None> StoredSharedAccess::add_self(Session& db,
                                          const Principal& who,
                                          AccessPage& page) const {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto self, users.find_by_number(db, who.user));
  if (!self) return None{};
  page.next = AccessPosition{static_cast<std::int64_t>(AccessReason::Self), 0, self->number};
  page.users.push_back({*std::move(self), AccessReason::Self, scopes_.all()});
  return None{};
}

Result<None> StoredSharedAccess::add_managed(Session& db,
                                             const Principal& who,
                                             const AccessListing& listing,
                                             AccessPage& page) const {
  const auto& users = host_.services().require<UserDirectory>();
  UserListing managed;
  managed.manager = who.user;
  managed.descending = false;
  managed.limit = listing.limit - std::ssize(page.users);
  if (const auto after = position_among(listing.after, AccessReason::Managed)) {
    managed.after = UserPosition{"", after->key, after->number};
  }
  GATEHOUSE_TRY(auto found, users.list(db, who, managed));
  const Time now = host_.clock().now();
  for (UserRecord& user : found) {
    const UserPosition place = users.position_of(user, managed.sort);
    page.next = AccessPosition{
        static_cast<std::int64_t>(AccessReason::Managed), place.number_key, place.number};
    auto scopes = user.may_act(now) ? scopes_.all() : std::vector<std::string>();
    page.users.push_back({std::move(user), AccessReason::Managed, std::move(scopes)});
  }
  return None{};
}

Result<None> StoredSharedAccess::add_shared(Session& db,
                                            const Principal& who,
                                            const AccessListing& listing,
                                            AccessPage& page) const {
  const auto after = position_among(listing.after, AccessReason::Shared);
  const std::int64_t limit = listing.limit - std::ssize(page.users);
  GATEHOUSE_TRY(auto found, shared_.list(db, who.user, after ? after->number : 0, limit));
  for (SharedUser& one : found.users) {
    page.users.push_back(
        {std::move(one.user), AccessReason::Shared, scopes_.names_of(one.grant.scopes)});
  }
  if (found.next) {
    page.next = AccessPosition{static_cast<std::int64_t>(AccessReason::Shared), 0, *found.next};
  }
  return None{};
}

Result<AccessPage> StoredSharedAccess::list(Session& db,
                                            const Principal& who,
                                            const AccessListing& listing) {
  if (who.actor != 0) return denied();
  AccessPage page;
  const auto is_full = [&] { return std::ssize(page.users) >= listing.limit; };
  if (listing.self && !listing.after) GATEHOUSE_CHECK(add_self(db, who, page));
  if (is_full()) return page;
  if (listing.managed && is_ahead(listing.after, AccessReason::Managed)) {
    GATEHOUSE_CHECK(add_managed(db, who, listing, page));
  }
  if (is_full()) return page;
  page.next.reset();
  if (listing.shared) GATEHOUSE_CHECK(add_shared(db, who, listing, page));
  return page;
}

}  // namespace gatehouse::managed_users
