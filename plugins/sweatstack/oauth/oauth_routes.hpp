// The routes below oauth/, without which the SDK of SweatStack lists no users.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "cookie_renewal.hpp"
#include "oauth_service.hpp"

namespace gatehouse::sweatstack {

constexpr std::string_view kPrincipalTokenPath = "/oauth/principal-token";

// `routes`: below the mount. All outlive them. Only in Plugin::wire().
void add_oauth_routes(Routes& routes, OAuthService& service, const CookieRenewal& renewal);

}  // namespace gatehouse::sweatstack
