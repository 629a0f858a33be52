// The routes by which somebody gets a token to act for another user (contracts/v1.md).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "delegation_service.hpp"

namespace gatehouse::managed_users {

// `service` outlives them. Only in Plugin::wire().
void add_delegation_routes(Context& host, DelegationService& service);

}  // namespace gatehouse::managed_users
