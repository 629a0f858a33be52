// SPDX-License-Identifier: Apache-2.0
#include "host/observability/escape.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

constexpr std::size_t kLongest = 8'192;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// The length of the well-formed character at the front, 0 when there is none.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i]));
  };
  switch (character.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return 0x10000;  // none of the harmful ones is that long
  }
}

bool is_harmful(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||  // control characters
         point == 0x61c || point == 0x200e || point == 0x200f ||
         (point >= 0x2028 && point <= 0x202e) ||  // line separators, direction
         (point >= 0x2066 && point <= 0x2069);
}

void append_number(std::string& out, std::uint32_t point, Escape escape) {
  std::array<char, 8> digits{};
  const char* pattern = escape == Escape::Text && point < 0x80 ? "\\x%02x" : "\\u%04x";
  const int length = std::snprintf(digits.data(), digits.size(), pattern, point);
  out.append(digits.data(), static_cast<std::size_t>(length));
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, Escape escape) {
  const bool is_cut = text.size() > kLongest;
  if (is_cut) text = text.substr(0, kLongest);
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, length);
    const std::uint32_t point = code_point(character);
    if (point == '\n') {
      out += "\\n";
    } else if (is_harmful(point)) {
      append_number(out, point, escape);
    } else {
      if (escape == Escape::Json && (point == '"' || point == '\\')) out += '\\';
      out += character;
    }
    text.remove_prefix(length);
  }
  if (is_cut) out += "...";
}

}  // namespace gatehouse::host
