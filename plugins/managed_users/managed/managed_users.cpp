// SPDX-License-Identifier: Apache-2.0
#include "managed_users.hpp"

#include <gatehouse/permissions.hpp>
#include <gatehouse/services.hpp>

#include "delegation_routes.hpp"
#include "managed_user_routes.hpp"

namespace gatehouse::managed_users {

void ManagedUsersPart::join(Context& host) {
  host.permissions().declare("managed_users:delegate", "managed_users:handover", held_by_everybody);
  add_managed_user_routes(host, managed_);
  add_delegation_routes(host, delegations_);
  host.services().provide<ManagedUsers>(managed_);
}

}  // namespace gatehouse::managed_users
