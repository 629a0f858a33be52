// SPDX-License-Identifier: Apache-2.0
#include "user_routes.hpp"

#include <string>
#include <vector>

#include <gatehouse/body.hpp>
#include <gatehouse/routes.hpp>

#include "user_wire.hpp"

namespace gatehouse::wotkit {
namespace {

constexpr std::string_view kAboutUser = "A username, or an id (digits).";

// WoTKit answers lists as bare arrays.
Answer to_list(const std::vector<UserRecord>& users, Time now) {
  std::vector<User> list;
  list.reserve(users.size());
  for (const UserRecord& user : users) list.push_back(to_wire(user, now));
  Answer answer;
  answer.content_type = "application/json";
  answer.body = encode_json(list);
  return answer;
}

void add_reading(Routes& routes, UserService& service, Clock& clock) {
  routes
      .get("/users",
           "users:read",
           "List users",
           [&](Call& call, const Query<UserQuery>& query) -> Result<Answer> {
             GATEHOUSE_TRY(const auto users, service.list(*call.principal(), to_filter(*query)));
             return to_list(users, clock.now());
           })
      .description("For admins. An array, the newest first.")
      .content("application/json")
      .accept(Lenient::UnknownMembers);

  routes
      .get("/users/{user}",
           "users:read",
           "Read a user",
           [&](Call& call, std::string_view segment) -> Result<User> {
             GATEHOUSE_TRY(const auto user, parse_user(call, segment));
             GATEHOUSE_TRY(const auto found, service.find(*call.principal(), user));
             return to_wire(found, clock.now());
           })
      .description("For admins.")
      .parameter("user", kAboutUser);
}

void add_changing(Routes& routes, UserService& service, Clock& clock) {
  routes
      .post("/users",
            "users:write",
            "Create a user",
            [&](Call& call, const NewUser& body) -> Result<Created<User>> {
              GATEHOUSE_TRY(const auto made, service.create(*call.principal(), to_draft(body)));
              return Created<User>(to_wire(made, clock.now()));
            })
      .description("For admins.")
      .hashing()
      .answers(409, "A user with the same username is there already.");

  routes
      .put("/users/{user}",
           "users:write",
           "Change a user",
           [&](Call& call, std::string_view segment, const UserUpdate& body) -> Result<None> {
             GATEHOUSE_TRY(const auto user, parse_user(call, segment));
             return service.change(*call.principal(), user, [&](const UserRecord& seen) {
               return to_change(body, seen, clock.now());
             });
           })
      .description("For admins. What is not sent stays as it is; all is changed or nothing.")
      .parameter("user", kAboutUser)
      .may_hash()
      .answers(409, "What stands against it: they were renamed meanwhile, or may not sign in.");

  routes
      .remove("/users/{user}",
              "users:write",
              "Delete a user",
              [&](Call& call, std::string_view segment) -> Result<None> {
                GATEHOUSE_TRY(const auto user, parse_user(call, segment));
                return service.erase(*call.principal(), user);
              })
      .description("For admins. With everything of theirs in every plugin.")
      .parameter("user", kAboutUser)
      .answers(409, "The last admin, and who manages others, cannot be deleted.");
}

}  // namespace

void add_user_routes(Routes& routes, UserService& service, Clock& clock) {
  add_reading(routes, service, clock);
  add_changing(routes, service, clock);
}

}  // namespace gatehouse::wotkit
