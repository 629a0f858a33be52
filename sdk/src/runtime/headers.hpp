// The names and values of header fields, and which of them an answer may have.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/call.hpp>

namespace gatehouse::runtime {

bool same_header(std::string_view a, std::string_view b);  // ignoring the case
bool is_header_name(std::string_view name);
bool is_header_value(std::string_view value);

// std::logic_error for what an engine could not send, and would not know whose it is.
void check_sendable(const Answer& answer);

}  // namespace gatehouse::runtime
