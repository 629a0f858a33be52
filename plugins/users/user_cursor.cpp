// SPDX-License-Identifier: Apache-2.0
#include "user_cursor.hpp"

#include <charconv>
#include <optional>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

// 64 bits: enough to notice a mistake.
constexpr std::size_t kDigestLength = 16;
std::string digest_of(std::string_view list) {
  return sha256_hex(list).substr(0, kDigestLength);
}

// Takes "123." from the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + dot, number);
  if (error != std::errc() || end != text.data() + dot) return std::nullopt;
  text.remove_prefix(dot + 1);
  return number;
}

}  // namespace

std::string write_cursor(std::string_view list, const UserPosition& position) {
  return base64url_encode(format(
      "{}{}.{}.{}", digest_of(list), position.number_key, position.number, position.text_key));
}

Result<UserPosition> read_cursor(std::string_view list, std::string_view cursor) {
  const Error bad =
      malformed("bad_cursor", "The cursor is none of this server's: begin the list without one.");
  const std::optional<std::string> decoded = base64url_decode(cursor);
  if (!decoded || decoded->size() <= kDigestLength) return bad;
  std::string_view rest = *decoded;
  const std::string_view digest = rest.substr(0, kDigestLength);
  rest.remove_prefix(kDigestLength);
  const auto number_key = take_number(rest);
  if (!number_key) return bad;
  const auto number = take_number(rest);
  if (!number || !is_utf8(rest) || rest.find('\0') != std::string_view::npos) return bad;
  if (digest != digest_of(list)) {
    return malformed(
        "cursor_mismatch",
        "The cursor belongs to a list with other parameters: keep them as they were, or "
        "begin without a cursor.");
  }
  return UserPosition{std::string(rest), *number_key, *number};
}

}  // namespace gatehouse::users
