// The routes of the plugin tokens; how to read it stands in expected_cells.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

// To make or read tokens for somebody takes rights that contain theirs (security.md 1), as to reset
// their password does. Managed users have no login, so no tokens are made for them (409).
inline constexpr RouteExpectations kTokensExpectations[] = {
    {"GET /v1/users/{user}/tokens", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    403   200   200
  admin        401  404    404   403    404    404    403   403   200
  staff        401  404    404   403    404    404    403   403   200
  acadm        401  404    404   200    404    404    403   200   200
  managed      401  404    404   200    404    403    403   200   200
  client       401  404    404   404    200    404    403   200   200
  c-acadm      401  404    404   404    200    404    403   200   200
  c-consul     401  404    404   404    403    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"POST /v1/users/{user}/tokens", R"({"title": "{fresh}", "scopes": ["tokens:write"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  201    201   201    201    201    201   201   201
  colleague    401  404    404   201    404    404    403   201   201
  admin        401  404    404   403    404    404    403   403   201
  staff        401  404    404   403    404    404    403   403   201
  acadm        401  404    404   201    404    404    403   201   201
  managed      401  404    404   409    404    403    403   409   409
  client       401  404    404   404    201    404    403   201   201
  c-acadm      401  404    404   404    201    404    403   201   201
  c-consul     401  404    404   404    403    404    403   201   201
  stranger     401  404    404   404    404    404    403   201   201
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"GET /v1/users/{user}/tokens/{token}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    403   200   200
  admin        401  404    404   403    404    404    403   403   200
  staff        401  404    404   403    404    404    403   403   200
  acadm        401  404    404   200    404    404    403   200   200
  managed      401  404    404   200    404    403    403   200   200
  client       401  404    404   404    200    404    403   200   200
  c-acadm      401  404    404   404    200    404    403   200   200
  c-consul     401  404    404   404    403    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/users/{user}/tokens/{token}", R"({"title": "{fresh}", "active": false})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    403   200   200
  admin        401  404    404   403    404    404    403   403   200
  staff        401  404    404   403    404    404    403   403   200
  acadm        401  404    404   200    404    404    403   200   200
  managed      401  404    404   200    404    403    403   200   200
  client       401  404    404   404    200    404    403   200   200
  c-acadm      401  404    404   404    200    404    403   200   200
  c-consul     401  404    404   404    403    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"DELETE /v1/users/{user}/tokens/{token}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  204    204   204    204    204    204   204   204
  colleague    401  404    404   204    404    404    403   204   204
  admin        401  404    404   403    404    404    403   403   204
  staff        401  404    404   403    404    404    403   403   204
  acadm        401  404    404   204    404    404    403   204   204
  managed      401  404    404   204    404    403    403   204   204
  client       401  404    404   404    204    404    403   204   204
  c-acadm      401  404    404   404    204    404    403   204   204
  c-consul     401  404    404   404    403    404    403   204   204
  stranger     401  404    404   404    404    404    403   204   204
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"POST /v1/users/{user}/tokens/{token}/rotate", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  201    201   201    201    201    201   201   201
  colleague    401  404    404   201    404    404    403   201   201
  admin        401  404    404   403    404    404    403   403   201
  staff        401  404    404   403    404    404    403   403   201
  acadm        401  404    404   201    404    404    403   201   201
  managed      401  404    404   409    404    403    403   409   409
  client       401  404    404   404    201    404    403   201   201
  c-acadm      401  404    404   404    201    404    403   201   201
  c-consul     401  404    404   404    403    404    403   201   201
  stranger     401  404    404   404    404    404    403   201   201
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
};

}  // namespace gatehouse::identity
