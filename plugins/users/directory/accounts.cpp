// SPDX-License-Identifier: Apache-2.0
#include "accounts.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/reference.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/text.hpp>

#include "name_rules.hpp"

namespace gatehouse::users {
namespace {

UsersAccount in_short(const AccountRecord& account) {
  return {account.number, account.id, account.name, account.consultancy};
}
std::optional<UsersAccount> in_short(const std::optional<AccountRecord>& account) {
  if (!account) return std::nullopt;
  return in_short(*account);
}

// Objects by their numbers.
template <class T>
class ByNumber {
 public:
  explicit ByNumber(std::vector<T> all) : all_(std::move(all)) {
    std::sort(all_.begin(), all_.end(), [](const T& a, const T& b) { return a.number < b.number; });
  }
  // Null: none.
  const T* find(std::optional<std::int64_t> number) const {
    const auto found = std::lower_bound(
        all_.begin(), all_.end(), number.value_or(0), [](const T& one, std::int64_t sought) {
          return one.number < sought;
        });
    return found != all_.end() && found->number == number ? &*found : nullptr;
  }

 private:
  std::vector<T> all_;
};

std::vector<std::int64_t> distinct(std::vector<std::int64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace

UserObject PlacedUser::as_object() const {
  UserObject object;
  object.user = user.number;
  object.account = user.account.value_or(0);
  object.account_consultancy = account ? account->consultancy : 0;
  object.manager = user.manager.value_or(0);
  object.roles = user.roles();
  return object;
}

AccountDirectory* Accounts::directory() const {
  return host_.services().find<AccountDirectory>();
}

Result<PlacedUser> Accounts::place(Session& db, StoredUser user) const {
  std::vector<StoredUser> one;
  one.push_back(std::move(user));
  GATEHOUSE_TRY(auto placed, place_all(db, std::move(one)));
  return std::move(placed.front());
}

Result<std::vector<PlacedUser>> Accounts::place_all(Session& db,
                                                    std::vector<StoredUser> users) const {
  std::vector<std::int64_t> numbers;
  for (const StoredUser& user : users) {
    if (user.account) numbers.push_back(*user.account);
  }
  std::vector<UsersAccount> accounts;
  if (!numbers.empty() && exist()) {
    GATEHOUSE_TRY(const auto found, directory()->find_all(db, distinct(std::move(numbers))));
    accounts.reserve(found.size());
    for (const AccountRecord& account : found) accounts.push_back(in_short(account));
  }
  return place_in(db, std::move(users), std::move(accounts));
}

Result<PlacedUser> Accounts::place_live(Session& db, StoredUser user) const {
  std::vector<UsersAccount> accounts;
  if (user.account && exist()) {
    GATEHOUSE_TRY(const auto account, directory()->find_live(*user.account));
    if (account) accounts.push_back(in_short(*account));
  }
  std::vector<StoredUser> one;
  one.push_back(std::move(user));
  GATEHOUSE_TRY(auto placed, place_in(db, std::move(one), std::move(accounts)));
  return std::move(placed.front());
}

Result<std::vector<PlacedUser>> Accounts::place_in(Session& db,
                                                   std::vector<StoredUser> users,
                                                   std::vector<UsersAccount> accounts) const {
  std::vector<std::int64_t> managed_by;
  for (const StoredUser& user : users) {
    if (user.manager) managed_by.push_back(*user.manager);
  }
  std::vector<StoredUser> managers;
  if (!managed_by.empty()) {
    GATEHOUSE_TRY(managers, users_.find_all(db, distinct(std::move(managed_by))));
  }
  const ByNumber account_of(std::move(accounts));
  const ByNumber manager_of(std::move(managers));
  std::vector<PlacedUser> placed;
  placed.reserve(users.size());
  for (StoredUser& user : users) {
    PlacedUser& one = placed.emplace_back();
    if (const auto* account = account_of.find(user.account)) one.account = *account;
    if (const auto* manager = manager_of.find(user.manager)) {
      one.manager = UsersManager{manager->number, manager->id, display_name(*manager)};
    }
    one.user = std::move(user);
  }
  return placed;
}

Result<std::optional<UsersAccount>> Accounts::find(Session& db, const IdOrNumber& account) const {
  if (!exist()) return std::optional<UsersAccount>();
  if (account.id.empty()) {
    GATEHOUSE_TRY(const auto found, directory()->find_by_number(db, account.number));
    return in_short(found);
  }
  GATEHOUSE_TRY(const auto found, directory()->find_by_id(db, account.id));
  return in_short(found);
}

Result<std::optional<UsersAccount>> Accounts::find_named(Session& db,
                                                         const IdOrNumber& account) const {
  if (account.id.empty() || is_object_id(account.id) || !exist()) return find(db, account);
  GATEHOUSE_TRY(const auto found, directory()->find_by_name(db, account.id));
  return in_short(found);
}

std::string_view Accounts::fault_of(const std::optional<UsersAccount>& found) const {
  if (found) return "";
  return exist() ? "is no account that there is" : "cannot be chosen: this server has no accounts";
}

Result<std::optional<UsersAccount>> Accounts::find_default(Session& db) const {
  if (!exist()) return std::optional<UsersAccount>();
  GATEHOUSE_TRY(const std::int64_t number, directory()->default_account(db));
  return find(db, {"", number});
}

Result<Visibility> Accounts::reach(Session& db, const Principal& who) const {
  Visibility sees = visibility(who, host_.policy());
  if (sees.all || sees.clients_of == 0 || !exist()) return sees;
  GATEHOUSE_TRY(const auto clients, directory()->clients_of(db, sees.clients_of));
  sees.accounts.insert(sees.accounts.end(), clients.begin(), clients.end());
  return sees;
}

Result<None> Accounts::find_names(Session& db, std::vector<SearchTerm>& terms) const {
  if (!exist()) return None{};
  for (SearchTerm& term : terms) {
    const bool may_be_a_name = (term.fields & UserListing::kAccountName) != 0;
    if (!may_be_a_name || fold(term.word).empty()) continue;
    GATEHOUSE_TRY(const auto numbers, directory()->find_by_text(db, term.word));
    term.accounts = numbers.empty() ? "" : ",";
    for (const std::int64_t number : numbers) term.accounts += std::to_string(number) + ",";
  }
  return None{};
}

}  // namespace gatehouse::users
