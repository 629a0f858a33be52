// SPDX-License-Identifier: Apache-2.0
#include "code_points.hpp"

#include <cstddef>

namespace gatehouse::users {

char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1U : lead < 0xe0 ? 2U : lead < 0xf0 ? 3U : 4U;
  constexpr unsigned char kLeadBits[] = {0x7f, 0x1f, 0x0f, 0x07};
  char32_t c = lead & kLeadBits[size - 1];
  for (std::size_t i = 1; i < size; ++i) c = (c << 6U) | (byte(i) & 0x3fU);
  text.remove_prefix(size);
  return c;
}

bool is_blank(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

bool is_bidi_control(char32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool looks_blank(char32_t c) {
  // Braille without a dot, a note without a head, and two blanks of Egyptian hieroglyphs.
  return c == 0x2800 || c == 0x1d159 || c == 0x13441 || c == 0x13442;
}

}  // namespace gatehouse::users
