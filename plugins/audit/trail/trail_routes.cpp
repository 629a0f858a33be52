// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <gatehouse/permissions.hpp>
#include <gatehouse/routes.hpp>

#include "trail_reader.hpp"

namespace gatehouse::audit {
namespace {

constexpr std::string_view kAboutCursors = "bad_cursor, cursor_mismatch";

}  // namespace

void add_trail_routes(Context& host, const TrailReader& reader) {
  // Everybody holds it for the sake of what is about themselves; how far it reaches is
  // gatehouse/policy.hpp.
  host.permissions().declare("audit:read", held_by_everybody);
  host.routes().about("The audit trail: what happened, who did it, and what was refused.");

  host.routes()
      .get("/v1/audit-events",
           "audit:read",
           "List all audit events",
           [&reader](Call& call, const Query<AuditQuery>& query) -> Result<Page<AuditItem>> {
             return reader.whole(call, *query);
           })
      .description(
          "The newest first, for admins and admin-readers. An event appears exactly once in a "
          "walk. Sign-ins and refusals appear within some seconds, those that are alike within a "
          "minute as one event with a count.")
      .answers(400, kAboutCursors);

  host.routes()
      .get("/v1/accounts/{account}/audit-events",
           "audit:read",
           "List an account's audit events",
           [&reader](Call& call, std::string_view account, const Query<AuditQuery>& query)
               -> Result<Page<AuditItem>> { return reader.of_account(call, account, *query); })
      .description(
          "For its account-admins, consultants of the account that looks after it, admins and "
          "admin-readers. An event stays with the account it happened in. The trail of an account "
          "that was deleted is found by its number, by admins and admin-readers.")
      .parameter("account", "An account's id or number.")
      .answers(400, kAboutCursors);

  host.routes()
      .get("/v1/users/{user}/audit-events",
           "audit:read",
           "List the audit events about a user",
           [&reader](Call& call, std::string_view user, const Query<AuditQuery>& query)
               -> Result<Page<AuditItem>> { return reader.of_user(call, user, *query); })
      .description(
          "What happened to the user. Account-admins and consultants see those events that belong "
          "to an account they reach. The trail of a user who was deleted is found by their number, "
          "by admins and admin-readers.")
      .parameter("user", "A user's id or number, or me.")
      .answers(400, kAboutCursors);
}

}  // namespace gatehouse::audit
