// SPDX-License-Identifier: Apache-2.0
#include "managed_user_routes.hpp"

#include <string_view>

#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "managed_user_wire.hpp"

namespace gatehouse::managed_users {
namespace {

constexpr std::string_view kAboutManaged =
    "An id (24 hex digits) or a number, of somebody whom the caller manages.";

void add_reading(Routes& routes, ManagedUserService& service) {
  routes
      .get("/v1/managed-users",
           "managed_users:read",
           "List the users you manage",
           [&service](Call& call,
                      const Query<ManagedUserQuery>& query) -> Result<Page<ManagedUser>> {
             GATEHOUSE_TRY(const auto filter, to_filter(call, *query));
             GATEHOUSE_TRY(auto rows, service.list(*call.principal(), filter));
             return to_page(call, service, *query, std::move(rows));
           })
      .description(
          "The newest first; of everybody their own. A row that does not change during a walk "
          "appears exactly once.")
      .answers(400, "bad_cursor, cursor_mismatch, too_many_words");

  routes
      .get("/v1/managed-users/{user}",
           "managed_users:read",
           "Read a user you manage",
           [&service](Call& call, std::string_view user) -> Result<ManagedUser> {
             GATEHOUSE_TRY(const auto reference, parse_reference(user));
             GATEHOUSE_TRY(const auto found, service.find(*call.principal(), reference));
             return to_wire(found);
           })
      .description("404 for everybody but their manager.")
      .parameter("user", kAboutManaged)
      .etag();
}

void add_changing(Routes& routes, ManagedUserService& service) {
  routes
      .post("/v1/managed-users",
            "managed_users:write",
            "Create a user you manage",
            [&service](Call& call, const NewManagedUser& body) -> Result<Created<ManagedUser>> {
              GATEHOUSE_TRY(const auto made, service.create(*call.principal(), to_draft(body)));
              return Created<ManagedUser>(to_wire(made));
            })
      .description(
          "In your account, with a name and nothing else: they have no username, no password, and "
          "never sign in.")
      .answers(409, "too_many_managed_users")
      .etag();

  routes
      .patch("/v1/managed-users/{user}",
             "managed_users:write",
             "Change a user you manage",
             [&service](Call& call,
                        std::string_view user,
                        const ManagedUserPatch& body) -> Result<ManagedUser> {
               GATEHOUSE_TRY(const auto reference, parse_reference(user));
               GATEHOUSE_TRY(const auto changed,
                             service.change(
                                 *call.principal(), reference, to_change(body), by_if_match(call)));
               return to_wire(changed);
             })
      .description("A merge-patch (RFC 7396).")
      .parameter("user", kAboutManaged)
      .etag();

  routes
      .remove("/v1/managed-users/{user}",
              "managed_users:write",
              "Delete a user you manage",
              [&service](Call& call, std::string_view user) -> Result<None> {
                GATEHOUSE_TRY(const auto reference, parse_reference(user));
                return service.erase(*call.principal(), reference, by_if_match(call));
              })
      .description("With everything of theirs in every plugin.")
      .parameter("user", kAboutManaged)
      .etag();
}

void add_handovers(Routes& routes, ManagedUserService& service) {
  routes
      .post("/v1/managed-users/{user}/handover",
            "managed_users:handover",
            "Invite somebody to take a user over",
            [&service](
                Call& call, std::string_view user, const NewOwner& body) -> Result<Accepted<None>> {
              GATEHOUSE_TRY(const auto reference, parse_reference(user));
              GATEHOUSE_CHECK(service.hand_over(
                  *call.principal(), reference, to_handover(body), by_if_match(call)));
              return Accepted<None>(None{});
            })
      .description(
          "By mail. Whoever opens the invitation within 7 days and chooses a password (POST "
          "/v1/password-resets/confirm) is that user from then on: with the same id, the username "
          "and the address given here, and without a manager. Until then nothing changes; a new "
          "invitation voids the one before. Takes HTTP Basic, or a session that began within ten "
          "minutes (403 recent_sign_in_required).")
      .parameter("user", kAboutManaged)
      .etag()
      .answers(409,
               "username_taken, email_taken, no_sign_in (the user is inactive, locked or expired)")
      .answers(429, "too_many_handovers (Retry-After says when to try again)");

  routes
      .get("/v1/managed-users/{user}/handover",
           "managed_users:handover",
           "Read who is invited to take a user over",
           [&service](Call& call, std::string_view user) -> Result<Invitation> {
             GATEHOUSE_TRY(const auto reference, parse_reference(user));
             GATEHOUSE_TRY(const auto found, service.find_handover(*call.principal(), reference));
             return to_wire(found);
           })
      .description("404 where nobody is.")
      .parameter("user", kAboutManaged);

  routes
      .remove("/v1/managed-users/{user}/handover",
              "managed_users:handover",
              "Withdraw the invitation to take a user over",
              [&service](Call& call, std::string_view user) -> Result<None> {
                GATEHOUSE_TRY(const auto reference, parse_reference(user));
                return service.withdraw_handover(*call.principal(), reference);
              })
      .description("404 where nobody is invited.")
      .parameter("user", kAboutManaged);
}

}  // namespace

void add_managed_user_routes(Context& host, ManagedUserService& service) {
  add_reading(host.routes(), service);
  add_changing(host.routes(), service);
  add_handovers(host.routes(), service);
}

}  // namespace gatehouse::managed_users
