// The last active admin stays (security.md 5). Threads: any. Blocking: one statement.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "user_repository.hpp"

namespace gatehouse::users {

bool is_active_admin(const StoredUser& user);

// For what would keep `user`, an active admin so far, from being one: Conflict last_admin when
// there is no other, which stays so until the transaction ends.
Result<None> keep_an_admin(Session& db, const UserRepository& users, const StoredUser& user);

}  // namespace gatehouse::users
