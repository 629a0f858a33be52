// The routes of sessions (contracts/v1.md, "tokens"). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>

#include "session_service.hpp"

namespace gatehouse::tokens {

void add_session_routes(Context& host, SessionService& sessions);

}  // namespace gatehouse::tokens
