// The routes of the plugin audit; how to read it stands in expected_cells.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

// Of what was deleted the trail stays, for those who read the whole of it.
// Staff reads no trail but their own: in it stands what admins do, over whom staff has no say.
inline constexpr RouteExpectations kAuditExpectations[] = {
    {"GET /v1/audit-events", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  403    403   403    403    403    200   403   200
)"},
    {"GET /v1/accounts/{account}/audit-events", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   200    403    403    200   403   200
  client       401  404    404   404    200    404    200   403   200
  stranger     401  404    404   404    404    404    200   403   200
  default      401  404    404   404    404    404    200   403   200
  deleted      401  404    404   404    404    404    200   404   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"GET /v1/users/{user}/audit-events", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    200   403   200
  admin        401  404    404   200    404    404    200   403   200
  staff        401  404    404   200    404    404    200   403   200
  acadm        401  404    404   200    404    404    200   403   200
  managed      401  404    404   200    404    403    200   403   200
  client       401  404    404   404    200    404    200   403   200
  c-acadm      401  404    404   404    200    404    200   403   200
  c-consul     401  404    404   404    200    404    200   403   200
  stranger     401  404    404   404    404    404    200   403   200
  deleted      401  404    404   404    404    404    200   404   200
  missing      401  404    404   404    404    404    404   404   404
)"},
};

}  // namespace gatehouse::identity
