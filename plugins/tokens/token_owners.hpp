// Whose tokens somebody may see, make and end: their own, and those of users whose rights theirs
// contain (security.md 1). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::tokens {

// Threads: any. Blocking: two statements of the caller's session.
class TokenOwners {
 public:
  explicit TokenOwners(Context& host) : host_(host) {}

  // The user, if `who` may have to do with their tokens; NotFound or PermissionDenied.
  Result<UserRecord> find(Session& db, const Principal& who, const IdOrNumber& user) const;

 private:
  Context& host_;
};

}  // namespace gatehouse::tokens
