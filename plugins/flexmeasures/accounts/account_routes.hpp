// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "account_service.hpp"
#include "api/paging.hpp"

namespace gatehouse::flexmeasures {

// GET /accounts, GET and PATCH /accounts/{id}.
void add_account_routes(Routes& routes,
                        AccountService& accounts,
                        AccountRoles& roles,
                        WholeLists& lists);

}  // namespace gatehouse::flexmeasures
