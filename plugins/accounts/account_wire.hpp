// Accounts and their lists as contracts/v1.md writes them, and what they are inside. The names of
// the types are the names of the schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>

#include "account.hpp"
#include "account_rules.hpp"
#include "account_service.hpp"

namespace gatehouse::accounts {

// Another account in short.
struct Reference {
  std::string id;
  std::int64_t number = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Reference, (), (id, number, name))

struct Account {
  std::string id;
  std::int64_t number = 0;
  std::string name;
  std::vector<std::string> roles;
  std::optional<Reference> consultancy_account;
  std::optional<std::string> primary_color;
  std::optional<std::string> secondary_color;
  std::optional<std::string> logo_url;
  Time created_at;
  Time updated_at;
  std::optional<std::int64_t> user_count;
};
BOOST_DESCRIBE_STRUCT(Account,
                      (),
                      (id,
                       number,
                       name,
                       roles,
                       consultancy_account,
                       primary_color,
                       secondary_color,
                       logo_url,
                       created_at,
                       updated_at,
                       user_count))
constexpr auto rules(Of<Account>) {
  return std::tuple{
      field(&Account::id,
            {.text = "24 hex digits, one of them a letter.",
             .example = "\"65f1c0ffee00000000000001\""}),
      field(&Account::number, {.text = "Never used again."}),
      field(&Account::roles, {.text = "In alphabetical order.", .example = "[\"Prosumer\"]"}),
      field(&Account::consultancy_account,
            {.text = "The account whose consultants look after this one."}),
      field(&Account::user_count,
            {.text = "How many users belong to the account, and no part of its ETag. Not in lists.",
             .omit_null = true,
             .outside_etag = true})};
}

// What is said of a field stands once for NewAccount and AccountPatch. Types and lengths are looked
// at here; what the values may be is the service's, all of it, so that its errors come together.
constexpr Rule kNameRule{.text = "Unique whatever the case.",
                         .example = "\"Analytical Engines\"",
                         .never_null = true,
                         .min_length = 1,
                         .max_length = kMaxNameLength};
constexpr Rule kRolesRule{.text = "Any names of up to 80 characters, new ones too; admins only.",
                          .example = "[\"Prosumer\"]",
                          .never_null = true,
                          .max_items = kMaxRoles};
constexpr Rule kConsultancyRule{
    .text =
        "The id or number of the account whose consultants shall look after this one: not "
        "itself, nor one that it looks after, directly or not. Admins only.",
    .example = "1"};
constexpr Rule kColorRule{.text = "#rgb or #rrggbb.",
                          .example = "\"#1a3443\"",
                          .max_length = 7,
                          .pattern = "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"};
constexpr Rule kLogoUrlRule{.text = "An address with http or https.",
                            .example = "\"https://example.org/logo.svg\"",
                            .max_length = kMaxLogoUrlLength,
                            .format = "uri"};

struct NewAccount {
  std::string name;
  std::vector<std::string> roles;
  std::optional<IdOrNumber> consultancy_account;
  std::optional<std::string> primary_color;
  std::optional<std::string> secondary_color;
  std::optional<std::string> logo_url;
};
BOOST_DESCRIBE_STRUCT(NewAccount,
                      (),
                      (name, roles, consultancy_account, primary_color, secondary_color, logo_url))
constexpr auto rules(Of<NewAccount>) {
  Rule roles = kRolesRule;
  roles.optional = true;
  return std::tuple{field(&NewAccount::name, kNameRule),
                    field(&NewAccount::roles, roles),
                    field(&NewAccount::consultancy_account, kConsultancyRule),
                    field(&NewAccount::primary_color, kColorRule),
                    field(&NewAccount::secondary_color, kColorRule),
                    field(&NewAccount::logo_url, kLogoUrlRule)};
}

struct AccountPatch {
  Patch<std::string> name;
  Patch<std::vector<std::string>> roles;
  Patch<IdOrNumber> consultancy_account;
  Patch<std::string> primary_color;
  Patch<std::string> secondary_color;
  Patch<std::string> logo_url;
};
BOOST_DESCRIBE_STRUCT(AccountPatch,
                      (),
                      (name, roles, consultancy_account, primary_color, secondary_color, logo_url))
constexpr auto rules(Of<AccountPatch>) {
  return std::tuple{field(&AccountPatch::name, kNameRule),
                    field(&AccountPatch::roles, kRolesRule),
                    field(&AccountPatch::consultancy_account, kConsultancyRule),
                    field(&AccountPatch::primary_color, kColorRule),
                    field(&AccountPatch::secondary_color, kColorRule),
                    field(&AccountPatch::logo_url, kLogoUrlRule)};
}

enum class SortName : std::uint8_t {
  Name = static_cast<std::uint8_t>(AccountSort::Name),
  Created = static_cast<std::uint8_t>(AccountSort::Created),
};
BOOST_DESCRIBE_ENUM(SortName, Name, Created)
constexpr auto names(Of<SortName>) {
  return std::array{named(SortName::Name, "name"), named(SortName::Created, "created")};
}
BOOST_DESCRIBE_ENUM(SortOrder, Ascending, Descending)
constexpr auto names(Of<SortOrder>) {
  return std::array{named(SortOrder::Ascending, "asc"), named(SortOrder::Descending, "desc")};
}

struct AccountQuery {
  std::string text;
  std::string role;
  SortName sort = SortName::Name;
  SortOrder order = SortOrder::Ascending;
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(AccountQuery, (), (text, role, sort, order, limit, cursor))
constexpr auto rules(Of<AccountQuery>) {
  return std::tuple{
      field(&AccountQuery::text,
            {.text = "Words that must all occur in the name, whatever the case; quotes make one "
                     "word of several. At most 8 words.",
             .optional = true,
             .max_length = 500}),
      field(&AccountQuery::role,
            {.text = "Which have it; its exact name.",
             .optional = true,
             .max_length = kMaxRoleLength}),
      field(&AccountQuery::sort, {.text = "By folded name, or by age.", .optional = true}),
      field(&AccountQuery::order, {.text = "Ascending or descending.", .optional = true}),
      field(&AccountQuery::limit,
            {.text = "How many accounts one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&AccountQuery::cursor,
            {.text = "\"next\" of the page before. All other parameters must stay as they were.",
             .max_bytes = 4096})};
}

// As a list shows it, and as an answer about one account does.
Account to_wire(const StoredAccount& account);
Account to_wire(const AccountService::Counted& counted);
AccountChange to_change(const NewAccount& body);
AccountChange to_change(const AccountPatch& body);
// Malformed: too many words, or a cursor that is none (bad_cursor) or another list's
// (cursor_mismatch).
Result<AccountFilter> to_filter(const Call& call, const AccountQuery& query);
// The page of `rows`, which hold one more than the limit when there are more.
Page<Account> to_page(const Call& call, const AccountQuery& query, std::vector<StoredAccount> rows);

// The client's If-Match, about the account as the same client would read it. `call` outlives it.
StateCheck by_if_match(Call& call);

}  // namespace gatehouse::accounts
