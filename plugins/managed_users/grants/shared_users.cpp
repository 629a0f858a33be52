// SPDX-License-Identifier: Apache-2.0
#include "shared_users.hpp"

#include <utility>

#include <gatehouse/services.hpp>

namespace gatehouse::managed_users {

bool may_act(const UserRecord& user, Time now) {
  return user.active && !user.locked && !(user.expires_at && *user.expires_at <= now);
}

Result<std::optional<UserRecord>> SharedUsers::find_sharing(Session& db,
                                                            const StoredGrant& grant) const {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto owner, users.find_by_number(db, grant.owner));
  const bool shares = owner && may_act(*owner, host_.clock().now()) && grant.scopes != 0 &&
                      grant.is_confirmed(owner->manager) && owner->manager != grant.grantee;
  return shares ? std::move(owner) : std::nullopt;
}

Result<SharedPage> SharedUsers::list(Session& db,
                                     std::int64_t grantee,
                                     std::int64_t after,
                                     std::int64_t limit) const {
  const Time now = host_.clock().now();
  SharedPage page;
  for (std::int64_t seen = 0; seen < kMostSeen; seen += kBatch) {
    GATEHOUSE_TRY(auto grants, grants_.list_to(db, grantee, now, after, kBatch));
    for (StoredGrant& grant : grants) {
      GATEHOUSE_TRY(auto owner, find_sharing(db, grant));
      if (owner && std::ssize(page.users) == limit) {
        page.next = after;
        return page;
      }
      after = grant.number;
      if (owner) page.users.push_back({*std::move(owner), std::move(grant)});
    }
    if (std::ssize(grants) < kBatch) return page;
  }
  page.next = after;
  return page;
}

}  // namespace gatehouse::managed_users
