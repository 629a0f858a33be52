// SPDX-License-Identifier: Apache-2.0
#include "user_routes.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "user_wire.hpp"

namespace gatehouse::sweatstack {
namespace {

constexpr std::string_view kAboutManaged = "The id of somebody whom the caller manages.";

void add_list(Routes& routes, UserService& service, const CookieRenewal& renewal) {
  routes
      .get("/users/",
           "managed_users:read",
           "List Users",
           [&](Call& call, const Query<UserQuery>& query) -> Result<std::vector<UserSummary>> {
             GATEHOUSE_TRY(const auto filter, to_filter(*query));
             GATEHOUSE_TRY(auto users, service.list(*call.principal(), filter));
             std::vector<UserSummary> body;
             body.reserve(users.size());
             for (AccessibleUser& user : users) body.push_back(to_wire(std::move(user)));
             renewal.apply(call);
             return body;
           })
      .description(
          "The caller, the users they manage as they were made, and those who share with them as "
          "the grants were made. All at once; 503 where they are more than max_unpaged_rows, and, "
          "beyond 1,000, while another such list of the same user is being made.")
      .accept(Lenient::UnknownMembers);
}

void add_object(Routes& routes, UserService& service, const CookieRenewal& renewal) {
  routes
      .post("/users/",
            "managed_users:write",
            "Create Managed User",
            [&](Call& call, const ManagedUserCreate& body) -> Result<UserResponse> {
              GATEHOUSE_TRY(const auto made, service.create(*call.principal(), to_draft(body)));
              renewal.apply(call);
              return to_wire(made);
            })
      .description("In the caller's account, without username and password.")
      .accept(Lenient::UnknownMembers)
      .answers(409, "the caller manages as many as one may");

  routes
      .get("/users/{user_id}",
           "managed_users:read",
           "Get Managed User",
           [&](Call& call, std::string_view id) -> Result<UserResponse> {
             GATEHOUSE_TRY(const auto found, service.find(*call.principal(), id));
             renewal.apply(call);
             return to_wire(found);
           })
      .description("404 for everybody but their manager.")
      .parameter("user_id", kAboutManaged);

  routes
      .put("/users/{user_id}",
           "managed_users:write",
           "Update Managed User",
           [&](Call& call,
               std::string_view id,
               const std::optional<ManagedUserUpdate>& body) -> Result<UserResponse> {
             const auto change = to_change(body.value_or(ManagedUserUpdate{}));
             GATEHOUSE_TRY(const auto changed, service.change(*call.principal(), id, change));
             renewal.apply(call);
             return to_wire(changed);
           })
      .description("What is left out, null or empty stays.")
      .parameter("user_id", kAboutManaged)
      .accept(Lenient::UnknownMembers | Lenient::Forms);

  routes
      .remove("/users/{user_id}",
              "managed_users:write",
              "Delete Managed User",
              [&](Call& call, std::string_view id) -> Result<UserDeletion> {
                GATEHOUSE_CHECK(service.erase(*call.principal(), id));
                renewal.apply(call);
                return UserDeletion{};
              })
      .description("With everything of theirs in every plugin.")
      .parameter("user_id", kAboutManaged);
}

}  // namespace

void add_user_routes(Routes& routes, UserService& service, const CookieRenewal& renewal) {
  add_list(routes, service, renewal);
  add_object(routes, service, renewal);
}

}  // namespace gatehouse::sweatstack
