// Accounts in the database. Every method takes the caller's session, so that what belongs together
// stands in one transaction. What changes an account or takes it away tells the bus of its number.
//
// Threads:   any; no state.
// Blocking:  one statement each, but for the roles that insert() and update() are given.
// Errors:    Conflict name_taken where the folded name belongs to another account.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <gatehouse/bus.hpp>
#include <gatehouse/storage.hpp>

#include "account.hpp"

namespace gatehouse::accounts {

class AccountRepository {
 public:
  static constexpr std::string_view kTopic = "accounts.account";

  // `bus` outlives it.
  explicit AccountRepository(Bus& bus) : bus_(bus) {}

  Result<std::optional<StoredAccount>> find(Session& db, const IdOrNumber& reference) const;
  Result<std::optional<StoredAccount>> find_by_name(Session& db, std::string_view name) const;
  // Those of these numbers that there are, in no order; without their roles.
  Result<std::vector<StoredAccount>> find_all(Session& db,
                                              std::span<const std::int64_t> numbers) const;
  Result<std::int64_t> default_account(Session& db) const;

  Result<std::vector<StoredAccount>> list(Session& db, const AccountFilter& filter) const;
  // What list() runs; tests read its query plan.
  static const Sql& list_statement(const AccountFilter& filter);
  // How many list() would show without position, offset and limit.
  Result<std::int64_t> count(Session& db, const AccountFilter& filter) const;
  // The accounts in whose names the folded word occurs; at most `limit` of them.
  Result<std::vector<std::int64_t>> find_by_word(Session& db,
                                                 std::string_view word,
                                                 std::int64_t limit) const;

  // The accounts whose consultancy this is.
  Result<std::vector<std::int64_t>> clients_of(Session& db, std::int64_t consultancy) const;
  Result<bool> has_clients(Session& db, std::int64_t consultancy) const;

  // Stores the account under a new number, and returns it.
  Result<std::int64_t> insert(Session& db, const StoredAccount& account) const;
  Result<None> update(Session& db, const StoredAccount& account) const;
  Result<None> erase(Session& db, std::int64_t number) const;

 private:
  Result<None> set_roles(Session& db, const StoredAccount& account) const;
  Result<None> tell(Session& db, std::int64_t number) const;

  Bus& bus_;
};

}  // namespace gatehouse::accounts
