// Percent-encoding (RFC 3986 2.1). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

// Appends `text` as a segment of a path or a value of a query: all but what is unreserved (2.3) is
// encoded, byte by byte.
GATEHOUSE_API void append_percent_encoded(std::string_view text, std::string& out);

}  // namespace gatehouse
