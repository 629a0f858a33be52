// A user as a path names it: {user} of contracts/v1.md. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/call.hpp>

#include "user.hpp"

namespace gatehouse::users {

// For /openapi.json.
constexpr std::string_view kAboutUser = "An id (24 hex digits), a number, or \"me\".";

// An id, a number or "me" (security.md 9); NotFound for what is none of the three.
Result<UserReference> parse_reference(const Call& call, std::string_view text);

}  // namespace gatehouse::users
