// SPDX-License-Identifier: Apache-2.0
#include "secret.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <gatehouse/digest.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::size_t kRandomLength = 27;  // 160 bits
constexpr std::size_t kChecksumLength = 6;
constexpr std::size_t kHexLength = 40;  // 160 bits
constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// CRC-32 of ISO 3309, as in gzip (RFC 1952 section 8). Tokens are short, so it needs no table.
std::uint32_t crc32(std::string_view text) {
  constexpr std::uint32_t kPolynomial = 0xEDB88320;
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
  }
  return ~crc;
}

std::string checksum(std::string_view text) {
  std::string digits(kChecksumLength, kBase62.front());
  std::size_t rest = crc32(text);
  for (auto digit = digits.rbegin(); rest != 0; ++digit, rest /= kBase62.size()) {
    *digit = kBase62[rest % kBase62.size()];
  }
  return digits;
}

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
  constexpr std::size_t kChecked = kApiTokenPrefix.size() + kRandomLength;
  return text.size() == kChecked + kChecksumLength &&
         text.substr(kChecked) == checksum(text.substr(0, kChecked));
}

}  // namespace gatehouse::tokens
