// SPDX-License-Identifier: Apache-2.0
#include "account_wire.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <gatehouse/field_errors.hpp>
#include <gatehouse/text.hpp>

#include "api/answers.hpp"
#include "api/field_words.hpp"
#include "api/search_filter.hpp"

namespace gatehouse::flexmeasures {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// FlexMeasures takes a colour without "#" and keeps it so; the accounts here are shared with other
// APIs, in which all colours have it.
void read_color(FieldErrors& errors,
                std::string_view pointer,
                const Patch<std::string>& sent,
                Patch<std::string>& color) {
  color = sent;
  const auto& value = sent.value();
  if (!value) return;
  const std::string_view digits = std::string_view(*value).substr(value->starts_with('#') ? 1 : 0);
  const bool good = (digits.size() == 3 || digits.size() == 6) &&
                    std::all_of(digits.begin(), digits.end(), is_hex);
  if (good) {
    color.emplace() = "#" + std::string(digits);
  } else {
    errors.add(pointer, kOwnWords, format("{} is not a valid hex color code.", *value));
  }
}

std::string wrong_url(std::string_view url) {
  return format("'{}' is not a valid URL.", url);
}

}  // namespace

Result<AccountsAsked> to_asked(const AccountQuery& query) {
  AccountsAsked asked;
  GATEHOUSE_TRY(asked.page, page_asked(query.page, query.per_page, query.per_page_with_hyphen));
  GATEHOUSE_TRY(asked.listing.text, search_text(query.filter));
  asked.listing.role = query.role;
  asked.listing.sort = AccountListing::Sort::Created;  // the order of the numbers
  const auto sort_by = query.sort_by ? query.sort_by : query.sort_by_with_hyphen;
  const auto sort_dir = query.sort_dir ? query.sort_dir : query.sort_dir_with_hyphen;
  if (!sort_by || !sort_dir) return asked;
  asked.sorts_by = *sort_by;
  asked.listing.descending = *sort_dir == SortDirection::Descending;
  if (*sort_by == AccountSortName::Name) asked.listing.sort = AccountListing::Sort::Name;
  return asked;
}

Account to_wire(const AccountRecord& account, const AccountRoles::Ids& role_ids) {
  Account body;
  for (const std::string& role : account.roles) {
    const auto id = role_ids.find(role);
    if (id != role_ids.end()) body.account_roles.push_back({id->second, role});
  }
  if (account.consultancy != 0) body.consultancy_account_id = account.consultancy;
  body.id = account.number;
  body.logo_url = account.logo_url;
  body.name = account.name;
  body.primary_color = account.primary_color;
  body.secondary_color = account.secondary_color;
  return body;
}

AnsweredAccount to_answer(const AccountRecord& account, const AccountRoles::Ids& role_ids) {
  return {to_wire(account, role_ids)};
}

Result<AccountChange> to_change(const AccountPatch& body) {
  AccountChange change;
  FieldErrors errors;
  if (body.name.is_null()) errors.add("/name", "null", "cannot be null");
  if (body.account_roles.is_null()) errors.add("/account_roles", "null", "cannot be null");
  change.name = body.name;
  read_color(errors, "/primary_color", body.primary_color, change.primary_color);
  read_color(errors, "/secondary_color", body.secondary_color, change.secondary_color);
  change.logo_url = body.logo_url;
  if (const auto& url = body.logo_url.value(); url && url->find("://") == std::string::npos) {
    errors.add("/logo_url", kOwnWords, wrong_url(*url));
  }
  if (body.consultancy_account_id.is_null()) change.consultancy_account.make_null();
  if (const auto& number = body.consultancy_account_id.value()) {
    change.consultancy_account.emplace() = {"", *number};
  }
  GATEHOUSE_CHECK(std::move(errors).result());
  return change;
}

Error in_words(Error error, const AccountPatch& body) {
  if (error.code == ErrorCode::Conflict && error.reason == "name_taken") {
    return wrong_field(
        "/name",
        format("An account with name '{}' already exists.", body.name.value().value_or("")));
  }
  for (FieldError& fault : error.fields) {
    if (fault.pointer == "/consultancy_account") {
      return plain_error(ErrorCode::InvalidArgument, "Invalid consultancy_account_id");
    }
    if (fault.pointer == "/logo_url") {
      fault.code = kOwnWords;
      fault.detail = wrong_url(body.logo_url.value().value_or(""));
    }
    if (fault.pointer.starts_with("/roles")) fault.pointer.insert(1, "account_");
  }
  return error;
}

}  // namespace gatehouse::flexmeasures
