// SPDX-License-Identifier: Apache-2.0
#include "shared_users.hpp"

#include <utility>

#include <gatehouse/services.hpp>

namespace gatehouse::managed_users {

bool may_act(const UserRecord& user, Time now) {
  return user.active && !user.locked && !(user.expires_at && *user.expires_at <= now);
}

Result<None> SharedUsers::add(Session& db,
                              StoredGrant grant,
                              std::vector<SharedUser>& found) const {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto owner, users.find_by_number(db, grant.owner));
  const bool shares = owner && may_act(*owner, host_.clock().now()) && grant.scopes != 0 &&
                      grant.is_confirmed(owner->manager) && owner->manager != grant.grantee;
  if (shares) found.push_back({*std::move(owner), std::move(grant)});
  return None{};
}

Result<std::vector<SharedUser>> SharedUsers::list(Session& db,
                                                  std::int64_t grantee,
                                                  std::int64_t after,
                                                  std::int64_t limit) const {
  const Time now = host_.clock().now();
  std::vector<SharedUser> found;
  for (;;) {
    const std::int64_t missing = limit - std::ssize(found);
    if (missing <= 0) return found;
    GATEHOUSE_TRY(auto grants, grants_.list_to(db, grantee, now, after, missing));
    for (StoredGrant& grant : grants) {
      after = grant.number;
      GATEHOUSE_CHECK(add(db, std::move(grant), found));
    }
    if (std::ssize(grants) < missing) return found;
  }
}

}  // namespace gatehouse::managed_users
