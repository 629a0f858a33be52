// SPDX-License-Identifier: Apache-2.0
#include "presented_token.hpp"

#include <gatehouse/cookies.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::sweatstack {
namespace {

using Place = PresentedToken::Place;

Result<std::optional<PresentedToken>> from_authorization(std::string_view header) {
  const std::size_t blank = header.find(' ');
  if (fold(header.substr(0, blank)) != "bearer") return unauthenticated();
  std::string_view token = blank == header.npos ? std::string_view() : header.substr(blank);
  while (token.starts_with(' ')) token.remove_prefix(1);  // RFC 9110 11.4: one or more
  return std::optional(PresentedToken{Place::Authorization, token});
}

}  // namespace

Result<std::optional<PresentedToken>> find_presented(const Call& call) {
  if (const auto header = call.header("Authorization")) return from_authorization(*header);
  if (const auto header = call.header(kTokenHeader)) {
    return std::optional(PresentedToken{Place::Header, *header});
  }
  if (const auto cookie = find_cookie(call, kTokenCookie)) {
    return std::optional(PresentedToken{Place::Cookie, *cookie});
  }
  return std::optional<PresentedToken>();
}

}  // namespace gatehouse::sweatstack
