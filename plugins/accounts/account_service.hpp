// The rules of accounts: who may do what, what an account may look like, and what belongs in one
// transaction.
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database.
// Errors:    NotFound out of reach; PermissionDenied; InvalidArgument with every field that is
//            wrong; Conflict name_taken, in_use, default_account.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include <gatehouse/context.hpp>

#include "account_repository.hpp"

namespace gatehouse::accounts {

class AccountService {
 public:
  AccountService(Context& host, const AccountRepository& accounts)
      : host_(host), accounts_(accounts) {}

  // An account, and how many users belong to it.
  struct Counted {
    StoredAccount account;
    std::int64_t users = 0;
  };
  Result<Counted> create(const Principal& who, const AccountChange& draft);
  Result<Counted> find(const Principal& who, const IdOrNumber& reference);
  // `filter.sees` is set here. One row more than `filter.limit` means that there are more.
  Result<std::vector<StoredAccount>> list(const Principal& who, AccountFilter filter);
  Result<Counted> change(const Principal& who,
                         const IdOrNumber& reference,
                         const AccountChange& change,
                         const StateCheck& is_as_seen);
  Result<None> erase(const Principal& who,
                     const IdOrNumber& reference,
                     const StateCheck& is_as_seen);

 private:
  Result<None> permit_fields(const Principal& who,
                             const AccountChange& change,
                             const StoredAccount& account);
  Result<StoredAccount> changed(Session& db, const AccountChange& change, StoredAccount account);
  Result<std::optional<AccountName>> consultancy_of(Session& db,
                                                    const IdOrNumber& named,
                                                    const StoredAccount& client);
  Result<Counted> counted(Session& db, StoredAccount account);

  Context& host_;
  const AccountRepository& accounts_;
};

}  // namespace gatehouse::accounts
