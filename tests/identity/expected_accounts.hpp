// The routes of the plugin accounts; how to read it stands in expected_cells.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

inline constexpr RouteExpectations kAccountsExpectations[] = {
    {"GET /v1/accounts", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  200    200   200    200    200    200   200   200
)"},
    {"POST /v1/accounts", R"({"name": "{fresh}"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  403    403   403    403    403    403   201   201
)"},
    // The consultancy and the roles of an account are rights of others: admins only (security.md
    // 2).
    {"POST /v1/accounts", R"({"name": "{fresh}", "consultancy_account": {account}})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   201
  stranger     401  403    403   403    403    403    403   403   201
  missing      401  403    403   403    403    403    403   403   422
)"},
    {"POST /v1/accounts", R"({"name": "{fresh}", "roles": ["hospital"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  403    403   403    403    403    403   403   201
)"},
    {"GET /v1/accounts/{account}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  client       401  404    404   404    200    404    200   200   200
  stranger     401  404    404   404    404    404    200   200   200
  default      401  404    404   404    404    404    200   200   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/accounts/{account}", R"({"name": "{fresh}", "primary_color": "#1a2b3c"})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   200    403    403    403   200   200
  client       401  404    404   404    200    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
  default      401  404    404   404    404    404    403   200   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/accounts/{account}", R"({"consultancy_account": null})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   200
  client       401  404    404   404    403    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/accounts/{account}", R"({"roles": ["hospital"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   200
  client       401  404    404   404    403    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    // 409: there are users in it, or it is the default account.
    {"DELETE /v1/accounts/{account}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   409   409
  client       401  404    404   404    403    404    403   409   409
  empty        401  404    404   404    403    404    403   204   204
  stranger     401  404    404   404    404    404    403   409   409
  default      401  404    404   404    404    404    403   409   409
  missing      401  404    404   404    404    404    404   404   404
)"},
};

}  // namespace gatehouse::identity
