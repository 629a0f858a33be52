// SPDX-License-Identifier: Apache-2.0
#include "grant_routes.hpp"

#include <string_view>

#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse::managed_users {
namespace {

constexpr std::string_view kAboutGrant = "The grant's id.";

void add_reading(Routes& routes, GrantService& service, const GrantWire& wire) {
  routes
      .get("/v1/users/{user}/grants",
           "managed_users:read",
           "List with whom a user shares",
           [&](Call& call,
               std::string_view user,
               const Query<GrantQuery>& query) -> Result<Page<Grant>> {
             GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
             GATEHOUSE_TRY(const auto before, position_in(call, *query, GrantRepository::kFirst));
             GATEHOUSE_TRY(auto rows,
                           service.page(*call.principal(), owner, before, query->limit + 1));
             return wire.to_page(call, *query, std::move(rows));
           })
      .description(
          "The newest first, those that have expired left out. For whoever may read the user.")
      .parameter("user", kAboutUser)
      .answers(400, "bad_cursor, cursor_mismatch");

  routes
      .get("/v1/users/{user}/grants/{grant}",
           "managed_users:read",
           "Read a grant",
           [&](Call& call, std::string_view user, std::string_view grant) -> Result<Grant> {
             GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
             GATEHOUSE_TRY(const auto found, service.read(*call.principal(), owner, grant));
             return wire.to_wire(found);
           })
      .description("For whoever may read the user, and for the grantee.")
      .parameter("user", kAboutUser)
      .parameter("grant", kAboutGrant)
      .etag();

  routes
      .get("/v1/shared-with-me",
           "managed_users:read",
           "List who shares with you",
           [&](Call& call, const Query<GrantQuery>& query) -> Result<Page<SharedWithMe>> {
             GATEHOUSE_TRY(const auto after, position_in(call, *query, 0));
             GATEHOUSE_TRY(const auto shared,
                           service.shared_with(*call.principal(), after, query->limit));
             return wire.to_page(call, shared);
           })
      .description(
          "The oldest grant first. Left out are grants that have expired or wait to be confirmed, "
          "and users who are deactivated, locked or expired. A page looks at 1,000 grants at most, "
          "so one with fewer items than its limit, or none, may still have a next one.")
      .answers(400, "bad_cursor, cursor_mismatch");
}

void add_changing(Routes& routes, GrantService& service, const GrantWire& wire) {
  routes
      .post("/v1/users/{user}/grants",
            "managed_users:write",
            "Share a user's data with somebody",
            [&](Call& call, std::string_view user, const NewGrant& body) -> Result<Created<Grant>> {
              GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
              GATEHOUSE_TRY(const auto made,
                            service.create(*call.principal(), owner, to_draft(body)));
              return Created<Grant>(wire.to_wire(made));
            })
      .description(
          "For the user, and who manages them. 422 of /grantee: unknown_user, also for users whom "
          "you may not read and name by number, since numbers can be guessed; is_owner, "
          "is_manager, cannot_act (managed users cannot sign in). An API token makes grants only "
          "with all permissions that everybody has, and none that outlive it (403 "
          "exceeds_credential). Both are told by mail.")
      .parameter("user", kAboutUser)
      .answers(409,
               "already_granted (delete that grant first; an expired one is replaced), "
               "too_many_grants")
      .etag();

  routes
      .remove("/v1/users/{user}/grants/{grant}",
              "managed_users:write",
              "Share no longer",
              [&](Call& call, std::string_view user, std::string_view grant) -> Result<None> {
                GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
                return service.revoke(*call.principal(), owner, grant, wire.by_if_match(call));
              })
      .description(
          "For the user, who manages or administers them, and the grantee, who gives it back. It "
          "gives nothing within two seconds, on all servers. Both are told by mail.")
      .parameter("user", kAboutUser)
      .parameter("grant", kAboutGrant)
      .etag();

  routes
      .post("/v1/users/{user}/grants/{grant}/confirm",
            "managed_users:write",
            "Confirm a grant of the former manager",
            [&](Call& call, std::string_view user, std::string_view grant) -> Result<None> {
              GATEHOUSE_TRY(const auto owner, parse_user_reference(call, user));
              return service.confirm(*call.principal(), owner, grant);
            })
      .description(
          "Grants that a manager made give nothing any more when somebody has taken the user over, "
          "until they confirm them; for the user alone.")
      .parameter("user", kAboutUser)
      .parameter("grant", kAboutGrant)
      .answers(409, "not_suspended");
}

}  // namespace

void add_grant_routes(Context& host, GrantService& service, const GrantWire& wire) {
  // Everybody holds the permissions for their own sake; how far they reach is
  // gatehouse/policy.hpp.
  add_reading(host.routes(), service, wire);
  add_changing(host.routes(), service, wire);
}

}  // namespace gatehouse::managed_users
