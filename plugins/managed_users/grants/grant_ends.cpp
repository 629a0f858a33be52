// SPDX-License-Identifier: Apache-2.0
#include "grant_ends.hpp"

#include <tuple>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/services.hpp>

#include "grant_service.hpp"

namespace gatehouse::managed_users {

void GrantEnds::listen() {
  host_.events().subscribe<UserDeleted>(
      [this](Session& db, const UserDeleted& user) { return end_all_of(db, user); });
  host_.events().subscribe<UserHandedOver>(
      [this](Session& db, const UserHandedOver& user) { return tell_of_waiting(db, user); });
}

// What has expired gave nothing any more, and nobody is told of it.
void GrantEnds::drop_expired_among(std::vector<StoredGrant>& grants) const {
  const Time now = host_.clock().now();
  std::erase_if(grants, [&](const StoredGrant& grant) { return grant.has_expired(now); });
}

Result<None> GrantEnds::tell_trail(Session& db,
                                   std::string_view action,
                                   const std::vector<StoredGrant>& grants) const {
  const auto& users = host_.services().require<UserDirectory>();
  for (const StoredGrant& grant : grants) {
    GATEHOUSE_TRY(const auto owner, users.find_by_number(db, grant.owner));
    if (owner) db.audit(event_about(action, *owner, grant, scopes_));
  }
  return None{};
}

// Of those that the user gave, the trail tells with the user's end. Of those that they had, it
// tells the owners, unless they are so many that the transaction would take too long.
Result<None> GrantEnds::end_all_of(Session& db, const UserDeleted& user) const {
  GATEHOUSE_TRY(auto given, grants_.take_of(db, user.number));
  GATEHOUSE_TRY(auto had, grants_.take_to(db, user.number));
  for (auto* ended : {&given, &had}) {
    drop_expired_among(*ended);
    for (const StoredGrant& grant : *ended) {
      GATEHOUSE_CHECK(mails_.tell_taken(db, grant, user.number));
    }
  }
  GATEHOUSE_CHECK(tell_trail(db, "grant.revoked", had));
  return grants_.drop_to(db, user.number);
}

// That they wait follows from the rows (StoredGrant::is_confirmed()).
Result<None> GrantEnds::tell_of_waiting(Session& db, const UserHandedOver& user) const {
  GATEHOUSE_TRY(auto waiting, grants_.all_of(db, user.number));
  drop_expired_among(waiting);
  std::erase_if(waiting, [](const StoredGrant& grant) { return grant.is_confirmed(0); });
  if (waiting.empty()) return None{};
  GATEHOUSE_CHECK(mails_.tell_waiting(db, user.number));
  return tell_trail(db, "grant.suspended", waiting);
}

void GrantEnds::drop_expired() {
  const Time now = host_.clock().now();
  for (std::size_t dropped = GrantRepository::kBatch; dropped == GrantRepository::kBatch;) {
    const auto done = host_.storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_TRY(const auto ended, grants_.take_expired(db, now));
      dropped = ended.size();
      return None{};
    });
    if (!done) {
      host_.log().warning(
          "expired_grants_stay", "Expired grants could not be deleted: {}", done.error().message);
      return;
    }
  }
}

}  // namespace gatehouse::managed_users
