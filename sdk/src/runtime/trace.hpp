// The trace that a request belongs to (W3C Trace Context, level 1).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::runtime {

// The trace id in the header traceparent, a view into it; "" without one, and for one that is
// malformed or stands twice: such a header is as good as none.
std::string_view find_trace_id(const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace gatehouse::runtime
