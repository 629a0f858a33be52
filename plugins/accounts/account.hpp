// What an account is inside this plugin, whoever asks and in whatever words.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/account_editor.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::accounts {

// Another account in short.
struct AccountName {
  std::int64_t number = 0;
  std::string id;
  std::string name;
};

struct StoredAccount {
  std::int64_t number = 0;
  std::string id;
  std::string name;
  std::vector<std::string> roles;          // in the order of their bytes, each once
  std::optional<AccountName> consultancy;  // the account that looks after it
  std::optional<std::string> primary_color;
  std::optional<std::string> secondary_color;
  std::optional<std::string> logo_url;
  bool is_default = false;
  Time created_at;
  Time updated_at;

  AccountObject as_object() const { return {number, consultancy ? consultancy->number : 0}; }
};

// Asked inside the transaction, about the account before it is changed; an error ends it.
using StateCheck = std::function<Result<None>(const StoredAccount& current)>;

using AccountSort = AccountListing::Sort;
enum class SortOrder : std::uint8_t { Ascending, Descending };

struct AccountFilter {
  static constexpr std::size_t kMaxWords = 8;  // of a text
  std::vector<std::string> words;              // folded; all must occur in the name
  std::string role;                            // has it; "": any
  Visibility sees;
  AccountSort sort = AccountSort::Name;
  SortOrder order = SortOrder::Ascending;
  std::optional<AccountPosition> after;
  std::int64_t offset = 0;
  std::int64_t limit = 50;
};

// Adds the words of a text; false when there are more than kMaxWords.
bool add_text(AccountFilter& filter, std::string_view text);

AccountPosition position_of(std::int64_t number,
                            std::string_view name,
                            Time created_at,
                            AccountSort sort);

}  // namespace gatehouse::accounts
