// The canonical routes of accounts (contracts/v1.md). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "account_service.hpp"

namespace gatehouse::accounts {

// Declares the permissions and adds the routes. `service` outlives them. Only in Plugin::wire().
void add_account_routes(Context& host, AccountService& service);

}  // namespace gatehouse::accounts
