// SPDX-License-Identifier: Apache-2.0
#include "user_routes.hpp"

#include <string_view>
#include <vector>

#include <gatehouse/reference.hpp>

#include "user_wire.hpp"

namespace gatehouse::soltra_edge {
namespace {

// Each route twice: seed document 004 calls them with and without the slash at the end.
void add_reading(Routes& api, const UserService& service, const Links& links) {
  const auto list = [&](Call& call, const Query<UserQuery>& query) -> Result<std::vector<User>> {
    GATEHOUSE_TRY(const auto page, service.list(*call.principal(), to_listing(*query)));
    call.set_header("Link", link_header(links.users(), filters_of(*query), *query, page.total));
    std::vector<User> users;
    users.reserve(page.users.size());
    for (const UserRecord& record : page.users) users.push_back(to_wire(links, record));
    return users;
  };
  for (Route* route : {&api.get("/users/", "users:read", "List users", list),
                       &api.get("/users", "users:read", "List users", list)}) {
    route
        ->description(
            "The oldest first, for superusers and staff. Link names the first, the previous, the "
            "next and the last page.")
        .accept(Lenient::UnknownMembers);
  }

  const auto read = [&](Call& call, std::string_view user) -> Result<User> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(const auto record, service.find(*call.principal(), reference));
    return to_wire(links, record);
  };
  for (Route* route : {&api.get("/users/{user}/", "users:read", "Read a user", read),
                       &api.get("/users/{user}", "users:read", "Read a user", read)}) {
    route->description("Superusers and staff read everybody, others themselves.")
        .parameter("user", kAboutUser);
  }
}

void add_changing(Routes& api, const UserService& service, const Links& links) {
  const auto create = [&](Call& call, const NewUser& body) -> Result<Created<User>> {
    GATEHOUSE_TRY(const auto record, service.create(*call.principal(), to_draft(body)));
    User made = to_wire(links, record);
    const std::string location = made.url;
    return Created<User>(std::move(made), location);
  };
  for (Route* route : {&api.post("/users/", "users:write", "Make a user", create),
                       &api.post("/users", "users:write", "Make a user", create)}) {
    route->description("For superusers and staff. Only superusers make staff.")
        .answers(400, "Fields that are missing or wrong, and names that are taken.")
        .accept(Lenient::UnknownMembers)
        .hashing();
  }

  const auto change =
      [&](Call& call, std::string_view user, const UserPatch& body) -> Result<Accepted<User>> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(const auto record, service.change(*call.principal(), reference, body));
    return Accepted<User>(to_wire(links, record));
  };
  for (Route* route : {&api.patch("/users/{user}/", "users:write", "Change a user", change),
                       &api.patch("/users/{user}", "users:write", "Change a user", change)}) {
    route
        ->description(
            "Of superusers and staff, and of the user, who changes names, address and description. "
            "The password stays.")
        .parameter("user", kAboutUser)
        .answers(400, "Fields that are wrong, and names that are taken.")
        .answers(409, "last_admin, no_sign_in")
        .accept(Lenient::UnknownMembers | Lenient::AnyContentType);
  }

  const auto erase = [&](Call& call, std::string_view user) -> Result<None> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    return service.erase(*call.principal(), reference);
  };
  for (Route* route : {&api.remove("/users/{user}/", "users:write", "Delete a user", erase),
                       &api.remove("/users/{user}", "users:write", "Delete a user", erase)}) {
    route->description("With all that belongs to them. For superusers and staff.")
        .parameter("user", kAboutUser)
        .answers(409, "last_admin, manages_users");
  }
}

}  // namespace

void add_user_routes(Routes& api, const UserService& service, const Links& links) {
  add_reading(api, service, links);
  add_changing(api, service, links);
}

}  // namespace gatehouse::soltra_edge
