// The routes of users. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "links.hpp"
#include "user_service.hpp"

namespace gatehouse::soltra_edge {

// Only in Plugin::wire(); `service` and `links` live as long as the routes.
void add_user_routes(Routes& api, const UserService& service, const Links& links);

}  // namespace gatehouse::soltra_edge
