// The routes of WoTKit's users. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/time.hpp>

#include "user_service.hpp"

namespace gatehouse {
class Routes;
}

namespace gatehouse::wotkit {

// `routes`: those below the mount. In Plugin::wire(); all live until Plugin::stop() returns.
void add_user_routes(Routes& routes, UserService& service, Clock& clock);

}  // namespace gatehouse::wotkit
