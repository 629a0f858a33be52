// What is made from random bytes. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <gatehouse/random.hpp>

namespace gatehouse {

std::string Random::object_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::byte, 12> bytes{};
  for (;;) {
    fill(bytes);
    std::string id;
    id.reserve(2 * bytes.size());
    for (const std::byte byte : bytes) {
      id += kDigits[std::to_integer<std::size_t>(byte >> 4)];
      id += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    // One in 80,000 has no letter; it is drawn again.
    if (std::any_of(id.begin(), id.end(), [](char c) { return c >= 'a'; })) return id;
  }
}

std::string Random::base62(std::size_t length) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kFair =
      256 - 256 % kDigits.size();  // above it, the first would be likelier
  std::array<std::byte, 64> bytes{};
  std::string text;
  text.reserve(length);
  while (text.size() < length) {
    fill(bytes);
    for (const std::byte byte : bytes) {
      const auto value = std::to_integer<std::size_t>(byte);
      if (value < kFair && text.size() < length) text += kDigits[value % kDigits.size()];
    }
  }
  return text;
}

}  // namespace gatehouse
