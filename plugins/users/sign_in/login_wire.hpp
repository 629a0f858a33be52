// The history of sign-ins as contracts/v1.md writes it. The names of the types are the names of the
// schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>

#include "login_repository.hpp"

namespace gatehouse::users {

struct LoginItem {
  Time attempted_at;
  bool success = false;
  std::string method;
  std::string mount;
  std::string remote_address;
  std::optional<std::string> user_agent;
};
BOOST_DESCRIBE_STRUCT(LoginItem,
                      (),
                      (attempted_at, success, method, mount, remote_address, user_agent))
constexpr auto rules(Of<LoginItem>) {
  return std::tuple{
      field(&LoginItem::method,
            {.text = "basic, session, or a dialect's.", .example = "\"basic\""}),
      field(&LoginItem::mount, {.text = "Where it was tried.", .example = "\"/v1\""}),
      field(
          &LoginItem::user_agent,
          {.text = "What the client called itself, up to 512 bytes; null where it said nothing."})};
}

struct LoginQuery {
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(LoginQuery, (), (limit, cursor))
constexpr auto rules(Of<LoginQuery>) {
  return std::tuple{field(&LoginQuery::limit,
                          {.text = "How many one page has at most.",
                           .optional = true,
                           .has_minimum = true,
                           .minimum = 1,
                           .maximum = 1000}),
                    field(&LoginQuery::cursor,
                          {.text = "\"next\" of the page before. The limit must stay as it was.",
                           .max_bytes = 4096})};
}

// Malformed: bad_cursor, cursor_mismatch.
Result<std::optional<LoginPosition>> position_in(const Call& call, const LoginQuery& query);
// The page of `rows`, which hold one more than the limit when there are more.
Page<LoginItem> to_page(const Call& call, const LoginQuery& query, std::vector<Login> rows);

}  // namespace gatehouse::users
