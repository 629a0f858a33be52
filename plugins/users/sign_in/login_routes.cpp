// SPDX-License-Identifier: Apache-2.0
#include "login_routes.hpp"

#include <utility>

#include <gatehouse/reference.hpp>
#include <gatehouse/routes.hpp>

#include "login_wire.hpp"

namespace gatehouse::users {

void add_login_routes(Context& host, const StoredLoginHistory& history) {
  host.routes()
      .get("/v1/users/{user}/login-history",
           "users:read",
           "List the sign-ins of a user",
           [&history](Call& call,
                      std::string_view user,
                      const Query<LoginQuery>& query) -> Result<Page<LoginItem>> {
             GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
             GATEHOUSE_TRY(const auto after, position_in(call, *query));
             GATEHOUSE_TRY(auto rows,
                           history.page(*call.principal(), reference, after, query->limit));
             return to_page(call, *query, std::move(rows));
           })
      .description(
          "The newest first, failed ones too, for the user, account-admins and consultants of the "
          "account, admins and admin-readers. A password that is sent with every request (HTTP "
          "Basic) is told of once an hour for each client. What is older than 90 days (a setting) "
          "is gone.")
      .parameter("user", kAboutUser)
      .answers(400, "bad_cursor, cursor_mismatch");
}

}  // namespace gatehouse::users
