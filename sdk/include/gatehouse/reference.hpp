// How paths name objects: {account} and {user} of contracts/v1.md (security.md 9).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// All of these: Threads: any. Blocking: never.
// 24 lower-case hex digits.
GATEHOUSE_API bool is_object_id(std::string_view text);

// An id, or a number as [1-9][0-9]{0,18}; NotFound for what is neither.
GATEHOUSE_API Result<IdOrNumber> parse_reference(std::string_view segment);
// The same of a user, and "me", who is the caller.
GATEHOUSE_API Result<IdOrNumber> parse_user_reference(const Call& call, std::string_view segment);

// For Route::parameter().
inline constexpr std::string_view kAboutUser = "An id (24 hex digits), a number, or \"me\".";

}  // namespace gatehouse
