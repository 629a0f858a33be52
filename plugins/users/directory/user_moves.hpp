// Users and the accounts they belong to, once they are there (security.md 6).
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include <gatehouse/context.hpp>

#include "accounts.hpp"
#include "passwords/credential_repository.hpp"
#include "passwords/password_service.hpp"
#include "user_repository.hpp"

namespace gatehouse::users {

class UserMoves {
 public:
  // Who come along at most, for they are all moved in one transaction.
  static constexpr std::int64_t kMostManaged = 1'000;

  UserMoves(Context& host,
            const Accounts& accounts,
            const UserRepository& users,
            const CredentialRepository& credentials,
            PasswordService& passwords,
            Handovers& handovers)
      : host_(host),
        accounts_(accounts),
        users_(users),
        credentials_(credentials),
        passwords_(passwords),
        handovers_(handovers) {}

  // To another account, and with them whom they manage: without the roles that mean something in an
  // account only, and without what was derived from the password. Nothing changes when they are
  // there already. Errors: NotFound out of reach; PermissionDenied; InvalidArgument for an account
  // that is not there; Conflict manages_too_many where more than kMostManaged would come along.
  Result<PlacedUser> move(const Principal& who,
                          const UserReference& reference,
                          const IdOrNumber& account,
                          const UserCheck& is_as_seen);

  // In the transaction that deletes an account: Conflict in_use while users belong to it.
  Result<None> keep_account(Session& db, std::int64_t account) const;

 private:
  Result<None> move_one(Session& db, StoredUser& user, std::int64_t account);

  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  const CredentialRepository& credentials_;
  PasswordService& passwords_;
  Handovers& handovers_;
};

}  // namespace gatehouse::users
