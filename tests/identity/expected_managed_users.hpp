// The routes of managed users, and those by which somebody acts for another user; how to read it
// stands in expected_cells.hpp. SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

// A managed user is there for their manager, and for nobody else (contracts/v1.md).
inline constexpr RouteExpectations kManagedUsersExpectations[] = {
    {"GET /v1/managed-users", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  200    200   200    200    200    200   200   200
)"},
    // Everybody may look after others; whoever reads everything changes nothing but what is theirs.
    {"POST /v1/managed-users", R"({"first_name": "{fresh}"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  201    201   201    201    201    201   201   201
)"},
    {"GET /v1/managed-users/{user}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    200    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/managed-users/{user}", R"({"first_name": "Ada", "description": "{fresh}"})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    200    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"DELETE /v1/managed-users/{user}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    204    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"POST /v1/managed-users/{user}/handover",
     R"({"email": "{fresh}@example.org", "username": "{fresh}"})",
     R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    202    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    // Somebody is invited to take whomever it is about over.
    {"GET /v1/managed-users/{user}/handover", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    200    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"DELETE /v1/managed-users/{user}/handover", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    204    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    {"POST /v1/managed-users/{user}/delegated-token", R"({"scopes": ["data:read"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    201    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
    // Nobody here has a grant.
    {"POST /v1/users/{user}/delegated-token", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  404    404   404    404    404    404   404   404
  colleague    401  404    404   404    404    404    404   404   404
  admin        401  404    404   404    404    404    404   404   404
  staff        401  404    404   404    404    404    404   404   404
  acadm        401  404    404   404    404    404    404   404   404
  managed      401  404    404   404    404    201    404   404   404
  client       401  404    404   404    404    404    404   404   404
  c-acadm      401  404    404   404    404    404    404   404   404
  c-consul     401  404    404   404    404    404    404   404   404
  stranger     401  404    404   404    404    404    404   404   404
  missing      401  404    404   404    404    404    404   404   404
  deleted      401  404    404   404    404    404    404   404   404
)"},
};

}  // namespace gatehouse::identity
