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

Result<Authentication> TokenAuthenticator::accept(const Call& call, std::string_view token) {
  GATEHOUSE_TRY(Principal who, tokens_.recognise(call, token));
  return Authentication::accepted(std::move(who));
}

Result<Authentication> TokenAuthenticator::authenticate(const Call& call) {
  const std::string_view header = call.header("Authorization").value_or("");
  if (!header.empty()) return accept(call, header);
  if (token_in_query_) {
    for (const auto& [name, value] : call.parameters()) {
      if (name == "auth_token") return accept(call, value);
    }
  }
  const auto cookie = find_cookie(call, kSessionCookie);
  // Another server's on the same host may have that name, too.
  if (!cookie || !tokens_.has_form(*cookie)) return Authentication::not_recognised();
  GATEHOUSE_CHECK(check_same_site(call, host_.mail().link("")));
  return accept(call, *cookie);
}

}  // namespace gatehouse::flexmeasures
