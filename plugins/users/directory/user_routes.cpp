// SPDX-License-Identifier: Apache-2.0
#include "user_routes.hpp"

#include <string_view>

#include <gatehouse/permissions.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "user_wire.hpp"

namespace gatehouse::users {

void add_user_routes(Context& host, UserService& service, UserMoves& moves) {
  // Everybody holds them for the sake of their own user; how far they reach is
  // gatehouse/policy.hpp.
  host.permissions().declare("users:read", "users:write", held_by_everybody);
  host.permissions().declare("roles:read", held_by_everybody);
  const PolicySettings& policy = host.policy();
  host.routes().about("Users, their roles, and signing in with a password.");

  host.routes()
      .get("/v1/users",
           "users:read",
           "List users",
           [&service, &policy](Call& call, const Query<UserQuery>& query) -> Result<Page<User>> {
             GATEHOUSE_TRY(UserFilter filter, to_filter(call, *query));
             GATEHOUSE_TRY(auto rows,
                           service.list(*call.principal(), std::move(filter), query->account));
             return to_page(call, policy, *query, std::move(rows));
           })
      .description(
          "Shows whom the caller may read. A row that does not change during a walk appears "
          "exactly once.")
      .answers(400, "bad_cursor, cursor_mismatch, no_accounts, too_many_words, unknown_account");

  host.routes()
      .post("/v1/users",
            "users:write",
            "Create a user",
            [&service, &policy](Call& call, const NewUser& body) -> Result<Created<User>> {
              GATEHOUSE_TRY(const auto made, service.create(*call.principal(), to_draft(body)));
              return Created<User>{to_wire(*call.principal(), policy, made),
                                   "/v1/users/" + made.user.id};
            })
      .description(
          "By admins and staff in any account, by account-admins in their own, and by consultants "
          "in one that theirs looks after, which they name. 403 names the first field that the "
          "caller may not write, and is the answer to an account out of reach.")
      .answers(409, "username_taken, email_taken")
      .etag()
      .hashing();

  host.routes()
      .get("/v1/users/{user}",
           "users:read",
           "Read a user",
           [&service, &policy](Call& call, std::string_view user) -> Result<User> {
             GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
             GATEHOUSE_TRY(const auto found, service.find(*call.principal(), reference));
             return to_wire(*call.principal(), policy, found);
           })
      .description("Who may not see the user gets 404.")
      .parameter("user", kAboutUser)
      .etag()
      .without_api_access();

  host.routes()
      .patch("/v1/users/{user}",
             "users:write",
             "Change a user",
             [&service, &policy](
                 Call& call, std::string_view user, const UserPatch& body) -> Result<User> {
               GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
               GATEHOUSE_TRY(
                   const auto changed,
                   service.change(
                       *call.principal(), reference, to_change(body), by_if_match(call, policy)));
               return to_wire(*call.principal(), policy, changed);
             })
      .etag()
      .description(
          "A merge-patch (RFC 7396). 403 names the first field that the caller may not write.")
      .parameter("user", kAboutUser)
      .answers(409, "username_taken, email_taken, last_admin")
      .without_api_access();

  host.routes()
      .remove("/v1/users/{user}",
              "users:write",
              "Delete a user",
              [&service, &policy](Call& call, std::string_view user) -> Result<None> {
                GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
                return service.erase(*call.principal(), reference, by_if_match(call, policy));
              })
      .description("With everything of theirs in every plugin.")
      .parameter("user", kAboutUser)
      .etag()
      .answers(409, "last_admin, manages_users");

  host.routes()
      .post(
          "/v1/users/{user}/move",
          "users:write",
          "Move a user to another account",
          [&moves, &policy](
              Call& call, std::string_view user, const UserMove& body) -> Result<User> {
            GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
            GATEHOUSE_TRY(
                const auto moved,
                moves.move(*call.principal(), reference, body.account, by_if_match(call, policy)));
            return to_wire(*call.principal(), policy, moved);
          })
      .description(
          "By admins only. Takes the roles account-admin and consultant away, voids mailed codes "
          "for a password, and takes along whom the user manages. The password stays. A move to "
          "the user's own account changes nothing.")
      .parameter("user", kAboutUser)
      .etag()
      .answers(409, "manages_too_many (more than 1,000 would move along)");

  host.routes()
      .get("/v1/roles",
           "roles:read",
           "List the roles",
           [&permissions = host.permissions()](
               Call&, const Query<NoParameters>&) -> Result<Page<RoleInfo>> {
             Page<RoleInfo> page;
             for (const Role role : all_roles()) {
               page.items.push_back(to_wire(role, permissions.of(role)));
             }
             return page;
           })
      .description("All of them on one page, each with the permissions it holds here.");
}

}  // namespace gatehouse::users
