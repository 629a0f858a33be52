// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/routes.hpp>

#include "trail_service.hpp"

namespace gatehouse::flexmeasures {

// GET /accounts/{id}/auditlog, GET /users/{id}/auditlog.
void add_trail_routes(Routes& routes, TrailService& trail);

}  // namespace gatehouse::flexmeasures
