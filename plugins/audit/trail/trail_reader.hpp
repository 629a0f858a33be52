// Who reads what of the trail over the API: finds the user or the account that a path names, asks
// the policy, and names what the events are about. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>

#include "audit_trail.hpp"
#include "audit_wire.hpp"

namespace gatehouse::audit {

// Threads: any. Blocking: the database.
class TrailReader {
 public:
  TrailReader(Context& host, const TrailRepository& rows, const StoredAuditTrail& trail)
      : host_(host), rows_(rows), trail_(trail) {}

  Result<Page<AuditItem>> whole(Call& call, const AuditQuery& query) const;
  Result<Page<AuditItem>> of_account(Call& call,
                                     std::string_view account,
                                     const AuditQuery& query) const;
  Result<Page<AuditItem>> of_user(Call& call, std::string_view user, const AuditQuery& query) const;

  // What those accounts in these rows are called that `who` may read (null: all), in one query.
  Result<AccountNames> names_in(Session& db,
                                const Principal* who,
                                const std::vector<EventRow>& rows) const;

 private:
  // The number of whom a path names; NotFound where there is none.
  Result<std::int64_t> find_user(Session& db, const Call& call, std::string_view text) const;
  Result<std::int64_t> find_account(Session& db, const Principal& who, std::string_view text) const;
  // The number of an actor; one that nobody has where nobody is called so.
  Result<std::int64_t> find_actor(Session& db, const Call& call, std::string_view text) const;
  Result<Page<AuditItem>> page(Session& db,
                               Call& call,
                               const AuditQuery& query,
                               AuditListing listing) const;

  Context& host_;
  const TrailRepository& rows_;
  const StoredAuditTrail& trail_;
};

void add_trail_routes(Context& host, const TrailReader& reader);

}  // namespace gatehouse::audit
