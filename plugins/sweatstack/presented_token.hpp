// Where a request of this dialect carries its token. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::sweatstack {

constexpr std::string_view kTokenCookie = "token";
constexpr std::string_view kTokenHeader = "refreshed-token";

// In the order of who is asked first: one that is there and does not hold is never rescued by a
// later one (security.md 8).
struct PresentedToken {
  enum class Place : std::uint8_t { Authorization, Header, Cookie };
  Place place = Place::Authorization;
  std::string_view text;  // lives as long as the call
};

// Nothing: there is none. Unauthenticated: an Authorization of another scheme, which is a
// credential, and none that is taken here.
Result<std::optional<PresentedToken>> find_presented(const Call& call);

}  // namespace gatehouse::sweatstack
