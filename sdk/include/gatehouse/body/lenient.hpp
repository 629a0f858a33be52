// Where a route reads more than the strict form. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace gatehouse {

// Bits; unknown members and odd booleans are 422, and bodies other than JSON 415, unless the route
// says otherwise.
enum class Lenient : std::uint32_t {
  Strict = 0,
  UnknownMembers = 1,  // ignored, in bodies, forms and queries
  BooleanWords = 2,    // 1 true True t on yes y / 0 false False f off no n, as text or number
  Forms = 4,           // application/x-www-form-urlencoded is read too
  AnyContentType = 8,  // a body without or with another content type is read as JSON
};
constexpr Lenient operator|(Lenient a, Lenient b) {
  return static_cast<Lenient>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(Lenient set, Lenient bit) {
  return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(bit)) != 0;
}

}  // namespace gatehouse
