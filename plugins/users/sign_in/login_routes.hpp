// GET /v1/users/{user}/login-history. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "login_history.hpp"

namespace gatehouse::users {

// Only in Plugin::wire(); `history` lives as long as the routes.
void add_login_routes(Context& host, const StoredLoginHistory& history);

}  // namespace gatehouse::users
