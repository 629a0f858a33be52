// SPDX-License-Identifier: Apache-2.0
#include "sign_in.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/reference.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/api_tokens.hpp>
#include <gatehouse/services/password_sign_in.hpp>

namespace gatehouse::wotkit {

std::string_view BasicSignIn::challenge(Refusal refusal) const {
  if (refusal == Refusal::InsufficientScope) return {};
  return "Basic realm=\"gatehouse\", charset=\"UTF-8\"";
}

std::string_view BasicSignIn::description() const {
  return "Username and password, or the id and the secret of an API token (RFC 7617, UTF-8).";
}

Result<Authentication> BasicSignIn::authenticate(const Call& call) {
  GATEHOUSE_TRY(const auto sent, basic_credential(call));
  if (!sent) return Authentication::not_recognised();
  ApiTokens* const tokens = host_.services().find<ApiTokens>();
  if (tokens != nullptr && is_object_id(sent->name)) {
    GATEHOUSE_TRY(Principal who, tokens->check_pair(call, sent->name, sent->password));
    return Authentication::accepted(std::move(who));
  }
  auto& passwords = host_.services().require<PasswordSignIn>();
  GATEHOUSE_TRY(Principal who, passwords.check(call, sent->name, sent->password));
  return Authentication::accepted(std::move(who));
}

std::string_view QuerySignIn::description() const {
  return "The secret of an API token as ?access_token=.";
}

Result<Authentication> QuerySignIn::authenticate(const Call& call) {
  ApiTokens* const tokens = host_.services().find<ApiTokens>();
  const auto& sent = call.parameters();
  const auto found = std::find_if(
      sent.begin(), sent.end(), [](const auto& pair) { return pair.first == "access_token"; });
  if (tokens == nullptr || found == sent.end()) return Authentication::not_recognised();
  GATEHOUSE_TRY(Principal who, tokens->check(call, found->second));
  return Authentication::accepted(std::move(who));
}

}  // namespace gatehouse::wotkit
