// Cursors: where a walk through a list stands, and through which list. They hold no secret and
// prove nothing; a forged one shows what the same principal could have listed anyway.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/result.hpp>

#include "user.hpp"

namespace gatehouse::users {

// `list` is any text that differs for lists that differ.
std::string write_cursor(std::string_view list, const UserPosition& position);

// Malformed: bad_cursor, or cursor_mismatch for a cursor of another list.
Result<UserPosition> read_cursor(std::string_view list, std::string_view cursor);

}  // namespace gatehouse::users
