// SPDX-License-Identifier: Apache-2.0
#include "checksum.hpp"

#include <cstdint>

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// RFC 1952 section 8. Tokens are short, so it needs no table.
std::uint32_t crc32(std::string_view text) {
  constexpr std::uint32_t kPolynomial = 0xEDB88320;
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
  }
  return ~crc;
}

}  // namespace

std::string checksum(std::string_view text) {
  std::string digits(kChecksumLength, kDigits.front());
  std::size_t rest = crc32(text);
  for (auto digit = digits.rbegin(); rest != 0; ++digit, rest /= kDigits.size()) {
    *digit = kDigits[rest % kDigits.size()];
  }
  return digits;
}

bool has_checksum(std::string_view text) {
  if (text.size() < kChecksumLength) return false;
  const std::size_t checked = text.size() - kChecksumLength;
  return text.substr(checked) == checksum(text.substr(0, checked));
}

}  // namespace gatehouse::tokens
