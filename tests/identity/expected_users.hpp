// The routes of the plugin users; how to read it stands in expected_cells.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/identity/expected_cells.hpp"

namespace gatehouse::identity {

inline constexpr RouteExpectations kUsersExpectations[] = {
    {"GET /v1/users", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  200    200   200    200    200    200   200   200
)"},
    {"POST /v1/users", R"({"username": "{fresh}"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  403    403   201    403    403    403   201   201
)"},
    // The line's account is the one that the new user shall belong to. Who may not make users of an
    // account cannot tell from the answer whether there is such an account.
    {"POST /v1/users", R"({"username": "{fresh}", "account": {account}})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   201    403    403    403   201   201
  client       401  403    403   403    201    403    403   201   201
  stranger     401  403    403   403    403    403    403   201   201
  missing      401  403    403   403    403    403    403   422   422
)"},
    // Who gives which role (contracts/v1.md): account-admin is the consultants' and the admins' to
    // give, consultant the account-admins' and the admins', admin nobody's.
    {"POST /v1/users",
     R"({"username": "{fresh}", "account": {account}, "roles": ["account-admin"]})",
     R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   201
  client       401  403    403   403    201    403    403   403   201
  stranger     401  403    403   403    403    403    403   403   201
)"},
    {"POST /v1/users",
     R"({"username": "{fresh}", "account": {account}, "roles": ["consultant"]})",
     R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   201    403    403    403   403   201
  client       401  403    403   403    403    403    403   403   201
  stranger     401  403    403   403    403    403    403   403   201
)"},
    {"POST /v1/users", R"({"username": "{fresh}", "account": {account}, "roles": ["admin"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   403
  client       401  403    403   403    403    403    403   403   403
  stranger     401  403    403   403    403    403    403   403   403
)"},
    {"GET /v1/users/{user}", "", R"(
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
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/users/{user}", R"({"first_name": "Ada"})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   200    404    404    403   200   200
  admin        401  404    404   403    404    404    403   403   200
  staff        401  404    404   403    404    404    403   403   200
  acadm        401  404    404   200    404    404    403   200   200
  managed      401  404    404   200    404    200    403   200   200
  client       401  404    404   404    200    404    403   200   200
  c-acadm      401  404    404   404    200    404    403   200   200
  c-consul     401  404    404   404    403    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"PATCH /v1/users/{user}", R"({"active": false})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   403
  colleague    401  404    404   200    404    404    403   200   200
  admin        401  404    404   403    404    404    403   403   200
  managed      401  404    404   200    404    403    403   200   200
  client       401  404    404   404    200    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
)"},
    {"PATCH /v1/users/{user}", R"({"locked": true})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   200
  colleague    401  404    404   403    404    404    403   403   200
  client       401  404    404   404    403    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
)"},
    {"PATCH /v1/users/{user}", R"({"api_access": false})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   200
  colleague    401  404    404   403    404    404    403   200   200
  client       401  404    404   404    403    404    403   200   200
  stranger     401  404    404   404    404    404    403   200   200
)"},
    {"PATCH /v1/users/{user}", R"({"preferences": {"theme": "dark"}})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  200    200   200    200    200    200   200   200
  colleague    401  404    404   403    404    404    403   403   403
  managed      401  404    404   403    404    403    403   403   403
  client       401  404    404   404    403    404    403   403   403
  stranger     401  404    404   404    404    404    403   403   403
)"},
    {"PATCH /v1/users/{user}", R"({"roles": ["account-admin"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   200    403    403    403   403   200
  colleague    401  404    404   403    404    404    403   403   200
  client       401  404    404   404    200    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
)"},
    {"PATCH /v1/users/{user}", R"({"roles": ["consultant"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  colleague    401  404    404   200    404    404    403   403   200
  client       401  404    404   404    403    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
)"},
    {"PATCH /v1/users/{user}", R"({"roles": ["staff"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  colleague    401  404    404   403    404    404    403   403   200
  client       401  404    404   404    403    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
)"},
    {"PATCH /v1/users/{user}", R"({"roles": ["admin"]})", R"(
              anon user colleg acadm consul managr reader staff admin
  colleague    401  404    404   403    404    404    403   403   403
  client       401  404    404   404    403    404    403   403   403
  stranger     401  404    404   404    404    404    403   403   403
)"},
    {"DELETE /v1/users/{user}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   204    403    403    403   403   204
  colleague    401  404    404   204    404    404    403   204   204
  admin        401  404    404   403    404    404    403   403   204
  staff        401  404    404   403    404    404    403   403   204
  acadm        401  404    404   204    404    404    403   204   204
  managed      401  404    404   204    404    204    403   204   204
  client       401  404    404   404    204    404    403   204   204
  c-acadm      401  404    404   404    204    404    403   204   204
  c-consul     401  404    404   404    403    404    403   204   204
  stranger     401  404    404   404    404    404    403   204   204
  missing      401  404    404   404    404    404    404   404   404
)"},
    // Oneself with the password that one has, admins and staff without; nobody else.
    {"PUT /v1/users/{user}/password",
     R"({"current_password": "correct horse battery", "new_password": "staple of {fresh}"})",
     R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  204    204   204    204    204    204   204   204
  colleague    401  404    404   403    404    404    403   204   204
  admin        401  404    404   403    404    404    403   403   204
  staff        401  404    404   403    404    404    403   403   204
  acadm        401  404    404   403    404    404    403   204   204
  managed      401  404    404   403    404    403    403   409   409
  client       401  404    404   404    403    404    403   204   204
  stranger     401  404    404   404    404    404    403   204   204
  missing      401  404    404   404    404    404    404   404   404
)"},
    // Managed users cannot sign in: 409 for those who may reset otherwise.
    {"POST /v1/users/{user}/password-reset", "", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  204    204   204    204    204    204   204   204
  colleague    401  404    404   204    404    404    403   204   204
  admin        401  404    404   403    404    404    403   403   204
  staff        401  404    404   403    404    404    403   403   204
  acadm        401  404    404   204    404    404    403   204   204
  managed      401  404    404   409    404    403    403   409   409
  client       401  404    404   404    204    404    403   204   204
  c-acadm      401  404    404   404    204    404    403   204   204
  c-consul     401  404    404   404    403    404    403   204   204
  stranger     401  404    404   404    404    404    403   204   204
  missing      401  404    404   404    404    404    404   404   404
)"},
    // Admins only (security.md 6), so not for staff.
    {"POST /v1/users/{user}/move", R"({"account": {elsewhere}})", R"(
              anon user colleg acadm consul managr reader staff admin
  own          401  403    403   403    403    403    403   403   200
  colleague    401  404    404   403    404    404    403   403   200
  admin        401  404    404   403    404    404    403   403   200
  staff        401  404    404   403    404    404    403   403   200
  acadm        401  404    404   403    404    404    403   403   200
  managed      401  404    404   403    404    403    403   403   200
  client       401  404    404   404    403    404    403   403   200
  c-acadm      401  404    404   404    403    404    403   403   200
  c-consul     401  404    404   404    403    404    403   403   200
  stranger     401  404    404   404    404    404    403   403   200
  missing      401  404    404   404    404    404    404   404   404
)"},
    // What the audit trail says of sign-ins, for whoever reads that; so not for managers and staff.
    {"GET /v1/users/{user}/login-history", "", R"(
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
  missing      401  404    404   404    404    404    404   404   404
)"},
    {"GET /v1/roles", "", R"(
              anon user colleg acadm consul managr reader staff admin
  -            401  200    200   200    200    200    200   200   200
)"},
    // Open to everybody: who has the code is who may.
    {"POST /v1/password-resets", R"({"email": "{fresh}@example.org"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            202  202    202   202    202    202    202   202   202
)"},
    {"POST /v1/password-resets/confirm",
     R"({"code": "nobody-was-sent-this", "new_password": "staple of {fresh}"})",
     R"(
              anon user colleg acadm consul managr reader staff admin
  -            422  422    422   422    422    422    422   422   422
)"},
    {"POST /v1/email-changes/confirm", R"({"code": "nobody-was-sent-this"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            422  422    422   422    422    422    422   422   422
)"},
    {"POST /v1/email-changes/undo", R"({"code": "nobody-was-sent-this"})", R"(
              anon user colleg acadm consul managr reader staff admin
  -            422  422    422   422    422    422    422   422   422
)"},
    {"GET /v1/password-resets/{code}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  missing      200  200    200   200    200    200    200   200   200
)"},
    {"GET /v1/email-changes/confirm/{code}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  missing      200  200    200   200    200    200    200   200   200
)"},
    {"GET /v1/email-changes/undo/{code}", "", R"(
              anon user colleg acadm consul managr reader staff admin
  missing      200  200    200   200    200    200    200   200   200
)"},
};

}  // namespace gatehouse::identity
