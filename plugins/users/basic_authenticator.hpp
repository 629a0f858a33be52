// HTTP Basic (RFC 7617, UTF-8): a username or an e-mail address, and the password. All that is
// wrong with a credential gets the same answer after the same work: one read and one hash.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/context.hpp>

#include "credential_repository.hpp"
#include "remembered_passwords.hpp"

namespace gatehouse::users {

class BasicAuthenticator final : public Authenticator {
 public:
  BasicAuthenticator(Context& host,
                     const CredentialRepository& credentials,
                     std::size_t remembered_passwords);

  std::string_view challenge() const override;
  Result<Authentication> authenticate(const Call& call, bool may_hash) override;

 private:
  struct Credential {
    std::string name;
    std::string password;
  };
  static std::optional<Credential> parse(std::string_view authorization);
  Error refuse(const std::optional<SignIn>& found);
  void strengthen(const SignIn& user, std::string_view password);

  Context& host_;
  const CredentialRepository& credentials_;
  RememberedPasswords remembered_;
  const std::string decoy_;
};

}  // namespace gatehouse::users
