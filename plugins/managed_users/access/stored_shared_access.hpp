// Who may do what with whose data, in memory as long as the bus keeps it true.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/shared_access.hpp>

#include "grants/grant_repository.hpp"
#include "grants/shared_users.hpp"

namespace gatehouse::managed_users {

class StoredSharedAccess final : public SharedAccess {
 public:
  // In Plugin::wire().
  StoredSharedAccess(Context& host,
                     const GrantScopes& scopes,
                     const GrantRepository& grants,
                     const SharedUsers& shared);

  const std::vector<std::string>& all_scopes() const override { return scopes_.all(); }
  Result<std::vector<std::string>> scopes(std::int64_t who, std::int64_t owner) override;
  Result<std::vector<std::string>> scopes(Session& db,
                                          std::int64_t who,
                                          std::int64_t owner) override;
  Result<AccessPage> list(Session& db, const Principal& who, const AccessListing& listing) override;

 private:
  using GivenByOwner = std::vector<StoredGrant>;  // by grantee

  // All scopes for the manager; none of who is not there, is shut out, or is the same; nothing: it
  // depends on the grants.
  std::optional<std::vector<std::string>> without_grants(std::int64_t who,
                                                         const LiveUser* owner) const;
  // What a grant of the owner's gives now; null: nothing.
  std::vector<std::string> names_of(const LiveUser& owner, const StoredGrant* grant) const;
  // These append, and leave where the walk stands then.
  Result<None> add_self(Session& db, const Principal& who, AccessPage& page) const;
  Result<None> add_managed(Session& db,
                           const Principal& who,
                           const AccessListing& listing,
                           AccessPage& page) const;
  Result<None> add_shared(Session& db,
                          const Principal& who,
                          const AccessListing& listing,
                          AccessPage& page) const;

  Context& host_;
  const GrantScopes& scopes_;
  const GrantRepository& grants_;
  const SharedUsers& shared_;
  LiveCache<std::int64_t, GivenByOwner> by_owner_;
};

}  // namespace gatehouse::managed_users
