// What follows when a user's e-mail address changes (security.md 10): `email` changes at once,
// `recovery_email`, where mails about the password go, follows later: when the new address is
// confirmed and whoever asked had just signed in, else after a week, in which the old address can
// undo it all.
//
// Threads:  any.
// Blocking: the database.
// Errors:   InvalidArgument for a code that is wrong, used or expired; Conflict email_taken where
//           the address before is somebody else's by now.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/context.hpp>

#include "code_repository.hpp"
#include "directory/user_repository.hpp"

namespace gatehouse::users {

class EmailChanges {
 public:
  EmailChanges(Context& host, const UserRepository& users, const CodeRepository& codes)
      : host_(host), users_(users), codes_(codes) {}

  // In the transaction that changes the address: `after` is what is about to be stored, and its
  // email_verified and recovery_email are set here.
  enum class SignIn : std::uint8_t { Recent, Old };
  Result<None> begin(Session& db, const StoredUser& before, StoredUser& after, SignIn sign_in);

  Result<None> confirm(std::string_view code);
  Result<None> undo(std::string_view code);

  // Lets recovery addresses follow that have waited for a week. A job.
  void follow();

 private:
  Result<None> forget(Session& db, std::int64_t user);
  Result<None> store(Session& db, StoredUser& user, std::string_view action);

  Context& host_;
  const UserRepository& users_;
  const CodeRepository& codes_;
};

}  // namespace gatehouse::users
