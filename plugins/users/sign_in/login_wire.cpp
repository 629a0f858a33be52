// SPDX-License-Identifier: Apache-2.0
#include "login_wire.hpp"

#include <utility>

#include <gatehouse/cursor.hpp>

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(LoginPosition, (), (at, number))

Result<std::optional<LoginPosition>> position_in(const Call& call, const LoginQuery& query) {
  std::optional<LoginPosition> after;
  if (query.cursor) {
    GATEHOUSE_TRY(after, read_cursor<LoginPosition>(call, *query.cursor));
  }
  return after;
}

Page<LoginItem> to_page(const Call& call, const LoginQuery& query, std::vector<Login> rows) {
  Page<LoginItem> page;
  page.next = cut_to_limit(call, rows, query.limit, [](const Login& last) {
    return LoginPosition{last.attempted_at.time_since_epoch().count(), last.number};
  });
  page.items.reserve(rows.size());
  for (Login& row : rows) {
    page.items.push_back({row.attempted_at,
                          row.success,
                          std::move(row.method),
                          std::move(row.mount),
                          std::move(row.remote_address),
                          std::move(row.user_agent)});
  }
  return page;
}

}  // namespace gatehouse::users
