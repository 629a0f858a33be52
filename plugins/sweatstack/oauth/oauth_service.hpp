// Tokens as the SDK of SweatStack asks for them. Which there are, and what they open, is the tokens
// plugin's (RefreshableSessions, DelegatedTokens).
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database; with_password() hashes where that is allowed.
// Errors:    Unauthenticated; NotFound; Malformed unsupported_grant_type; and those of the
// services. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::sweatstack {

struct GivenTokens {
  std::string access_token;
  std::chrono::seconds expires_in{0};
  std::string refresh_token;  // "": none
  std::string scope;          // with a blank between two
};

class OAuthService {
 public:
  // `password_grant`: whether with_password() is offered.
  OAuthService(Context& host, bool password_grant) : host_(host), password_grant_(password_grant) {}

  // Another access token of what the caller came with, which ends no later than that text.
  Result<GivenTokens> of_principal(const Call& call);
  // To act for a user by that id, whom the caller manages or who shares with them.
  Result<GivenTokens> delegate(const Call& call, std::string_view user);
  Result<GivenTokens> with_refresh_token(const Call& call, std::string_view token);
  Result<GivenTokens> with_password(const Call& call,
                                    std::string_view name,
                                    std::string_view password);

  Result<UserRecord> find_self(const Call& call) const;

 private:
  // What somebody may do with their own data.
  std::string own_scope() const;

  Context& host_;
  const bool password_grant_;
};

}  // namespace gatehouse::sweatstack
