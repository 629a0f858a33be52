// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include <gatehouse/network.hpp>

namespace gatehouse {

std::string client_network(std::string_view address) {
  constexpr std::array<unsigned char, 12> kOfIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const std::string text(address.substr(0, address.find('\0')));
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (std::equal(kOfIpv4.begin(), kOfIpv4.end(), bytes.begin())) {
    ::inet_ntop(AF_INET, bytes.data() + kOfIpv4.size(), shown.data(), shown.size());
    return shown.data();
  }
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  ::inet_ntop(AF_INET6, bytes.data(), shown.data(), shown.size());
  return std::string(shown.data()) + "/64";
}

}  // namespace gatehouse
