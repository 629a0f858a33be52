// Users out of lines of JSON: what a line may say, what stands in its way, and how it is stored.
//
// Threads:  one import at a time uses it; others may go on beside it.
// Blocking: the database, and hash() as long as passwords take (gatehouse/passwords.hpp).
// Errors:   InvalidArgument with every field that is wrong; Conflict when somebody has or had the
//           id, the number or a name.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>

#include "directory/accounts.hpp"
#include "directory/user_repository.hpp"
#include "directory/user_service.hpp"

namespace gatehouse::users {

// A line that can be read. Of the two, at most one is there.
struct ImportedUser {
  std::int64_t line = 0;
  bool has_id = false;
  StoredUser user;
  std::optional<IdOrNumber> account;  // or its name; nothing: the default account
  std::optional<std::string> password;
  std::optional<std::string> hash;  // as it came; after harden() as it is stored
};

class UserImport {
 public:
  UserImport(Context& host,
             const Accounts& accounts,
             const UserRepository& users,
             UserService& service,
             const PasswordRules& password_rules,
             std::string default_timezone);

  Result<ImportedUser> read(std::string_view json) const;
  // Whether lines may have one e-mail address.
  Emails emails() const;

  // Who the line is in the database: true when it was imported before, which is when somebody has
  // its id, its username and its e-mail address. Lines without an id are always new.
  Result<bool> is_there(const ImportedUser& imported) const;

  // One batch in one transaction, or a few when the database is too busy for that. An error is that
  // of the line `at`; of what stands before it some may be stored.
  struct Outcome {
    std::int64_t stored = 0;
    std::int64_t were_there = 0;
  };
  Result<Outcome> store(std::vector<ImportedUser>& batch, std::int64_t& at);

 private:
  Result<None> store(std::span<const ImportedUser* const> users, std::int64_t& at);
  Result<None> store_at_once(std::span<const ImportedUser* const> users, std::int64_t& at);
  Result<bool> look(Session& db, const ImportedUser& imported) const;
  // The account that a line names; nothing: none, and there is no default either.
  Result<std::optional<std::int64_t>> find_account(Session& db, const ImportedUser& imported) const;
  // Makes what is stored of a password, or of a hash that is too weak.
  Result<None> harden(ImportedUser& imported) const;

  Context& host_;
  const Accounts& accounts_;
  const UserRepository& users_;
  UserService& service_;
  const PasswordRules password_rules_;
  std::string default_timezone_;
};

}  // namespace gatehouse::users
