// SPDX-License-Identifier: Apache-2.0
#include "account_routes.hpp"

#include <string_view>
#include <utility>

#include <gatehouse/permissions.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "account_wire.hpp"

namespace gatehouse::accounts {
namespace {

constexpr std::string_view kAboutAccount = "An id (24 hex digits) or a number.";

}  // namespace

void add_account_routes(Context& host, AccountService& service) {
  // Everybody holds them for the sake of their own account; how far they reach is
  // gatehouse/policy.hpp.
  host.permissions().declare("accounts:read", "accounts:write", held_by_everybody);
  host.routes().about("Accounts: the organisations that users belong to.");

  host.routes()
      .get("/v1/accounts",
           "accounts:read",
           "List accounts",
           [&service](Call& call, const Query<AccountQuery>& query) -> Result<Page<Account>> {
             GATEHOUSE_TRY(AccountFilter filter, to_filter(call, *query));
             GATEHOUSE_TRY(auto rows, service.list(*call.principal(), std::move(filter)));
             return to_page(call, *query, std::move(rows));
           })
      .description(
          "Shows the caller's own account, to consultants the accounts that it looks after, and "
          "all to admins, admin-readers and staff; without user_count. A row that does not change "
          "during a walk appears exactly once.")
      .answers(400, "bad_cursor, cursor_mismatch, too_many_words");

  host.routes()
      .post("/v1/accounts",
            "accounts:write",
            "Create an account",
            [&service](Call& call, const NewAccount& body) -> Result<Created<Account>> {
              GATEHOUSE_TRY(const auto made, service.create(*call.principal(), to_change(body)));
              return Created<Account>{to_wire(made), "/v1/accounts/" + made.account.id};
            })
      .description(
          "By admins and staff. 403 names the first field that the caller may not write: only "
          "admins choose roles and the consultancy.")
      .answers(409, "name_taken")
      .etag();

  host.routes()
      .get("/v1/accounts/{account}",
           "accounts:read",
           "Read an account",
           [&service](Call& call, std::string_view account) -> Result<Account> {
             GATEHOUSE_TRY(const auto reference, parse_reference(account));
             GATEHOUSE_TRY(const auto found, service.find(*call.principal(), reference));
             return to_wire(found);
           })
      .description("Who may not see the account gets 404. user_count is no part of the ETag.")
      .parameter("account", kAboutAccount)
      .etag();

  host.routes()
      .patch(
          "/v1/accounts/{account}",
          "accounts:write",
          "Change an account",
          [&service](
              Call& call, std::string_view account, const AccountPatch& body) -> Result<Account> {
            GATEHOUSE_TRY(const auto reference, parse_reference(account));
            GATEHOUSE_TRY(
                const auto changed,
                service.change(*call.principal(), reference, to_change(body), by_if_match(call)));
            return to_wire(changed);
          })
      .etag()
      .description(
          "A merge-patch (RFC 7396). Name, colours and logo by the account's admins, its "
          "consultants, staff and admins; roles and the consultancy by admins. 403 names the first "
          "field that the caller may not write.")
      .parameter("account", kAboutAccount)
      .answers(409, "name_taken");

  host.routes()
      .remove("/v1/accounts/{account}",
              "accounts:write",
              "Delete an account",
              [&service](Call& call, std::string_view account) -> Result<None> {
                GATEHOUSE_TRY(const auto reference, parse_reference(account));
                return service.erase(*call.principal(), reference, by_if_match(call));
              })
      .description(
          "By admins and staff. Not while users belong to it, or while it is another account's "
          "consultancy (in_use); never the one of users who are given no other (default_account).")
      .parameter("account", kAboutAccount)
      .etag()
      .answers(409, "in_use, default_account");
}

}  // namespace gatehouse::accounts
