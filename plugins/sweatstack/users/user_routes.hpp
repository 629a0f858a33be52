// The five operations of seed document 002. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "cookie_renewal.hpp"
#include "user_service.hpp"

namespace gatehouse::sweatstack {

// `routes`: below the mount. All outlive them. Only in Plugin::wire().
void add_user_routes(Routes& routes, UserService& service, const CookieRenewal& renewal);

}  // namespace gatehouse::sweatstack
