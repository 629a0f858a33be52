// The routes /v1/users/{user}/tokens. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "api_token_service.hpp"

namespace gatehouse::tokens {

// In Plugin::wire().
void add_api_token_routes(Context& host, ApiTokenService& service);

}  // namespace gatehouse::tokens
