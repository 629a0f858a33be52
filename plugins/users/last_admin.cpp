// SPDX-License-Identifier: Apache-2.0
#include "last_admin.hpp"

namespace gatehouse::users {

bool is_active_admin(const StoredUser& user) {
  return user.active && user.roles().has(Role::Admin);
}

Result<None> keep_an_admin(Session& db, const UserRepository& users, const StoredUser& user) {
  GATEHOUSE_TRY(const bool others, users.has_other_active_admin(db, user.number));
  if (others) return None{};
  return conflict("last_admin",
                  "This is the last active admin: make another one with `gatehouse user create "
                  "NAME --admin` first.");
}

}  // namespace gatehouse::users
