// The one door to the accounts, which are another plugin's and may not be there: whose account is
// which, who looks after it, and which accounts a reader reaches. Beside it stands who manages a
// user, which answers show likewise.
//
// Threads:  any.
// Blocking: one statement of the account directory each, in the caller's session, and none without
//           the plugin accounts; what differs says so.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/account_directory.hpp>

#include "user_repository.hpp"

namespace gatehouse::users {

// What belongs to a user of their account.
struct UsersAccount {
  std::int64_t number = 0;
  std::string id;
  std::string name;
  std::int64_t consultancy = 0;  // the account that looks after it; 0: none
};

// What answers say of who manages a user.
struct UsersManager {
  std::int64_t number = 0;
  std::string id;
  std::string name;  // as it is displayed
};

// A user in their account. Whatever is decided about a user, is decided about this: without the
// account nobody knows who consults for them.
struct PlacedUser {
  StoredUser user;
  std::optional<UsersAccount> account;  // nothing: none, or there are no accounts
  std::optional<UsersManager> manager = {};

  UserObject as_object() const;
};

// Asked inside the transaction, about the user before the change; an error ends it.
using UserCheck = std::function<Result<None>(const PlacedUser& current)>;

class Accounts {
 public:
  // Both outlive it.
  Accounts(Context& host, const UserRepository& users) : host_(host), users_(users) {}

  // Whether this server has accounts at all.
  bool exist() const { return directory() != nullptr; }

  Result<PlacedUser> place(Session& db, StoredUser user) const;
  // The same, of an account that may be two seconds old: for answers, not inside Db::write(). No
  // statement for what memory knows.
  Result<PlacedUser> place_live(Session& db, StoredUser user) const;
  // One statement for all of them, up to 1,000, and another one where some are managed.
  Result<std::vector<PlacedUser>> place_all(Session& db, std::vector<StoredUser> users) const;

  // Nothing when there is no such account.
  Result<std::optional<UsersAccount>> find(Session& db, const IdOrNumber& account) const;
  // The same, but text that does not look like an id is a name.
  Result<std::optional<UsersAccount>> find_named(Session& db, const IdOrNumber& account) const;
  // What is wrong with having named the account that was looked for so, as the end of the sentence
  // "The field ..."; "": nothing, it was found.
  std::string_view fault_of(const std::optional<UsersAccount>& found) const;
  // Where users belong who are given no other; nothing when there are no accounts. Two statements.
  Result<std::optional<UsersAccount>> find_default(Session& db) const;

  // What `who` sees of users, with the accounts that are looked after put in. One statement, for
  // consultants only.
  Result<Visibility> reach(Session& db, const Principal& who) const;
  // Puts into the words of a search which accounts have them in their names. One statement for
  // each word that may be an account's.
  Result<None> find_names(Session& db, std::vector<SearchTerm>& terms) const;

 private:
  AccountDirectory* directory() const;
  // Each in that of these accounts which is theirs, beside who manages them.
  Result<std::vector<PlacedUser>> place_in(Session& db,
                                           std::vector<StoredUser> users,
                                           std::vector<UsersAccount> accounts) const;

  Context& host_;
  const UserRepository& users_;
};

}  // namespace gatehouse::users
