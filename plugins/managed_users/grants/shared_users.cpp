// SPDX-License-Identifier: Apache-2.0
#include "shared_users.hpp"

#include <utility>

#include "people.hpp"

namespace gatehouse::managed_users {

bool SharedUsers::shares(const UserRecord& owner, const StoredGrant& grant, Time now) const {
  return owner.may_act(now) && grant.scopes != 0 && grant.is_confirmed(owner.manager) &&
         owner.manager != grant.grantee;
}

Result<SharedPage> SharedUsers::list(Session& db,
                                     std::int64_t grantee,
                                     std::int64_t after,
                                     std::int64_t limit) const {
  const Time now = host_.clock().now();
  SharedPage page;
  for (std::int64_t seen = 0; seen < kMostSeen; seen += kBatch) {
    GATEHOUSE_TRY(auto grants, grants_.list_to(db, grantee, now, after, kBatch));
    People owners(host_);
    for (const StoredGrant& grant : grants) owners.want(grant.owner);
    GATEHOUSE_CHECK(owners.find(db));
    for (StoredGrant& grant : grants) {
      const UserRecord* owner = owners.at(grant.owner);
      if (owner != nullptr && !shares(*owner, grant, now)) owner = nullptr;
      if (owner != nullptr && std::ssize(page.users) == limit) {
        page.next = after;
        return page;
      }
      after = grant.number;
      if (owner != nullptr) page.users.push_back({*owner, std::move(grant)});
    }
    if (std::ssize(grants) < kBatch) return page;
  }
  page.next = after;
  return page;
}

}  // namespace gatehouse::managed_users
