// SPDX-License-Identifier: Apache-2.0
#include "token_owners.hpp"

#include <utility>

#include <gatehouse/policy.hpp>
#include <gatehouse/services.hpp>

namespace gatehouse::tokens {

Result<UserRecord> TokenOwners::find(Session& db,
                                     const Principal& who,
                                     const IdOrNumber& user) const {
  const auto& users = host_.services().require<UserDirectory>();
  GATEHOUSE_TRY(auto owner, users.find(db, user));
  if (!owner) return not_found();
  GATEHOUSE_TRY(const UserObject object, object_of(db, host_.services(), *owner));
  // Who may set another's password may act as them anyway.
  GATEHOUSE_CHECK(permit(decide(who, UserAction::ResetPassword, object, host_.policy())));
  return *std::move(owner);
}

}  // namespace gatehouse::tokens
