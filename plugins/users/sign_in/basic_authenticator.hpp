// HTTP Basic (RFC 7617, UTF-8): a username or an e-mail address, and the password, which is judged
// by StoredPasswordSignIn unless it was right a moment ago.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/live_users.hpp>

#include "password_sign_in.hpp"
#include "remembered_passwords.hpp"

namespace gatehouse::users {

class BasicAuthenticator final : public Authenticator {
 public:
  BasicAuthenticator(Context& host,
                     StoredPasswordSignIn& sign_in,
                     LiveUsers& live_users,
                     std::size_t remembered_passwords);

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  // Unavailable when the memory for a hash is not to be had, RateLimited after too many failures.
  Result<Authentication> authenticate(const Call& call) override;

 private:
  struct Credential {
    std::string name;
    std::string password;
  };
  static std::optional<Credential> parse(std::string_view authorization);
  Authentication accept(Principal who);

  Context& host_;
  StoredPasswordSignIn& sign_in_;
  LiveUsers& live_users_;
  RememberedPasswords remembered_;
};

}  // namespace gatehouse::users
