// SPDX-License-Identifier: Apache-2.0
#include "account_service.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

#include "api/answers.hpp"
#include "api/search_filter.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr std::int64_t kPart = 500;
constexpr std::string_view kAdvice =
    "sorted by anything but users they come in pages with \"page\" and \"per_page\".";

}  // namespace

AccountService::AccountService(Context& host, AccountRoles& roles, WholeLists& lists)
    : host_(host),
      roles_(roles),
      accounts_(host.services().require<AccountDirectory>()),
      editor_(host.services().require<AccountEditor>()),
      users_(host.services().require<UserDirectory>()),
      lists_(lists) {}

Result<AccountRecord> AccountService::find(Session& db, const Principal& who, std::int64_t number) {
  GATEHOUSE_TRY(auto account, accounts_.find_by_number(db, number));
  if (!account) return nothing_numbered("Account", number);
  const Decision decision = decide(who, AccountAction::Read, account->as_object(), host_.policy());
  if (decision != Decision::Allowed) return denied();
  return *std::move(account);
}

Result<AccountRecord> AccountService::find(const Principal& who, std::int64_t number) {
  return host_.storage().read([&](Session& db) { return find(db, who, number); });
}

Result<std::vector<AccountService::Counted>> AccountService::counted(
    Session& db, std::vector<AccountRecord> accounts) const {
  std::vector<std::int64_t> numbers;
  numbers.reserve(accounts.size());
  for (const AccountRecord& account : accounts) numbers.push_back(account.number);
  GATEHOUSE_TRY(const auto found, users_.count_in_accounts(db, numbers));
  std::unordered_map<std::int64_t, std::int64_t> users;
  for (const AccountUsers& one : found) users[one.account] = one.users;
  std::vector<Counted> all;
  all.reserve(accounts.size());
  for (AccountRecord& account : accounts) {
    const std::int64_t count = users[account.number];
    all.push_back({std::move(account), count});
  }
  return all;
}

Result<AccountService::Page> AccountService::page(const Principal& who,
                                                  const AccountsAsked& asked) {
  if (asked.sorts_by == AccountSortName::Users) {
    GATEHOUSE_TRY(Sorted sorted, sorted_by_users(who, asked));
    std::vector<Counted>& all = sorted.accounts;
    Page page;
    page.filtered = static_cast<std::int64_t>(all.size());
    GATEHOUSE_CHECK(check_page(asked.page, page.filtered));
    AccountsAsked whole = asked;
    whole.listing.text.clear();
    whole.listing.role.clear();
    GATEHOUSE_TRY(page.accessible, count(who, whole));
    const auto begin = all.begin() + std::min(asked.page.offset(), page.filtered);
    const auto end = all.begin() + std::min(asked.page.offset() + asked.page.size, page.filtered);
    page.accounts.assign(std::make_move_iterator(begin), std::make_move_iterator(end));
    return page;
  }
  const auto read = [&](Session& db) -> Result<Page> {
    Page page;
    AccountListing listing = asked.listing;
    GATEHOUSE_TRY(page.filtered, accounts_.count(db, who, listing));
    GATEHOUSE_CHECK(check_page(asked.page, page.filtered));
    GATEHOUSE_TRY(page.accessible, accounts_.count(db, who, {}));
    listing.offset = asked.page.offset();
    listing.limit = asked.page.size;
    GATEHOUSE_TRY(auto accounts, accounts_.list(db, who, listing));
    GATEHOUSE_TRY(page.accounts, counted(db, std::move(accounts)));
    return page;
  };
  auto page = host_.storage().read(read);
  if (!page) return on_filter(std::move(page).error());
  return page;
}

Result<std::int64_t> AccountService::count(const Principal& who, const AccountsAsked& asked) {
  auto found =
      host_.storage().read([&](Session& db) { return accounts_.count(db, who, asked.listing); });
  if (!found) return on_filter(std::move(found).error());
  return found;
}

Result<std::vector<AccountRecord>> AccountService::part(const Principal& who,
                                                        const AccountListing& listing) {
  return host_.storage().read([&](Session& db) { return accounts_.list(db, who, listing); });
}

Result<AccountService::Sorted> AccountService::sorted_by_users(const Principal& who,
                                                               const AccountsAsked& asked) {
  GATEHOUSE_TRY(const std::int64_t rows, count(who, asked));
  Sorted sorted;
  GATEHOUSE_TRY(sorted.turn, lists_.take_turn(who.user, rows, kAdvice));
  AccountListing listing = asked.listing;
  listing.descending = false;
  listing.limit = kPart;
  const auto read = [&](Session& db) -> Result<std::vector<Counted>> {
    std::vector<Counted> all;
    listing.after.reset();
    while (true) {
      GATEHOUSE_TRY(auto some, accounts_.list(db, who, listing));
      if (some.empty()) break;
      listing.after = accounts_.position_of(some.back(), listing.sort);
      GATEHOUSE_TRY(auto more, counted(db, std::move(some)));
      std::move(more.begin(), more.end(), std::back_inserter(all));
    }
    return all;
  };
  GATEHOUSE_TRY(sorted.accounts, host_.storage().read(read));
  std::vector<Counted>& all = sorted.accounts;
  std::stable_sort(all.begin(), all.end(), [&](const Counted& a, const Counted& b) {
    return asked.listing.descending ? a.users > b.users : a.users < b.users;
  });
  return sorted;
}

Result<AccountRecord> AccountService::change(const Principal& who,
                                             std::int64_t number,
                                             const AccountPatch& body) {
  GATEHOUSE_TRY(AccountChange change, to_change(body));
  GATEHOUSE_TRY(const AccountRecord before, find(who, number));
  const Decision decision = decide(who, AccountAction::Edit, before.as_object(), host_.policy());
  if (decision != Decision::Allowed) return denied();
  if (const auto& ids = body.account_roles.value()) {
    // Before anything is looked up for whoever may not set them.
    const Decision grant = decide(who, AccountAction::Grant, before.as_object(), host_.policy());
    if (grant != Decision::Allowed) return denied();
    GATEHOUSE_TRY(auto names, roles_.names_of(*ids));
    if (!names) return wrong_field("/account_roles", "Unknown account role.");
    change.roles.emplace() = *std::move(names);
  }
  const auto unconditionally = [](const AccountRecord&) -> Result<None> { return None{}; };
  auto changed = editor_.change(who, {"", number}, change, unconditionally);
  if (!changed) return in_words(std::move(changed).error(), body);
  return changed;
}

}  // namespace gatehouse::flexmeasures
