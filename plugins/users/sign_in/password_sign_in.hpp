// Signing in with a username or an e-mail address, and a password, for HTTP Basic and for whoever
// asks through gatehouse/services/password_sign_in.hpp. Whatever is wrong, the answer is the same
// after the same work: one read, one write that counts the attempt, one hash.
//
// An attempt is counted, and written to the history as failed, in one transaction before its
// password is hashed; a right one takes that back in a second one. So a process that dies between
// the two has given no attempt away.
//
// Threads:  any.
// Blocking: the database; a hash where it is allowed.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <gatehouse/audit.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/live_users.hpp>
#include <gatehouse/services/password_sign_in.hpp>

#include "basic_authenticator.hpp"
#include "decoys.hpp"
#include "directory/user_repository.hpp"
#include "login_repository.hpp"
#include "passwords/credential_repository.hpp"
#include "remembered_passwords.hpp"
#include "throttle.hpp"

namespace gatehouse::users {

// The user as the one who asks; without method and credential.
Principal principal_of(const SignIn& user, Time signed_in_at);

class StoredPasswordSignIn final : public PasswordSignIn {
 public:
  StoredPasswordSignIn(Context& host,
                       const UserRepository& users,
                       const CredentialRepository& credentials,
                       const LoginRepository& logins,
                       const Throttle& throttle,
                       LiveUsers& live_users,
                       std::size_t remembered_passwords);

  Result<Principal> sign_in(const Call& call, const SignInAttempt& attempt) override;
  Result<Principal> check(const Call& call,
                          std::string_view name,
                          std::string_view password) override;
  Authenticator& basic() override { return basic_; }

  // Makes decoys as costly as the hashes that are stored now. Blocking: the database.
  void refresh_decoys();

 private:
  // Who has a name, and whether they could sign in if the password were right.
  struct Candidate {
    std::optional<SignIn> user;
    bool may_sign_in = false;
    Throttle::Attempt attempt;
  };
  // sign_in() in two steps. Errors: RateLimited, Unavailable.
  Result<Candidate> find(const Call& call, std::string_view name, std::string_view method);
  Result<Principal> judge(const Call& call,
                          const SignInAttempt& attempt,
                          const Candidate& candidate);

  // Unavailable where a budget or the history cannot be written: no hash goes uncounted.
  Result<None> admit(const Candidate& candidate, Login& login);
  // The password was right. False: it is no more, or the user may not sign in by now.
  Result<bool> settle(const Candidate& candidate, const Login& login);
  // No password was judged.
  void take_back(const Candidate& candidate, const Login& login);
  Result<bool> verify(std::string_view encoded, std::string_view password);
  static AuditEvent event_about(std::string_view action,
                                const std::optional<SignIn>& user,
                                std::string_view method);
  void strengthen(const SignIn& user, std::string_view password);

  Context& host_;
  const UserRepository& users_;
  const CredentialRepository& credentials_;
  const LoginRepository& logins_;
  const Throttle& throttle_;
  BasicAuthenticator basic_{*this};
  LiveUsers& live_users_;
  RememberedPasswords remembered_;
  Decoys decoys_;
};

}  // namespace gatehouse::users
