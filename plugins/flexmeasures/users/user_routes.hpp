// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "api/paging.hpp"
#include "user_service.hpp"

namespace gatehouse::flexmeasures {

// GET /users, GET and PATCH /users/{id}, PATCH /users/{id}/password-reset.
void add_user_routes(Routes& routes, UserService& users, AccountRoles& roles, WholeLists& lists);

}  // namespace gatehouse::flexmeasures
