// The rules of users: who may do what, what a user may look like, and what belongs in one
// transaction.
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database; what takes a password hashes it, so only where hashing is allowed
//            (gatehouse/passwords.hpp).
// Errors:    NotFound out of reach; PermissionDenied; InvalidArgument with every field that is
// wrong;
//            Conflict username_taken, email_taken, last_admin, manages_users.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>

#include "accounts.hpp"
#include "mail/email_changes.hpp"
#include "mail/handovers.hpp"
#include "passwords/credential_repository.hpp"
#include "passwords/password_service.hpp"
#include "user_repository.hpp"

namespace gatehouse::users {

class UserService {
 public:
  UserService(Context& host,
              const Accounts& accounts,
              const UserRepository& users,
              const CredentialRepository& credentials,
              PasswordService& passwords,
              EmailChanges& email_changes,
              Handovers& handovers,
              const PasswordRules& password_rules,
              std::string default_timezone,
              std::chrono::seconds recent_sign_in);

  // In the account that the draft names, else in the default account; of who administers no more
  // than an account, in their own.
  Result<PlacedUser> create(const Principal& who, const UserDraft& draft);
  Result<PlacedUser> find(const Principal& who, const UserReference& reference);
  // `filter.sees` and `filter.account` are set here, the latter to `account`: Malformed no_accounts
  // or unknown_account, which one out of reach is too. One row more than `filter.limit` means that
  // there are more.
  Result<std::vector<PlacedUser>> list(const Principal& who,
                                       UserFilter filter,
                                       const std::optional<IdOrNumber>& account);
  // Whether who changes their own e-mail address must have shown the password a moment ago.
  enum class EmailProof : std::uint8_t { Required, Welcome };
  // NeedsHashing where there is a password, and hashing is not allowed.
  Result<PlacedUser> change(const Principal& who,
                            const UserReference& reference,
                            const UserChange& change,
                            const UserCheck& is_as_seen,
                            EmailProof proof = EmailProof::Required);
  Result<None> erase(const Principal& who,
                     const UserReference& reference,
                     const UserCheck& is_as_seen);

  // What the operator does at the machine: no policy but the rules of the fields. An account may be
  // named by its name.
  Result<StoredUser> create_as_operator(const UserDraft& draft);
  Result<std::vector<StoredUser>> list_as_operator(UserFilter filter);

  // The user a draft makes, and the hash of its password; nothing is stored yet. `account_fault` is
  // told with all else that is wrong; the account itself is not looked at.
  struct Prepared {
    StoredUser user;
    std::optional<std::string> hash;
  };
  Result<Prepared> prepare(const UserDraft& draft, std::string_view account_fault);
  // Who has no account is given the default one.
  Result<StoredUser> store(Session& db, const Prepared& prepared);
  // A user whom the transaction has locked, with everything in every plugin.
  Result<None> erase(Session& db, const StoredUser& user);

 private:
  // Where a user shall be made.
  struct Birthplace {
    std::optional<UsersAccount> account;
    std::int64_t number = 0;         // of the account; 0: none
    std::string_view account_fault;  // what is wrong with the one that was named
  };
  Result<Birthplace> permit_creation(Session& db, const Principal& who, const UserDraft& draft);
  // The hash of a change's password, when nothing speaks against either; "": it has none.
  Result<std::string> hash_of_change(const Principal& who,
                                     const UserReference& reference,
                                     const UserChange& change);
  Result<None> permit_change(Session& db,
                             const Principal& who,
                             const UserChange& change,
                             const PlacedUser& placed);
  Result<StoredUser> store_new(Session& db, const Prepared& prepared);
  // Ends what the user had, where the change, or time before it, shuts them out.
  Result<None> tell_shut_out(Session& db, const StoredUser& before, const StoredUser& after);
  // All admins are told by mail that the user has become one (security.md 2).
  Result<None> tell_admins(Session& db, const StoredUser& made);

  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  const CredentialRepository& credentials_;
  PasswordService& passwords_;
  EmailChanges& email_changes_;
  Handovers& handovers_;
  const PasswordRules password_rules_;
  std::string default_timezone_;
  const std::chrono::seconds recent_sign_in_;
};

}  // namespace gatehouse::users
