// What follows when a user's e-mail address changes (security.md 10): `email` changes at once,
// `recovery_email`, where mails about the password go, follows later: when the new address is
// confirmed and whoever asked had just signed in, else after a week. For that week the recovery
// address of before can undo the change and all that came after it; putting the address back by
// hand does the same.
//
// Threads:  any.
// Blocking: the database.
// Errors:   InvalidArgument for a code that is wrong, used or expired.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/context.hpp>

#include "code_repository.hpp"
#include "directory/user_repository.hpp"
#include "passwords/credential_repository.hpp"

namespace gatehouse::users {

class EmailChanges {
 public:
  EmailChanges(Context& host,
               const UserRepository& users,
               const CredentialRepository& credentials,
               const CodeRepository& codes)
      : host_(host), users_(users), credentials_(credentials), codes_(codes) {}

  // In the transaction that changes the address: `after` is what is about to be stored, and its
  // email_verified and recovery_email are set here.
  enum class SignIn : std::uint8_t { Recent, Old };
  Result<None> begin(Session& db, const StoredUser& before, StoredUser& after, SignIn sign_in);

  Result<None> confirm(std::string_view code);
  Result<None> undo(std::string_view code);

  // In the transaction that readies a restored database, or revokes everything: no mailed code is
  // good any more, and whoever may still undo a change is sent a new one.
  Result<None> begin_anew(Session& db);

  // Lets recovery addresses follow that have waited for a week. A job.
  void follow();

 private:
  Result<None> offer_undo(Session& db, const CodeOwner& change);
  // The user as before that change; it and later ones are forgotten.
  Result<None> take_back(Session& db, StoredUser& user, const EmailChange& change);
  Result<None> move_recovery(Session& db,
                             StoredUser& user,
                             const std::optional<std::string>& address);
  Result<None> store(Session& db, StoredUser& user, std::string_view action);
  Result<None> follow(const EmailChange& change, Time due);

  Context& host_;
  const UserRepository& users_;
  const CredentialRepository& credentials_;
  const CodeRepository& codes_;
};

}  // namespace gatehouse::users
