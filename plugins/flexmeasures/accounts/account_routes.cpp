// SPDX-License-Identifier: Apache-2.0
#include "account_routes.hpp"

#include <string>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/routes.hpp>

#include "account_wire.hpp"
#include "api/answers.hpp"

namespace gatehouse::flexmeasures {
namespace {

// The numbers of all roles that stand in these accounts.
template <class List, class Get>
Result<AccountRoles::Ids> role_ids(AccountRoles& roles, const List& list, Get&& account_of) {
  std::vector<std::string> names;
  for (const auto& one : list) {
    const AccountRecord& account = account_of(one);
    names.insert(names.end(), account.roles.begin(), account.roles.end());
  }
  return roles.ids_of(names);
}

const AccountRecord& itself(const AccountRecord& account) {
  return account;
}
const AccountRecord& account_of(const AccountService::Counted& counted) {
  return counted.account;
}

Result<AnsweredAccount> show(AccountRoles& roles, const AccountRecord& account) {
  GATEHOUSE_TRY(const auto ids, roles.ids_of(account.roles));
  return to_answer(account, ids);
}

Result<std::vector<std::string>> texts_of(AccountRoles& roles,
                                          const std::vector<AccountRecord>& accounts) {
  GATEHOUSE_TRY(const auto ids, role_ids(roles, accounts, itself));
  std::vector<std::string> texts;
  texts.reserve(accounts.size());
  for (const AccountRecord& account : accounts) texts.push_back(encode_json(to_wire(account, ids)));
  return texts;
}

Result<Answer> whole_list(Call& call,
                          AccountService& service,
                          AccountRoles& roles,
                          WholeLists& lists,
                          const AccountsAsked& asked) {
  const Principal who = *call.principal();
  if (asked.sorts_by == AccountSortName::Users) {
    GATEHOUSE_TRY(auto found, service.sorted_by_users(who, asked));
    std::vector<AccountRecord> sorted;
    sorted.reserve(found.accounts.size());
    for (auto& one : found.accounts) sorted.push_back(std::move(one.account));
    const auto next = [&roles, sorted]() mutable -> Result<std::vector<std::string>> {
      return texts_of(roles, std::exchange(sorted, {}));
    };
    return WholeLists::answer(call, std::move(found.turn), next);
  }
  GATEHOUSE_TRY(const std::int64_t rows, service.count(who, asked));
  AccountListing listing = asked.listing;
  listing.limit = 500;
  return lists.answer(
      call, rows, [&service, &roles, who, listing]() mutable -> Result<std::vector<std::string>> {
        GATEHOUSE_TRY(const auto some, service.part(who, listing));
        if (!some.empty()) listing.after = service.position_of(some.back(), listing.sort);
        return texts_of(roles, some);
      });
}

Result<Answer> page(Call& call,
                    AccountService& service,
                    AccountRoles& roles,
                    const AccountsAsked& asked) {
  GATEHOUSE_TRY(const auto found, service.page(*call.principal(), asked));
  GATEHOUSE_TRY(const auto ids, role_ids(roles, found.accounts, account_of));
  AccountPage body;
  body.data.reserve(found.accounts.size());
  for (const auto& one : found.accounts) {
    body.data.push_back({to_wire(one.account, ids), 0, one.users});
  }
  body.num_records = found.accessible;
  body.filtered_records = found.filtered;
  Answer answer;
  answer.content_type = "application/json";
  answer.body = encode_json(body);
  return answer;
}

}  // namespace

void add_account_routes(Routes& routes,
                        AccountService& service,
                        AccountRoles& roles,
                        WholeLists& lists) {
  routes
      .get("/accounts",
           "accounts:read",
           "List the accounts you can access",
           [&](Call& call, const Query<AccountQuery>& query) -> Result<Answer> {
             GATEHOUSE_TRY(const auto asked, to_asked(*query));
             GATEHOUSE_TRY(auto answer,
                           asked.page.is_asked() ? page(call, service, roles, asked)
                                                 : whole_list(call, service, roles, lists, asked));
             return dressed(call, std::move(answer));
           })
      .description(
          "Your own, those that you are a consultant for, and all of them for who reads "
          "everything. An array; with \"page\" an object with \"data\", \"num-records\" and "
          "\"filtered-records\".")
      .accept(Lenient::UnknownMembers)
      .content("application/json")
      .answers(404, "The page begins behind the last account.")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(422, kUnprocessable);

  routes
      .get("/accounts/{id}",
           "accounts:read",
           "Read an account",
           [&](Call& call, std::string_view id) -> Result<AnsweredAccount> {
             GATEHOUSE_TRY(const auto number, parse_id("Account", id));
             GATEHOUSE_TRY(const auto account, service.find(*call.principal(), number));
             GATEHOUSE_TRY(auto body, show(roles, account));
             return dressed(call, std::move(body));
           })
      .parameter("id", "A number.")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);

  routes
      .patch("/accounts/{id}",
             "accounts:write",
             "Change an account",
             [&](Call& call,
                 std::string_view id,
                 const std::optional<AccountPatch>& sent) -> Result<AnsweredAccount> {
               GATEHOUSE_TRY(const auto number, parse_id("Account", id));
               GATEHOUSE_TRY(
                   const auto account,
                   service.change(*call.principal(), number, sent.value_or(AccountPatch{})));
               GATEHOUSE_TRY(auto body, show(roles, account));
               return dressed(call, std::move(body));
             })
      .description(
          "By admins and staff, its consultants and its account-admins; by all its members where "
          "policy.members_may_edit_account says so. The consultancy and the roles by admins.")
      .accept(Lenient::AnyContentType | Lenient::BooleanWords)
      .parameter("id", "A number.")
      .answers(400, kInvalidRequest)
      .answers(401, kUnauthorized)
      .answers(403, kInvalidSender)
      .answers(404, "There is none of that number.")
      .answers(422, kUnprocessable);
}

}  // namespace gatehouse::flexmeasures
