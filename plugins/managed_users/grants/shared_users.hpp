// Who shares with somebody now. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "grant_repository.hpp"

namespace gatehouse::managed_users {

struct SharedUser {
  UserRecord user;
  StoredGrant grant;
};

struct SharedPage {
  std::vector<SharedUser> users;
  std::optional<std::int64_t> next;  // the number to go on after; nothing: this was the end
};

// Threads: any. Blocking: two statements for each kBatch grants.
class SharedUsers {
 public:
  SharedUsers(Context& host, const GrantRepository& grants) : host_(host), grants_(grants) {}

  // How many grants a page looks at. It may so be shorter than its limit, and yet have a next one.
  static constexpr std::int64_t kMostSeen = 1'000;

  // Up to `limit`, the oldest grant first, of those whose grants have numbers of more than `after`.
  // Left out are those who are shut out, or give nothing that there still is, or are managed by
  // `grantee`, who may all with their data anyway.
  Result<SharedPage> list(Session& db,
                          std::int64_t grantee,
                          std::int64_t after,
                          std::int64_t limit) const;

 private:
  static constexpr std::int64_t kBatch = 100;

  bool shares(const UserRecord& owner, const StoredGrant& grant, Time now) const;

  Context& host_;
  const GrantRepository& grants_;
};

}  // namespace gatehouse::managed_users
