// The canonical routes of users and roles (contracts/v1.md). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "user_moves.hpp"
#include "user_service.hpp"

namespace gatehouse::users {

// Declares the permissions and adds the routes. `service` outlives them. Only in Plugin::wire().
void add_user_routes(Context& host, UserService& service, UserMoves& moves);

}  // namespace gatehouse::users
