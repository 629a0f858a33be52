// Users by the rules of FlexMeasures, where they are narrower than the house's or ask in another
// order: what there is (404) before what one may (403).
//
// Ownership: plugin.cpp's. Threads: any. Blocking: the database. Errors: NotFound;
// PermissionDenied; InvalidArgument; Malformed duplicate_user; Conflict last_admin,
// no_mail_address, no_sign_in. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>
#include <gatehouse/services/user_passwords.hpp>

#include "accounts/account_service.hpp"
#include "user_wire.hpp"

namespace gatehouse::flexmeasures {

class UserService {
 public:
  // `own_reset`: of who takes their own password away.
  UserService(Context& host, AccountService& accounts, UserPasswords::OwnPassword own_reset);

  Result<UserRecord> find(const Principal& who, std::int64_t number);

  struct Page {
    std::vector<UserRecord> users;
    std::map<std::int64_t, AccountRecord> accounts;  // theirs
    std::int64_t accessible = 0;
    std::int64_t filtered = 0;
  };
  Result<Page> page(const Principal& who, const UsersAsked& asked);
  // How many users the whole list has.
  Result<std::int64_t> count(const Principal& who, const UsersAsked& asked);
  Result<std::vector<UserRecord>> part(const Principal& who, const UserListing& listing);
  UserPosition position_of(const UserRecord& user, UserListing::Sort sort) const {
    return users_.position_of(user, sort);
  }

  Result<UserRecord> change(const Principal& who, std::int64_t number, const UserPatch& body);
  Result<None> reset_password(const Principal& who, std::int64_t number, std::string_view mount);

  // A user whose trail the caller may read.
  Result<UserRecord> find_of_trail(const Principal& who, std::int64_t number);

 private:
  Result<UserRecord> find(const Principal& who, std::int64_t number, UserAction action);
  Result<None> permit_account(Session& db, const Principal& who, const UsersAsked& asked);

  Context& host_;
  AccountService& accounts_;
  const AccountDirectory& all_accounts_;
  const UserDirectory& users_;
  UserEditor& editor_;
  UserPasswords& passwords_;
  const UserPasswords::OwnPassword own_reset_;
};

}  // namespace gatehouse::flexmeasures
