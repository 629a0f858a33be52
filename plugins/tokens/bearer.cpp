// SPDX-License-Identifier: Apache-2.0
#include "bearer.hpp"

#include <gatehouse/text.hpp>

namespace gatehouse::tokens {

std::string_view BearerAuthenticator::challenge(Refusal refusal) const {
  switch (refusal) {
    case Refusal::NoCredential:
      break;
    case Refusal::InvalidCredential:
      return "Bearer realm=\"gatehouse\", error=\"invalid_token\"";
    case Refusal::InsufficientScope:
      return "Bearer realm=\"gatehouse\", error=\"insufficient_scope\"";
  }
  return "Bearer realm=\"gatehouse\"";
}

std::string_view BearerAuthenticator::description() const {
  return "The access token of a session, or an API token (RFC 6750).";
}

Result<Authentication> BearerAuthenticator::authenticate(const Call& call) {
  const auto header = call.header("Authorization");
  if (!header) return Authentication::not_recognised();
  const std::size_t blank = header->find(' ');
  if (fold(header->substr(0, blank)) != "bearer") return Authentication::not_recognised();
  std::string_view token =
      blank == std::string_view::npos ? std::string_view() : header->substr(blank);
  while (token.starts_with(' ')) token.remove_prefix(1);  // RFC 9110 11.4: one or more
  for (BearerCredential* kind : kinds_) {
    if (!kind->has_form(token)) continue;
    GATEHOUSE_TRY(Principal who, kind->check(call, token));
    return Authentication::accepted(std::move(who));
  }
  return unauthenticated();
}

}  // namespace gatehouse::tokens
