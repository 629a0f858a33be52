// The rules of users: who may do what, what a user may look like, and what belongs in one
// transaction.
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database; what takes a password hashes it, so only where hashing is allowed
//            (gatehouse/passwords.hpp).
// Errors:    NotFound out of reach; PermissionDenied; InvalidArgument with every field that is
// wrong;
//            Conflict username_taken, email_taken, last_admin.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>

#include "mail/email_changes.hpp"
#include "passwords/credential_repository.hpp"
#include "passwords/password_service.hpp"
#include "user_repository.hpp"

namespace gatehouse::users {

class UserService {
 public:
  UserService(Context& host,
              const UserRepository& users,
              const CredentialRepository& credentials,
              PasswordService& passwords,
              EmailChanges& email_changes,
              const PasswordRules& password_rules,
              std::string default_timezone);

  Result<StoredUser> create(const Principal& who, const UserDraft& draft);
  Result<StoredUser> find(const Principal& who, const UserReference& reference);
  // `filter.sees` is set here. One row more than `filter.limit` means that there are more.
  Result<std::vector<StoredUser>> list(const Principal& who, UserFilter filter);
  Result<StoredUser> change(const Principal& who,
                            const UserReference& reference,
                            const UserChange& change,
                            const RowCheck& is_as_seen);
  Result<None> erase(const Principal& who,
                     const UserReference& reference,
                     const RowCheck& is_as_seen);

  // What the operator does at the machine: no policy but the rules of the fields.
  Result<StoredUser> create_as_operator(const UserDraft& draft);
  Result<std::vector<StoredUser>> list_as_operator(UserFilter filter);

  // The user a draft makes, and the hash of its password; nothing is stored yet.
  struct Prepared {
    StoredUser user;
    std::optional<std::string> hash;
  };
  Result<Prepared> prepare(const UserDraft& draft);
  Result<StoredUser> store(Session& db, const Prepared& prepared);

 private:
  Result<None> permit_change(Session& db,
                             const Principal& who,
                             const UserChange& change,
                             const StoredUser& user);
  Result<StoredUser> store_new(const Prepared& prepared);

  Context& host_;
  const UserRepository& users_;
  const CredentialRepository& credentials_;
  PasswordService& passwords_;
  EmailChanges& email_changes_;
  const PasswordRules password_rules_;
  std::string default_timezone_;
};

}  // namespace gatehouse::users
