// SPDX-License-Identifier: Apache-2.0
#include "account_directory.hpp"

#include <utility>

#include <gatehouse/text.hpp>

namespace gatehouse::accounts {

AccountRecord as_record(const StoredAccount& account) {
  AccountRecord record;
  record.number = account.number;
  record.id = account.id;
  record.name = account.name;
  record.roles = account.roles;
  record.consultancy = account.as_object().consultancy;
  record.primary_color = account.primary_color;
  record.secondary_color = account.secondary_color;
  record.logo_url = account.logo_url;
  record.created_at = account.created_at;
  record.updated_at = account.updated_at;
  return record;
}

namespace {

// Of find_by_text(); also the most rows that a statement gives as a list.
constexpr std::int64_t kMaxFound = 10'000;

std::optional<AccountRecord> as_record(const std::optional<StoredAccount>& account) {
  if (!account) return std::nullopt;
  return as_record(*account);
}

std::vector<AccountRecord> as_records(const std::vector<StoredAccount>& accounts) {
  std::vector<AccountRecord> records;
  records.reserve(accounts.size());
  for (const StoredAccount& account : accounts) records.push_back(as_record(account));
  return records;
}

Result<AccountFilter> as_filter(const Principal& who, const AccountListing& listing) {
  AccountFilter filter;
  if (!add_text(filter, listing.text)) {
    return invalid("?text", "has more than {} words", AccountFilter::kMaxWords);
  }
  filter.role = listing.role;
  filter.sees = visible_accounts(who);
  filter.sort = listing.sort;
  filter.order = listing.descending ? SortOrder::Descending : SortOrder::Ascending;
  filter.after = listing.after;
  filter.offset = listing.offset;
  filter.limit = listing.limit;
  return filter;
}

}  // namespace

StoredAccountDirectory::StoredAccountDirectory(Context& host, const AccountRepository& accounts)
    : host_(host),
      accounts_(accounts),
      live_(host.bus(), host.metrics(), AccountRepository::kTopic, kRemembered) {}

Result<std::optional<AccountRecord>> StoredAccountDirectory::find_by_id(Session& db,
                                                                        std::string_view id) const {
  if (id.empty()) return std::nullopt;
  GATEHOUSE_TRY(const auto account, accounts_.find(db, {std::string(id), 0}));
  return as_record(account);
}

Result<std::optional<AccountRecord>> StoredAccountDirectory::find_by_number(
    Session& db, std::int64_t number) const {
  GATEHOUSE_TRY(const auto account, accounts_.find(db, {"", number}));
  return as_record(account);
}

Result<std::optional<AccountRecord>> StoredAccountDirectory::find_by_name(
    Session& db, std::string_view name) const {
  GATEHOUSE_TRY(const auto account, accounts_.find_by_name(db, name));
  return as_record(account);
}

Result<std::vector<AccountRecord>> StoredAccountDirectory::find_all(
    Session& db, std::span<const std::int64_t> numbers) const {
  GATEHOUSE_TRY(const auto accounts, accounts_.find_all(db, numbers));
  return as_records(accounts);
}

Result<std::vector<std::int64_t>> StoredAccountDirectory::clients_of(
    Session& db, std::int64_t consultancy) const {
  return accounts_.clients_of(db, consultancy);
}

Result<std::vector<std::int64_t>> StoredAccountDirectory::find_by_text(
    Session& db, std::string_view word) const {
  const std::string key = search_word(word);
  GATEHOUSE_TRY(auto numbers, accounts_.find_by_word(db, key, kMaxFound + 1));
  if (numbers.size() > kMaxFound) {
    return invalid("?text", "occurs in the names of more than {} accounts", kMaxFound);
  }
  return numbers;
}

Result<std::int64_t> StoredAccountDirectory::default_account(Session& db) const {
  return accounts_.default_account(db);
}

Result<std::vector<AccountRecord>> StoredAccountDirectory::list(
    Session& db, const Principal& who, const AccountListing& listing) const {
  GATEHOUSE_TRY(const AccountFilter filter, as_filter(who, listing));
  GATEHOUSE_TRY(const auto accounts, accounts_.list(db, filter));
  return as_records(accounts);
}

AccountPosition StoredAccountDirectory::position_of(const AccountRecord& account,
                                                    AccountListing::Sort sort) const {
  return accounts::position_of(account.number, account.name, account.created_at, sort);
}

Result<std::int64_t> StoredAccountDirectory::count(Session& db,
                                                   const Principal& who,
                                                   const AccountListing& listing) const {
  GATEHOUSE_TRY(const AccountFilter filter, as_filter(who, listing));
  return accounts_.count(db, filter);
}

Result<std::shared_ptr<const AccountRecord>> StoredAccountDirectory::find_live(
    std::int64_t number) {
  return live_.get(number, [&]() -> Result<std::shared_ptr<const AccountRecord>> {
    GATEHOUSE_TRY(auto account,
                  host_.storage().read([&](Session& db) { return find_by_number(db, number); }));
    if (!account) return nullptr;
    return std::make_shared<const AccountRecord>(*std::move(account));
  });
}

}  // namespace gatehouse::accounts
