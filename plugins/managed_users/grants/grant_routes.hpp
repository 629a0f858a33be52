// Routes of share grants. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "grant_service.hpp"
#include "grant_wire.hpp"

namespace gatehouse::managed_users {

// In Plugin::wire(); both live as long as the plugin.
void add_grant_routes(Context& host, GrantService& service, const GrantWire& wire);

}  // namespace gatehouse::managed_users
