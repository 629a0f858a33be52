// SPDX-License-Identifier: Apache-2.0
#include "access.hpp"

namespace gatehouse::soltra_edge {

bool administers(const Principal& who) {
  return who.actor == 0 && (who.roles.has(Role::Admin) || who.roles.has(Role::Staff));
}

Result<None> permit_reach(const Principal& who, const IdOrNumber& user) {
  const bool is_self = user.id.empty() ? user.number == who.user : user.id == who.user_id;
  if (is_self || administers(who)) return None{};
  return denied();
}

}  // namespace gatehouse::soltra_edge
