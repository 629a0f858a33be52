// HTTP Basic (RFC 7617, UTF-8): a username or an e-mail address, and the password. Whatever is
// wrong with a name and a password, the answer is the same after the same work: one read and one
// hash. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/audit.hpp>
#include <gatehouse/authenticator.hpp>
#include <gatehouse/context.hpp>

#include "decoys.hpp"
#include "passwords/credential_repository.hpp"
#include "remembered_passwords.hpp"

namespace gatehouse::users {

class BasicAuthenticator final : public Authenticator {
 public:
  BasicAuthenticator(Context& host,
                     const CredentialRepository& credentials,
                     std::size_t remembered_passwords);

  std::string_view challenge(Refusal refusal) const override;
  std::string_view description() const override;
  // Unavailable when the memory for a hash is not to be had.
  Result<Authentication> authenticate(const Call& call, bool may_hash) override;

  // Makes decoys as costly as the hashes that are stored now. Blocking: the database.
  void refresh_decoys();

 private:
  struct Credential {
    std::string name;
    std::string password;
    bool usable = false;  // whether the password could be anybody's
  };
  static std::optional<Credential> parse(std::string_view authorization);
  Result<bool> verify(std::string_view encoded, std::string_view password);
  static AuditEvent event_about(std::string_view action, const std::optional<SignIn>& found);
  Error refuse(const std::optional<SignIn>& found);
  void strengthen(const SignIn& user, std::string_view password);

  Context& host_;
  const CredentialRepository& credentials_;
  RememberedPasswords remembered_;
  Decoys decoys_;
};

}  // namespace gatehouse::users
