// SPDX-License-Identifier: Apache-2.0
#include "last_admin.hpp"

namespace gatehouse::users {

bool is_lasting_admin(const StoredUser& user) {
  return user.roles().has(Role::Admin) && user.active && !user.locked && !user.expires_at &&
         !user.password_expires_at;
}

Result<None> keep_an_admin(Session& db, const UserRepository& users, const StoredUser& user) {
  GATEHOUSE_TRY(const bool others, users.has_other_lasting_admin(db, user.number));
  if (others) return None{};
  return conflict("last_admin",
                  "This is the last admin who can sign in for good: make another one with "
                  "`gatehouse user create NAME --admin` first.");
}

}  // namespace gatehouse::users
