// Users as FlexMeasures writes them. The names of the types are the names of the schemas in
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
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "accounts/account_wire.hpp"
#include "api/paging.hpp"

namespace gatehouse::flexmeasures {

// What all forms of a user have.
struct UserFields {
  std::optional<std::int64_t> account_id;
  bool active = true;
  std::string email;
  std::int64_t id = 0;
  std::optional<Time> last_login_at;
  std::optional<Time> last_seen_at;
  std::string timezone;
  std::string username;
};
BOOST_DESCRIBE_STRUCT(
    UserFields,
    (),
    (account_id, active, email, id, last_login_at, last_seen_at, timezone, username))
constexpr auto rules(Of<UserFields>) {
  return std::tuple{field(&UserFields::last_login_at,
                          {.text = "UTC, without a zone.", .time = TimeForm::IsoMicroseconds}),
                    field(&UserFields::last_seen_at,
                          {.text = "UTC, without a zone.", .time = TimeForm::IsoMicroseconds})};
}

// A user in the whole list: roles are numbers.
struct ListedUser : UserFields {
  std::vector<std::int64_t> flexmeasures_roles;
};
BOOST_DESCRIBE_STRUCT(ListedUser, (UserFields), (flexmeasures_roles))

// A user by itself.
struct User : UserFields {
  std::vector<std::int64_t> flexmeasures_roles;
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(User, (UserFields), (flexmeasures_roles, status))

// A user on a page: roles are names.
struct PagedUser : UserFields {
  std::optional<Account> account;
  std::vector<std::string> flexmeasures_roles;
};
BOOST_DESCRIBE_STRUCT(PagedUser, (UserFields), (account, flexmeasures_roles))

struct UserPage {
  std::vector<PagedUser> data;
  std::int64_t num_records = 0;
  std::int64_t filtered_records = 0;
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(UserPage, (), (data, num_records, filtered_records, status))
constexpr auto rules(Of<UserPage>) {
  return std::tuple{
      field(&UserPage::num_records,
            {.name = "num-records", .text = "Those that the caller may see, before the filter."}),
      field(&UserPage::filtered_records, {.name = "filtered-records"})};
}

// {"status": 200}
struct Done {
  std::int64_t status = 200;
};
BOOST_DESCRIBE_STRUCT(Done, (), (status))

enum class UserSortName : std::uint8_t { Username, Email, LastLogin, LastSeen };
BOOST_DESCRIBE_ENUM(UserSortName, Username, Email, LastLogin, LastSeen)
constexpr auto names(Of<UserSortName>) {
  return std::array{named(UserSortName::Username, "username"),
                    named(UserSortName::Email, "email"),
                    named(UserSortName::LastLogin, "lastLogin"),
                    named(UserSortName::LastSeen, "lastSeen")};
}

struct UserQuery {
  std::optional<std::int64_t> account_id;
  std::optional<std::int64_t> account;
  bool include_inactive = false;
  std::optional<std::int64_t> page;
  std::optional<std::int64_t> per_page;
  std::optional<std::int64_t> per_page_with_hyphen;
  std::string filter;
  std::optional<UserSortName> sort_by;
  std::optional<UserSortName> sort_by_with_hyphen;
  std::optional<SortDirection> sort_dir;
  std::optional<SortDirection> sort_dir_with_hyphen;
};
BOOST_DESCRIBE_STRUCT(UserQuery,
                      (),
                      (account_id,
                       account,
                       include_inactive,
                       page,
                       per_page,
                       per_page_with_hyphen,
                       filter,
                       sort_by,
                       sort_by_with_hyphen,
                       sort_dir,
                       sort_dir_with_hyphen))
constexpr auto rules(Of<UserQuery>) {
  return std::tuple{
      field(&UserQuery::account_id, {.text = "Only of this account.", .optional = true}),
      field(&UserQuery::account, {.text = "account_id.", .optional = true}),
      field(&UserQuery::include_inactive,
            {.text = "Those who are not active, too.", .optional = true}),
      field(&UserQuery::page, kPageRule),
      field(&UserQuery::per_page, kPerPageRule),
      field(&UserQuery::per_page_with_hyphen, kPerPageHyphenRule),
      field(&UserQuery::filter, kFilterRule),
      field(&UserQuery::sort_by, kSortByRule),
      field(&UserQuery::sort_by_with_hyphen, kSortByHyphenRule),
      field(&UserQuery::sort_dir, kSortDirRule),
      field(&UserQuery::sort_dir_with_hyphen, kSortDirHyphenRule)};
}

struct UserPatch {
  Patch<std::string> email;
  Patch<std::string> username;
  Patch<bool> active;
  Patch<std::string> timezone;
  Patch<std::vector<std::int64_t>> flexmeasures_roles;
  Patch<std::string> last_login_at;
  Patch<std::string> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(
    UserPatch,
    (),
    (email, username, active, timezone, flexmeasures_roles, last_login_at, last_seen_at))
const char* check_date_time(std::string_view text);
constexpr auto rules(Of<UserPatch>) {
  return std::tuple{
      field(&UserPatch::email,
            {.text = "Kept as it is written.",
             .example = "\"test_prosumer@seita.nl\"",
             .never_null = true,
             .max_length = 255,
             .format = "email"}),
      field(&UserPatch::username,
            {.example = "\"Test Prosumer User\"", .never_null = true, .max_length = 255}),
      field(&UserPatch::active, {.text = "Not one's own.", .never_null = true}),
      field(&UserPatch::timezone,
            {.text = "A name of the IANA database.",
             .example = "\"Europe/Amsterdam\"",
             .never_null = true,
             .max_length = 255}),
      field(
          &UserPatch::flexmeasures_roles,
          {.text = "Numbers: 1 admin, 2 admin-reader, 3 staff, 4 account-admin, 5 consultant. Not "
                   "one's own.",
           .example = "[4]",
           .never_null = true}),
      field(&UserPatch::last_login_at, {.text = "Ignored.", .check = &check_date_time}),
      field(&UserPatch::last_seen_at, {.text = "Ignored.", .check = &check_date_time})};
}

// What a client asks of the list of users.
struct UsersAsked {
  PageAsked page;
  std::optional<std::int64_t> account;
  UserListing listing;
};
Result<UsersAsked> to_asked(const UserQuery& query);

ListedUser to_listed(const UserRecord& user);
User to_answer(const UserRecord& user);
PagedUser to_paged(const UserRecord& user, std::optional<Account> account);

// The change, but for roles. Errors: InvalidArgument for null.
Result<UserChange> to_change(const UserPatch& body);
// What the rules of users have against it, in the dialect's words.
Error in_words(Error error, const UserPatch& body);

}  // namespace gatehouse::flexmeasures
