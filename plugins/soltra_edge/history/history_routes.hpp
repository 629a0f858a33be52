// The routes of a user's sign-ins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "history_service.hpp"
#include "links.hpp"

namespace gatehouse::soltra_edge {

// Only in Plugin::wire(); `service` and `links` live as long as the routes.
void add_history_routes(Routes& api, const HistoryService& service, const Links& links);

}  // namespace gatehouse::soltra_edge
