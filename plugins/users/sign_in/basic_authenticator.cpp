// SPDX-License-Identifier: Apache-2.0
#include "basic_authenticator.hpp"

#include <utility>

namespace gatehouse::users {

std::string_view BasicAuthenticator::challenge(Refusal refusal) const {
  if (refusal == Refusal::InsufficientScope) return {};
  return "Basic realm=\"gatehouse\", charset=\"UTF-8\"";
}

std::string_view BasicAuthenticator::description() const {
  return "Username or e-mail address, and password (RFC 7617, UTF-8).";
}

Result<Authentication> BasicAuthenticator::authenticate(const Call& call) {
  GATEHOUSE_TRY(const auto sent, basic_credential(call));
  if (!sent) return Authentication::not_recognised();
  GATEHOUSE_TRY(Principal who, sign_in_.check(call, sent->name, sent->password));
  return Authentication::accepted(std::move(who));
}

}  // namespace gatehouse::users
