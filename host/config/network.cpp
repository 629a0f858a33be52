// SPDX-License-Identifier: Apache-2.0
#include "host/config/network.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include <arpa/inet.h>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

struct Address {
  int bits = 0;                            // 32 or 128; 0: the text is no address
  std::array<unsigned char, 16> octets{};  // the first bits / 8 of them
};

Address parse_address(std::string_view text) {
  Address address;
  const std::string terminated(text);
  if (text.find('\0') != std::string_view::npos) return address;
  if (inet_pton(AF_INET, terminated.c_str(), address.octets.data()) == 1) {
    address.bits = 32;
  } else if (inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1) {
    address.bits = 128;
  }
  return address;
}

int address_bits(std::string_view text) {
  return parse_address(text).bits;
}

// ::ffff:a.b.c.d, as an IPv4 client looks to an IPv6 socket, becomes a.b.c.d.
Address unmapped(Address address) {
  constexpr std::array<unsigned char, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (address.bits != 128 || !std::equal(kPrefix.begin(), kPrefix.end(), address.octets.begin())) {
    return address;
  }
  std::copy(address.octets.begin() + 12, address.octets.end(), address.octets.begin());
  address.bits = 32;
  return address;
}

bool have_same_start(const Address& a, const Address& b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(a.octets.begin(), a.octets.begin() + whole, b.octets.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (a.octets[whole] ^ b.octets[whole]) >> (8 - rest) == 0;
}

std::optional<int> parse_number(std::string_view text, int maximum) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop != end || number < 0 || number > maximum) return std::nullopt;
  return number;
}

bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    return address_bits(text.substr(1, text.size() - 2)) == 128;
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

}  // namespace

bool is_address(std::string_view text) {
  return address_bits(text) != 0;
}

std::optional<std::string> normal_address(std::string_view text) {
  const Address address = unmapped(parse_address(text));
  if (address.bits == 0) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(
      address.bits == 32 ? AF_INET : AF_INET6, address.octets.data(), out.data(), out.size());
  return std::string(out.data());
}

std::string address_group(std::string_view address) {
  Address whose = unmapped(parse_address(address));
  if (whose.bits == 0) return std::string(address);
  if (whose.bits == 32) return *normal_address(address);
  std::fill(whose.octets.begin() + 8, whose.octets.end(), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(AF_INET6, whose.octets.data(), out.data(), out.size());
  return std::string(out.data()) + "/64";
}

bool is_loopback(std::string_view address) {
  return (address_bits(address) == 32 && address.starts_with("127.")) || address == "::1";
}

bool is_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const int bits = address_bits(text.substr(0, slash));
  if (bits == 0) return false;
  return slash == std::string_view::npos || parse_number(text.substr(slash + 1), bits).has_value();
}

bool is_in_networks(std::string_view address, const std::vector<std::string>& networks) {
  const Address client = unmapped(parse_address(address));
  return client.bits != 0 &&
         std::any_of(networks.begin(), networks.end(), [&](std::string_view network) {
           const std::size_t slash = network.find('/');
           const Address base = parse_address(network.substr(0, slash));
           if (base.bits != client.bits) return false;
           if (slash == std::string_view::npos) return have_same_start(client, base, base.bits);
           const auto length = parse_number(network.substr(slash + 1), base.bits);
           return length && have_same_start(client, base, *length);
         });
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1), 65'535);
  const bool in_brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (in_brackets) address = address.substr(1, address.size() - 2);
  if (!port || address_bits(address) != (in_brackets ? 128 : 32)) return std::nullopt;
  return Endpoint{std::string(address), static_cast<std::uint16_t>(*port)};
}

bool is_origin(std::string_view text) {
  const bool is_http = text.starts_with("http://");
  if (!is_http && !text.starts_with("https://")) return false;
  std::string_view host = text.substr(is_http ? 7 : 8);
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) {
    if (!parse_number(host.substr(colon + 1), 65'535)) return false;
    host = host.substr(0, colon);
  }
  return is_host(host);
}

std::string url_of(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != address.npos;
  return format("http://{}:{}", is_v6 ? "[" + address + "]" : address, port);
}

bool is_base_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || text.ends_with('/')) return false;
  const std::size_t path = text.find('/', scheme_end + 3);
  return is_origin(text.substr(0, path)) &&
         (path == std::string_view::npos || text.find_first_of("?# ", path) == text.npos);
}

bool is_link_start(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == text.npos) return false;
  return is_origin(text.substr(0, text.find('/', scheme_end + 3))) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
         text.find('@', at + 1) == text.npos && std::all_of(text.begin(), text.end(), [](char c) {
           return c > 0x20 && c < 0x7f &&
                  std::string_view("<>()[]\\,;:\"").find(c) == std::string_view::npos;
         });
}

}  // namespace gatehouse::host
