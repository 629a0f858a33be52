// The routes of /v1/managed-users (contracts/v1.md). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "managed_user_service.hpp"

namespace gatehouse::managed_users {

// `service` outlives them. Only in Plugin::wire().
void add_managed_user_routes(Context& host, ManagedUserService& service);

}  // namespace gatehouse::managed_users
