// SPDX-License-Identifier: Apache-2.0
#include "user_wire.hpp"

#include <string_view>
#include <utility>

#include <gatehouse/field_errors.hpp>
#include <gatehouse/text.hpp>
#include <gatehouse/time.hpp>

#include "api/answers.hpp"
#include "api/field_words.hpp"
#include "api/search_filter.hpp"
#include "role_numbers.hpp"

namespace gatehouse::flexmeasures {
namespace {

UserListing::Sort to_sort(UserSortName name) {
  switch (name) {
    case UserSortName::Username:
      return UserListing::Sort::Username;
    case UserSortName::Email:
      return UserListing::Sort::Email;
    case UserSortName::LastLogin:
      return UserListing::Sort::LastLogin;
    case UserSortName::LastSeen:
      return UserListing::Sort::LastSeen;
  }
  return UserListing::Sort::Created;
}

// Clients expect texts; who is managed has neither name nor address.
UserFields to_fields(const UserRecord& user) {
  UserFields fields;
  if (user.account != 0) fields.account_id = user.account;
  fields.active = user.active;
  fields.email = user.email.value_or("");
  fields.id = user.number;
  fields.last_login_at = user.last_login_at;
  fields.last_seen_at = user.last_seen_at;
  fields.timezone = user.timezone;
  fields.username = user.username.value_or(user.display_name);
  return fields;
}

template <class T>
void check_not_null(FieldErrors& errors, std::string_view pointer, const Patch<T>& patch) {
  if (patch.is_null()) errors.add(pointer, "null", "cannot be null");
}

}  // namespace

const char* check_date_time(std::string_view text) {
  const bool good = parse_rfc3339(text) || parse_rfc3339(std::string(text) + "Z");
  return good ? "" : "Not a valid datetime";
}

Result<UsersAsked> to_asked(const UserQuery& query) {
  UsersAsked asked;
  GATEHOUSE_TRY(asked.page, page_asked(query.page, query.per_page, query.per_page_with_hyphen));
  UserListing& listing = asked.listing;
  GATEHOUSE_TRY(listing.text, search_text(query.filter));
  listing.text_in = UserListing::kUsername | UserListing::kEmail | UserListing::kAccountName;
  asked.account = query.account_id ? query.account_id : query.account;
  listing.account = asked.account.value_or(0);
  if (!query.include_inactive) listing.active = true;
  listing.descending = false;  // the order of the numbers
  const auto sort_by = query.sort_by ? query.sort_by : query.sort_by_with_hyphen;
  const auto sort_dir = query.sort_dir ? query.sort_dir : query.sort_dir_with_hyphen;
  if (!sort_by || !sort_dir) return asked;
  listing.sort = to_sort(*sort_by);
  listing.descending = *sort_dir == SortDirection::Descending;
  return asked;
}

ListedUser to_listed(const UserRecord& user) {
  return {to_fields(user), role_numbers(user.roles)};
}

User to_answer(const UserRecord& user) {
  return {to_fields(user), role_numbers(user.roles)};
}

PagedUser to_paged(const UserRecord& user, std::optional<Account> account) {
  return {to_fields(user), std::move(account), role_names(user.roles)};
}

Result<UserChange> to_change(const UserPatch& body) {
  FieldErrors errors;
  check_not_null(errors, "/email", body.email);
  check_not_null(errors, "/username", body.username);
  check_not_null(errors, "/active", body.active);
  check_not_null(errors, "/timezone", body.timezone);
  check_not_null(errors, "/flexmeasures_roles", body.flexmeasures_roles);
  GATEHOUSE_CHECK(std::move(errors).result());
  UserChange change;
  change.email = body.email;
  change.username = body.username;
  change.active = body.active;
  change.timezone = body.timezone;
  return change;
}

Error in_words(Error error, const UserPatch& body) {
  if (error.reason == "username_taken") return duplicate_user("The user name is taken.");
  if (error.reason == "email_taken") return duplicate_user("The e-mail address is taken.");
  for (FieldError& fault : error.fields) {
    if (fault.pointer == "/timezone") {
      fault.code = kOwnWords;
      fault.detail =
          format("Timezone {} doesn't exist.", body.timezone.value().value_or(std::string()));
    }
    if (fault.pointer.starts_with("/roles")) fault.pointer = "/flexmeasures_roles";
  }
  return error;
}

}  // namespace gatehouse::flexmeasures
