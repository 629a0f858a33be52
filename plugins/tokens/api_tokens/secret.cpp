// SPDX-License-Identifier: Apache-2.0
#include "secret.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <gatehouse/digest.hpp>

#include "checksum.hpp"

namespace gatehouse::tokens {
namespace {

constexpr std::size_t kRandomLength = 27;  // 160 bits
constexpr std::size_t kHexLength = 40;     // 160 bits

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::string make_secret(Random& random, ApiTokenFormat format) {
  if (format == ApiTokenFormat::Hex40) {
    std::array<std::byte, kHexLength / 2> bytes{};
    random.fill(bytes);
    return to_hex(bytes);
  }
  std::string secret(kApiTokenPrefix);
  secret += random.base62(kRandomLength);
  return secret + checksum(secret);
}

bool is_secret(std::string_view text) {
  if (!text.starts_with(kApiTokenPrefix)) {
    return text.size() == kHexLength && std::all_of(text.begin(), text.end(), is_hex_digit);
  }
  return text.size() == kApiTokenPrefix.size() + kRandomLength + kChecksumLength &&
         has_checksum(text);
}

}  // namespace gatehouse::tokens
