// Accounts as FlexMeasures writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/account_editor.hpp>

#include "account_roles.hpp"
#include "api/paging.hpp"

namespace gatehouse::flexmeasures {

struct AccountRole {
  std::int64_t id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(AccountRole, (), (id, name))

// An account in a list.
struct Account {
  std::vector<AccountRole> account_roles;
  std::optional<std::int64_t> consultancy_account_id;
  std::int64_t id = 0;
  std::optional<std::string> logo_url;
  std::string name;
  std::optional<std::string> primary_color;
  std::optional<std::string> secondary_color;
};
BOOST_DESCRIBE_STRUCT(
    Account,
    (),
    (account_roles, consultancy_account_id, id, logo_url, name, primary_color, secondary_color))

// An account by itself.
struct AnsweredAccount : Account {
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(AnsweredAccount, (Account), (status))

// An account on a page.
struct CountedAccount : Account {
  std::int64_t asset_count = 0;  // there are no assets here
  std::int64_t user_count = 0;
};
BOOST_DESCRIBE_STRUCT(CountedAccount, (Account), (asset_count, user_count))

struct AccountPage {
  std::vector<CountedAccount> data;
  std::int64_t num_records = 0;
  std::int64_t filtered_records = 0;
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(AccountPage, (), (data, num_records, filtered_records, status))
constexpr auto rules(Of<AccountPage>) {
  return std::tuple{
      field(&AccountPage::num_records,
            {.name = "num-records", .text = "Those that the caller may see, before the filter."}),
      field(&AccountPage::filtered_records, {.name = "filtered-records"})};
}

enum class AccountSortName : std::uint8_t { Id, Name, Assets, Users };
BOOST_DESCRIBE_ENUM(AccountSortName, Id, Name, Assets, Users)
constexpr auto names(Of<AccountSortName>) {
  return std::array{named(AccountSortName::Id, "id"),
                    named(AccountSortName::Name, "name"),
                    named(AccountSortName::Assets, "assets"),
                    named(AccountSortName::Users, "users")};
}
enum class SortDirection : std::uint8_t { Ascending, Descending };
BOOST_DESCRIBE_ENUM(SortDirection, Ascending, Descending)
constexpr auto names(Of<SortDirection>) {
  return std::array{named(SortDirection::Ascending, "asc"),
                    named(SortDirection::Descending, "desc")};
}

// What the queries of all lists say of their pages.
constexpr Rule kPageRule{.text = "From 1. Without it the whole list comes, as an array.",
                         .optional = true};
constexpr Rule kPerPageRule{.text = "1 to 1,000; 10 by default.", .optional = true};
constexpr Rule kPerPageHyphenRule{.name = "per-page", .text = "per_page.", .optional = true};
constexpr Rule kFilterRule{.text =
                               "Words that must all occur, whatever the case; quotes make one "
                               "word of several. At most 8 words.",
                           .optional = true,
                           .max_length = 500};
constexpr Rule kSortByRule{.text = "Together with sort_dir.", .optional = true};
constexpr Rule kSortByHyphenRule{.name = "sort-by", .text = "sort_by.", .optional = true};
constexpr Rule kSortDirRule{.text = "Together with sort_by.", .optional = true};
constexpr Rule kSortDirHyphenRule{.name = "sort-dir", .text = "sort_dir.", .optional = true};

struct AccountQuery {
  std::optional<std::int64_t> page;
  std::optional<std::int64_t> per_page;
  std::optional<std::int64_t> per_page_with_hyphen;
  std::string filter;
  std::string role;
  std::optional<AccountSortName> sort_by;
  std::optional<AccountSortName> sort_by_with_hyphen;
  std::optional<SortDirection> sort_dir;
  std::optional<SortDirection> sort_dir_with_hyphen;
};
BOOST_DESCRIBE_STRUCT(AccountQuery,
                      (),
                      (page,
                       per_page,
                       per_page_with_hyphen,
                       filter,
                       role,
                       sort_by,
                       sort_by_with_hyphen,
                       sort_dir,
                       sort_dir_with_hyphen))
constexpr auto rules(Of<AccountQuery>) {
  return std::tuple{
      field(&AccountQuery::page, kPageRule),
      field(&AccountQuery::per_page, kPerPageRule),
      field(&AccountQuery::per_page_with_hyphen, kPerPageHyphenRule),
      field(&AccountQuery::filter, kFilterRule),
      field(&AccountQuery::role, {.text = "The name of a role that they have.", .optional = true}),
      field(&AccountQuery::sort_by, kSortByRule),
      field(&AccountQuery::sort_by_with_hyphen, kSortByHyphenRule),
      field(&AccountQuery::sort_dir, kSortDirRule),
      field(&AccountQuery::sort_dir_with_hyphen, kSortDirHyphenRule)};
}

struct AccountPatch {
  Patch<std::string> name;
  Patch<std::string> primary_color;
  Patch<std::string> secondary_color;
  Patch<std::string> logo_url;
  Patch<std::int64_t> consultancy_account_id;
  Patch<std::vector<std::int64_t>> account_roles;
};
BOOST_DESCRIBE_STRUCT(
    AccountPatch,
    (),
    (name, primary_color, secondary_color, logo_url, consultancy_account_id, account_roles))
constexpr auto rules(Of<AccountPatch>) {
  return std::tuple{
      field(
          &AccountPatch::name,
          {.example = "\"Test Account\"", .never_null = true, .min_length = 1, .max_length = 100}),
      field(&AccountPatch::primary_color,
            {.text = "#rgb or #rrggbb; \"#\" may be left out.", .example = "\"#1a3443\""}),
      field(&AccountPatch::secondary_color,
            {.text = "#rgb or #rrggbb; \"#\" may be left out.", .example = "\"#f1a122\""}),
      field(&AccountPatch::logo_url,
            {.text = "With http or https.",
             .example = "\"https://example.com/logo.png\"",
             .max_length = 255}),
      field(&AccountPatch::consultancy_account_id, {.text = "Admins only.", .example = "2"}),
      field(&AccountPatch::account_roles,
            {.text = "Admins only.", .never_null = true, .max_items = 100})};
}

// What a client asks of a list; `sorts_by` nothing: by id.
struct AccountsAsked {
  PageAsked page;
  AccountListing listing;
  AccountSortName sorts_by = AccountSortName::Id;
};
Result<AccountsAsked> to_asked(const AccountQuery& query);

Account to_wire(const AccountRecord& account, const AccountRoles::Ids& role_ids);
AnsweredAccount to_answer(const AccountRecord& account, const AccountRoles::Ids& role_ids);

// The change, but for roles, whose names only the database knows. Errors: InvalidArgument, with
// what can be told by looking at the values.
Result<AccountChange> to_change(const AccountPatch& body);
// What the rules of accounts have against it, in the dialect's words.
Error in_words(Error error, const AccountPatch& body);

}  // namespace gatehouse::flexmeasures
