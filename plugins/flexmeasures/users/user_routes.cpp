// SPDX-License-Identifier: Apache-2.0
#include "user_routes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/body.hpp>

#include "api/answers.hpp"
#include "user_wire.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr std::int64_t kPart = 500;

Result<Answer> whole_list(Call& call,
                          UserService& service,
                          WholeLists& lists,
                          const UsersAsked& asked) {
  const Principal who = *call.principal();
  GATEHOUSE_TRY(const std::int64_t rows, service.count(who, asked));
  UserListing listing = asked.listing;
  listing.limit = kPart;
  return lists.answer(
      call, rows, [&service, who, listing]() mutable -> Result<std::vector<std::string>> {
        GATEHOUSE_TRY(const auto some, service.part(who, listing));
        std::vector<std::string> texts;
        texts.reserve(some.size());
        for (const UserRecord& user : some) {
          texts.push_back(encode_json(to_listed(user)));
        }
        if (!some.empty()) {
          listing.after = service.position_of(some.back(), listing.sort);
        }
        return texts;
      });
}

Result<Answer> page(Call& call,
                    UserService& service,
                    AccountRoles& roles,
                    const UsersAsked& asked) {
  GATEHOUSE_TRY(const auto found, service.page(*call.principal(), asked));
  std::vector<std::string> names;
  for (const auto& [number, account] : found.accounts) {
    names.insert(names.end(), account.roles.begin(), account.roles.end());
  }
  GATEHOUSE_TRY(const auto ids, roles.ids_of(names));
  UserPage body;
  body.data.reserve(found.users.size());
  for (const UserRecord& user : found.users) {
    std::optional<Account> account;
    if (const auto theirs = found.accounts.find(user.account); theirs != found.accounts.end()) {
      account = to_wire(theirs->second, ids);
    }
    body.data.push_back(to_paged(user, std::move(account)));
  }
  body.num_records = found.accessible;
  body.filtered_records = found.filtered;
  Answer answer;
  answer.content_type = "application/json";
  answer.body = encode_json(body);
  return answer;
}

}  // namespace

void add_user_routes(Routes& routes, UserService& service, AccountRoles& roles, WholeLists& lists) {
  routes
      .get("/users",
           "users:read",
           "List the users you can access",
           [&](Call& call, const Query<UserQuery>& query) -> Result<Answer> {
             GATEHOUSE_TRY(const auto asked, to_asked(*query));
             GATEHOUSE_TRY(auto answer,
                           asked.page.is_asked() ? page(call, service, roles, asked)
                                                 : whole_list(call, service, lists, asked));
             return dressed(call, std::move(answer));
           })
      .description(
          "Yourself, and the users of your account where policy.members_may_read_each_other says "
          "so; for account-admins the users of their account, for consultants those of the "
          "accounts they look after, and all of them for who reads everything. An array, with the "
          "numbers of roles; with \"page\" an object with \"data\", \"num-records\" and "
          "\"filtered-records\", with their names.")
      .accept(Lenient::UnknownMembers | Lenient::BooleanWords)
      .content("application/json")
      .answers(404, "No such account, or the page begins behind the last user.")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(422, kUnprocessable);

  routes
      .get("/users/{id}",
           "users:read",
           "Read a user",
           [&](Call& call, std::string_view id) -> Result<User> {
             GATEHOUSE_TRY(const auto number, parse_id("User", id));
             GATEHOUSE_TRY(const auto user, service.find(*call.principal(), number));
             return dressed(call, to_answer(user));
           })
      .parameter("id", "A number.")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);

  routes
      .patch("/users/{id}",
             "users:write",
             "Change a user",
             [&](Call& call,
                 std::string_view id,
                 const std::optional<UserPatch>& sent) -> Result<User> {
               GATEHOUSE_TRY(const auto number, parse_id("User", id));
               GATEHOUSE_TRY(const auto user,
                             service.change(*call.principal(), number, sent.value_or(UserPatch{})));
               return dressed(call, to_answer(user));
             })
      .description(
          "Name, address and time zone by the user, their account-admins and consultants, staff "
          "and admins; whether they are active and their roles not by themselves.")
      .accept(Lenient::AnyContentType | Lenient::BooleanWords)
      .parameter("id", "A number.")
      .answers(409, "last_admin")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);

  routes
      .patch("/users/{id}/password-reset",
             "users:write",
             "Take a password away and mail a link for a new one",
             [&](Call& call, std::string_view id) -> Result<Done> {
               GATEHOUSE_TRY(const auto number, parse_id("User", id));
               GATEHOUSE_CHECK(service.reset_password(*call.principal(), number, call.mount()));
               return dressed(call, Done{});
             })
      .description(
          "The password, sessions and tokens end at once. One's own soon after signing in, or at "
          "any "
          "time where flexmeasures.reset_without_recent_sign_in says so.")
      .parameter("id", "A number.")
      .answers(409, "last_admin, no_sign_in, no_mail_address (no mail can reach the user)")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);
}

}  // namespace gatehouse::flexmeasures
