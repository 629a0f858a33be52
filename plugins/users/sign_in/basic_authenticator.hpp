// HTTP Basic (RFC 7617, UTF-8): a username or an e-mail address, and the password.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/services/password_sign_in.hpp>

namespace gatehouse::users {

class BasicAuthenticator final : public Authenticator {
 public:
  explicit BasicAuthenticator(PasswordSignIn& sign_in) : sign_in_(sign_in) {}

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  // Unavailable when the memory for a hash is not to be had, RateLimited after too many failures.
  Result<Authentication> authenticate(const Call& call) override;

 private:
  PasswordSignIn& sign_in_;
};

}  // namespace gatehouse::users
