// Who a request behind reverse proxies comes from. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::host {

// Walks X-Forwarded-For (several of them count as one list) from the right, past the addresses that
// `is_trusted` holds for, and stops at the first that it does not hold for: the client. Where the
// list ends, or holds something that is no address, the last trusted address counts, since nobody
// trusted vouches for what stands further left. `peer`: the other end of the connection.
// `Forwarded`, X-Real-IP and X-Forwarded-Host are never looked at (security.md 24).
// Threads: any. Blocking: no. Errors: none.
std::string client_address(std::string_view peer,
                           const std::vector<std::pair<std::string, std::string>>& headers,
                           const std::function<bool(std::string_view address)>& is_trusted);

}  // namespace gatehouse::host
