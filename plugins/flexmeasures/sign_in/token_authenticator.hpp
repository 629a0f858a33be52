// Who is asking: the token as it is in Authorization, or the cookie of a browser.
//
// Ownership: plugin.cpp's. Threads: any. Blocking: as SessionTokens::recognise().
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
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

  // The token that counts, the one in the header before all others; nothing: none was sent. Cookies
  // that are no token of ours are another server's on the same host. Errors: PermissionDenied
  // cross_site of a cookie.
  struct Presented {
    std::string_view token;
    bool is_cookie = false;
  };
  Result<std::optional<Presented>> presented(const Call& call) const;

  // The token of the cookie alone, which counts as above.
  Result<std::optional<std::string_view>> cookie(const Call& call) const;

  std::string_view challenge(Refusal) const override { return {}; }
  Result<Authentication> authenticate(const Call& call) override;
  std::string_view description() const override;

 private:
  Context& host_;
  SessionTokens& tokens_;
  const bool token_in_query_;
};

}  // namespace gatehouse::flexmeasures
