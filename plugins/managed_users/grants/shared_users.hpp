// Who shares with somebody now. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "grant_repository.hpp"

namespace gatehouse::managed_users {

struct SharedUser {
  UserRecord user;
  StoredGrant grant;
};

// Whether the user is neither deactivated nor locked nor expired; LiveUser::may_act() of a record.
bool may_act(const UserRecord& user, Time now);

// Threads: any. Blocking: a statement for each user, and one for all their grants.
class SharedUsers {
 public:
  SharedUsers(Context& host, const GrantRepository& grants) : host_(host), grants_(grants) {}

  // Up to `limit`, the oldest grant first, of those whose grants have numbers of more than `after`.
  // Left out are those who are shut out, or give nothing that there still is, or are managed by
  // `grantee`, who may all with their data anyway.
  Result<std::vector<SharedUser>> list(Session& db,
                                       std::int64_t grantee,
                                       std::int64_t after,
                                       std::int64_t limit) const;

 private:
  Result<None> add(Session& db, StoredGrant grant, std::vector<SharedUser>& found) const;

  Context& host_;
  const GrantRepository& grants_;
};

}  // namespace gatehouse::managed_users
