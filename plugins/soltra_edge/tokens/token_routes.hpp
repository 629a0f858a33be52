// The routes of a user's tokens. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "links.hpp"
#include "token_service.hpp"

namespace gatehouse::soltra_edge {

// Only in Plugin::wire(); `service` and `links` live as long as the routes.
void add_token_routes(Routes& api, const TokenService& service, const Links& links);

}  // namespace gatehouse::soltra_edge
