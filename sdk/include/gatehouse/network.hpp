// Addresses of clients. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

// Whom an address counts as where clients are counted (security.md 14): an IPv4 address stands for
// itself, also as "::ffff:192.0.2.1"; of an IPv6 address the first 64 bits do, which are one
// customer's: "2001:db8:0:7::/64". Text that is no address stands for itself. Threads: any.
// Blocking: never.
GATEHOUSE_API std::string client_network(std::string_view address);

}  // namespace gatehouse
