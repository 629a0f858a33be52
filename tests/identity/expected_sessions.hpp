// The routes of sessions and signing keys; how to read it stands in expected_cells.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

// Sessions of others take rights that contain theirs (security.md 1), as to reset their password
// does. Nobody here came with a session, so there is none to end by itself (404).
inline constexpr RouteExpectations kSessionsExpectations[] = {
    {"GET /.well-known/jwks.json", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            200  200    200   200    200    200    200   200   200
)"},
    {"POST /v1/sessions", R"({"password": "of nobody"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            422  422    422   422    422    422    422   422   422
)"},
    {"POST /v1/sessions/refresh", "{}", R"(
              anon user colleg acadm consul managr reader staff admin
  -            422  422    422   422    422    422    422   422   422
)"},
    {"GET /v1/sessions/current", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
)"},
    {"DELETE /v1/sessions/current", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
)"},
    {"GET /v1/users/{user}/sessions", "", R"(
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
    {"DELETE /v1/users/{user}/sessions", "", R"(
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
    {"DELETE /v1/users/{user}/sessions/{session}", "", R"(
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
};

}  // namespace gatehouse::identity
