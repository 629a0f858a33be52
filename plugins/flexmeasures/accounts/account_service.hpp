// Accounts by the rules of FlexMeasures, where they are narrower than the house's or ask in another
// order: what there is (404) before what one may (403).
//
// Ownership: plugin.cpp's. Threads: any. Blocking: the database. Errors: NotFound;
// PermissionDenied; InvalidArgument; Unavailable for a list that is too long.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/account_editor.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "account_roles.hpp"
#include "account_wire.hpp"
#include "api/paging.hpp"

namespace gatehouse::flexmeasures {

class AccountService {
 public:
  AccountService(Context& host, AccountRoles& roles, WholeLists& lists);

  // An account that the caller may see.
  Result<AccountRecord> find(const Principal& who, std::int64_t number);
  Result<AccountRecord> find(Session& db, const Principal& who, std::int64_t number);

  struct Counted {
    AccountRecord account;
    std::int64_t users = 0;
  };
  struct Page {
    std::vector<Counted> accounts;
    std::int64_t accessible = 0;
    std::int64_t filtered = 0;
  };
  Result<Page> page(const Principal& who, const AccountsAsked& asked);

  // All that the caller sees, in the order asked for.
  Result<std::int64_t> count(const Principal& who, const AccountsAsked& asked);
  Result<std::vector<AccountRecord>> part(const Principal& who, const AccountListing& listing);
  AccountPosition position_of(const AccountRecord& account, AccountListing::Sort sort) const {
    return accounts_.position_of(account, sort);
  }
  // No index has that order, so all of them are read, for a page too.
  struct Sorted {
    WholeLists::Held turn;
    std::vector<Counted> accounts;
  };
  Result<Sorted> sorted_by_users(const Principal& who, const AccountsAsked& asked);

  Result<AccountRecord> change(const Principal& who, std::int64_t number, const AccountPatch& body);

 private:
  Result<std::vector<Counted>> counted(Session& db, std::vector<AccountRecord> accounts) const;

  Context& host_;
  AccountRoles& roles_;
  const AccountDirectory& accounts_;
  AccountEditor& editor_;
  const UserDirectory& users_;
  WholeLists& lists_;
};

}  // namespace gatehouse::flexmeasures
