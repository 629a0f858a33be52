// The routes of share grants; how to read it stands in expected_cells.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

inline constexpr RouteExpectations kGrantsExpectations[] = {
    // Whoever reads the user sees with whom they share.
    {"GET /v1/users/{user}/grants", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    200   200   200
  admin        401  404    404   200    404    404    200   200   200
  staff        401  404    404   200    404    404    200   200   200
  acadm        401  404    404   200    404    404    200   200   200
  managed      401  404    404   200    404    200    200   200   200
  client       401  404    404   404    200    404    200   200   200
  c-acadm      401  404    404   404    200    404    200   200   200
  c-consul     401  404    404   404    200    404    200   200   200
  stranger     401  404    404   404    404    404    200   200   200
  sharing      401  404    404   404    404    404    200   200   200
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    // Nobody gives away what is not theirs or their charge's: no role does it for others.
    {"POST /v1/users/{user}/grants", R"({"grantee": "{grantee}", "scopes": ["data:read"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  201    201   201    201    201    201   201   201
  colleague    401  404    404   403    404    404    403   403   403
  admin        401  404    404   403    404    404    403   403   403
  staff        401  404    404   403    404    404    403   403   403
  acadm        401  404    404   403    404    404    403   403   403
  managed      401  404    404   403    404    201    403   403   403
  client       401  404    404   404    403    404    403   403   403
  c-acadm      401  404    404   404    403    404    403   403   403
  c-consul     401  404    404   404    403    404    403   403   403
  stranger     401  404    404   404    404    404    403   403   403
  sharing      401  404    404   404    404    404    403   403   403
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    // The grantee sees the grant, and not the user.
    {"GET /v1/users/{user}/grants/{grant}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    200   200   200
  admin        401  404    404   200    404    404    200   200   200
  staff        401  404    404   200    404    404    200   200   200
  acadm        401  404    404   200    404    404    200   200   200
  managed      401  404    404   200    404    200    200   200   200
  client       401  404    404   404    200    404    200   200   200
  c-acadm      401  404    404   404    200    404    200   200   200
  c-consul     401  404    404   404    200    404    200   200   200
  stranger     401  404    404   404    404    404    200   200   200
  sharing      401  200    200   200    200    200    200   200   200
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    // To take a grant back, by whoever administers the user, or to give it back.
    {"DELETE /v1/users/{user}/grants/{grant}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  204    204   204    204    204    204   204   204
  colleague    401  404    404   204    404    404    403   204   204
  admin        401  404    404   403    404    404    403   403   204
  staff        401  404    404   403    404    404    403   403   204
  acadm        401  404    404   204    404    404    403   204   204
  managed      401  404    404   204    404    204    403   204   204
  client       401  404    404   404    204    404    403   204   204
  c-acadm      401  404    404   404    204    404    403   204   204
  c-consul     401  404    404   404    403    404    403   204   204
  stranger     401  404    404   404    404    404    403   204   204
  sharing      401  204    204   204    204    204    204   204   204
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    // Grants of a former manager are the new owner's to confirm, and nobody else's (security.md 7).
    {"POST /v1/users/{user}/grants/{grant}/confirm", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  204    204   204    204    204    204   204   204
  colleague    401  404    404   403    404    404    403   403   403
  admin        401  404    404   403    404    404    403   403   403
  staff        401  404    404   403    404    404    403   403   403
  acadm        401  404    404   403    404    404    403   403   403
  managed      401  404    404   403    404    403    403   403   403
  client       401  404    404   404    403    404    403   403   403
  c-acadm      401  404    404   404    403    404    403   403   403
  c-consul     401  404    404   404    403    404    403   403   403
  stranger     401  404    404   404    404    404    403   403   403
  sharing      401  404    404   404    404    404    403   403   403
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"GET /v1/shared-with-me", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  200    200   200    200    200    200   200   200
)"},
};

}  // namespace gatehouse::identity
