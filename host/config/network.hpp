// How addresses and URLs may be written in a configuration. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::host {

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

// An IPv4 or IPv6 address in numbers; names would have to be looked up.
bool is_address(std::string_view text);
// The one way to write an address: IPv6 as in RFC 5952, an IPv4 client of an IPv6 socket
// ("::ffff:10.0.0.1") as what it is. Nothing for what is no address.
std::optional<std::string> normal_address(std::string_view text);
// Whose address it is, as far as an outsider can tell: an IPv4 address is somebody's, of IPv6 a
// network of 64 bits is one customer's, who has all of its addresses. Threads: any.
std::string address_group(std::string_view address);
// Whether only this machine can reach it: 127.0.0.0/8 or ::1.
bool is_loopback(std::string_view address);
// An address, or one with the length of its network: "10.0.0.0/8", "fd00::/8".
bool is_network(std::string_view text);
// Whether the address lies in one of the networks. An IPv4 address that comes as "::ffff:10.0.0.1"
// is taken for what it is. Threads: any.
bool is_in_networks(std::string_view address, const std::vector<std::string>& networks);
// "127.0.0.1:9100", "[::1]:9100".
std::optional<Endpoint> parse_endpoint(std::string_view text);
// "http://127.0.0.1:9100", "http://[::1]:9100".
std::string url_of(const std::string& address, std::uint16_t port);
// A scheme, a host and perhaps a port, and nothing else: "https://app.example.com".
bool is_origin(std::string_view text);
// An origin, perhaps with a path that does not end in a slash.
bool is_base_url(std::string_view text);
// An origin and what may follow it, ASCII without blanks: something can be put behind it.
bool is_link_start(std::string_view text);
// One address without a name or a quote: "gatehouse@example.com".
bool is_mail_address(std::string_view text);

}  // namespace gatehouse::host
