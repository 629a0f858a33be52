// Who is asking: the token as it is in Authorization, or the cookie of a browser.
//
// Ownership: plugin.cpp's. Threads: any. Blocking: as SessionTokens::recognise().
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/session_tokens.hpp>

namespace gatehouse::flexmeasures {

constexpr std::string_view kSessionCookie = "session";

class TokenAuthenticator final : public Authenticator {
 public:
  // `token_in_query`: whether "?auth_token=" counts (security.md 17).
  TokenAuthenticator(Context& host, bool token_in_query);

  std::string_view challenge(Refusal) const override { return {}; }
  Result<Authentication> authenticate(const Call& call) override;
  std::string_view description() const override;

 private:
  Result<Authentication> accept(const Call& call, std::string_view token);

  Context& host_;
  SessionTokens& tokens_;
  const bool token_in_query_;
};

}  // namespace gatehouse::flexmeasures
