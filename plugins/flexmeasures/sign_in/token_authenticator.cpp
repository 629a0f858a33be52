// SPDX-License-Identifier: Apache-2.0
#include "token_authenticator.hpp"

#include <utility>

#include <gatehouse/cookies.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/services.hpp>

namespace gatehouse::flexmeasures {

TokenAuthenticator::TokenAuthenticator(Context& host, bool token_in_query)
    : host_(host),
      tokens_(host.services().require<SessionTokens>()),
      token_in_query_(token_in_query) {}

std::string_view TokenAuthenticator::description() const {
  return "What POST /api/requestAuthToken answers, in the header Authorization without a scheme; "
         "or the cookie \"session\" of POST /login.";
}

Result<std::optional<TokenAuthenticator::Presented>> TokenAuthenticator::presented(
    const Call& call) const {
  const std::string_view header = call.header("Authorization").value_or("");
  if (!header.empty()) return std::optional(Presented{header});
  if (token_in_query_) {
    for (const auto& [name, value] : call.parameters()) {
      if (name == "auth_token") return std::optional(Presented{value});
    }
  }
  GATEHOUSE_TRY(const auto token, cookie(call));
  if (!token) return std::optional<Presented>();
  return std::optional(Presented{*token, true});
}

Result<std::optional<std::string_view>> TokenAuthenticator::cookie(const Call& call) const {
  const auto sent = find_cookie(call, kSessionCookie);
  if (!sent || !tokens_.has_form(*sent)) return std::optional<std::string_view>();
  GATEHOUSE_CHECK(check_same_site(call, host_.mail().link("")));
  return sent;
}

Result<Authentication> TokenAuthenticator::authenticate(const Call& call) {
  GATEHOUSE_TRY(const auto sent, presented(call));
  if (!sent) return Authentication::not_recognised();
  GATEHOUSE_TRY(Principal who, tokens_.recognise(call, sent->token));
  return Authentication::accepted(std::move(who));
}

}  // namespace gatehouse::flexmeasures
