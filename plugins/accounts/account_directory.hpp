// The service gatehouse.account_directory over this plugin's rows, and over those that memory
// keeps. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <memory>

#include <gatehouse/context.hpp>
#include <gatehouse/live_cache.hpp>
#include <gatehouse/services/account_directory.hpp>

#include "account_repository.hpp"

namespace gatehouse::accounts {

AccountRecord as_record(const StoredAccount& account);

class StoredAccountDirectory final : public AccountDirectory {
 public:
  static constexpr std::size_t kRemembered = 10'000;

  // Only in Plugin::wire().
  StoredAccountDirectory(Context& host, const AccountRepository& accounts);

  Result<std::optional<AccountRecord>> find_by_id(Session& db, std::string_view id) const override;
  Result<std::optional<AccountRecord>> find_by_number(Session& db,
                                                      std::int64_t number) const override;
  Result<std::optional<AccountRecord>> find_by_name(Session& db,
                                                    std::string_view name) const override;
  Result<std::vector<AccountRecord>> find_all(Session& db,
                                              std::span<const std::int64_t> numbers) const override;
  Result<std::vector<std::int64_t>> clients_of(Session& db,
                                               std::int64_t consultancy) const override;
  Result<std::vector<std::int64_t>> find_by_text(Session& db, std::string_view word) const override;
  Result<std::int64_t> default_account(Session& db) const override;
  Result<std::vector<AccountRecord>> list(Session& db,
                                          const Principal& who,
                                          const AccountListing& listing) const override;
  AccountPosition position_of(const AccountRecord& account,
                              AccountListing::Sort sort) const override;
  Result<std::int64_t> count(Session& db,
                             const Principal& who,
                             const AccountListing& listing) const override;
  Result<std::shared_ptr<const AccountRecord>> find_live(std::int64_t number) override;

 private:
  Context& host_;
  const AccountRepository& accounts_;
  LiveCache<std::int64_t, AccountRecord> live_;
};

}  // namespace gatehouse::accounts
