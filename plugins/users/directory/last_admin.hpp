// The last admin stays (security.md 5). Threads: any. Blocking: one statement.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "user_repository.hpp"

namespace gatehouse::users {

// An admin who can sign in, today and whatever the day: the last of these stays.
bool is_lasting_admin(const StoredUser& user);

// For what would keep `user`, a lasting admin so far, from being one: Conflict last_admin when
// there is no other, which stays so until the transaction ends.
Result<None> keep_an_admin(Session& db, const UserRepository& users, const StoredUser& user);

}  // namespace gatehouse::users
