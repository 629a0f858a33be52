// Users as WoTKit writes them (seed document 003, contract section 2). The names of the types are
// the names of the schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>

#include "user_service.hpp"

namespace gatehouse::wotkit {

constexpr std::uint32_t kMinUsernameLength = 4;  // seed document 003, "Creating/Registering a User"
constexpr std::uint32_t kMaxNameLength = 50;     // as the vendor's own client checks it
constexpr std::int64_t kMostShown = 1000;        // seed document 003, "limit"

constexpr const char* kTimeZoneExample = "\"Europe/Berlin\"";

// What there is of a user is text: what they do not have is "".
struct User {
  std::int64_t id = 0;
  std::string username;
  std::string email;
  std::string firstname;
  std::string lastname;
  bool enabled = true;
  bool account_non_expired = true;
  bool account_non_locked = true;
  bool credentials_non_expired = true;
  std::string time_zone;
};
BOOST_DESCRIBE_STRUCT(User,
                      (),
                      (id,
                       username,
                       email,
                       firstname,
                       lastname,
                       enabled,
                       account_non_expired,
                       account_non_locked,
                       credentials_non_expired,
                       time_zone))
constexpr auto rules(Of<User>) {
  return std::tuple{field(&User::id, {.text = "The user's number at /v1/users; never used again."}),
                    field(&User::account_non_expired, {.name = "accountNonExpired"}),
                    field(&User::account_non_locked, {.name = "accountNonLocked"}),
                    field(&User::credentials_non_expired, {.name = "credentialsNonExpired"}),
                    field(&User::time_zone, {.name = "timeZone", .example = kTimeZoneExample})};
}

struct NewUser {
  std::string username;
  std::string firstname;
  std::string lastname;
  std::string email;
  std::string password;
  std::optional<std::string> time_zone;
};
BOOST_DESCRIBE_STRUCT(NewUser, (), (username, firstname, lastname, email, password, time_zone))
constexpr Rule kNewNameRule{
    .text = "Nothing but blanks counts as no name.", .min_length = 1, .max_length = kMaxNameLength};
constexpr auto rules(Of<NewUser>) {
  return std::tuple{
      field(&NewUser::username,
            {.text = "Unique whatever the case, and not all digits.",
             .example = "\"sensetecnic\"",
             .min_length = kMinUsernameLength,
             .max_length = kMaxNameLength}),
      field(&NewUser::firstname, kNewNameRule),
      field(&NewUser::lastname, kNewNameRule),
      field(&NewUser::email, {.example = "\"info@sensetecnic.com\"", .format = "email"}),
      field(&NewUser::time_zone,
            {.name = "timeZone",
             .text = "A name of the IANA database; without one UTC.",
             .example = kTimeZoneExample})};
}

// What is absent or null stays. Of the first four lines nothing can be changed: what is sent has to
// be what is there.
struct UserUpdate {
  std::optional<std::int64_t> id;
  std::optional<std::string> username;
  std::optional<bool> enabled, account_non_expired;
  std::optional<bool> account_non_locked, credentials_non_expired;
  std::optional<std::string> email;
  std::optional<std::string> firstname;
  std::optional<std::string> lastname;
  std::optional<std::string> time_zone;
  std::optional<std::string> password;
};
BOOST_DESCRIBE_STRUCT(UserUpdate,
                      (),
                      (id,
                       username,
                       enabled,
                       account_non_expired,
                       account_non_locked,
                       credentials_non_expired,
                       email,
                       firstname,
                       lastname,
                       time_zone,
                       password))
constexpr auto rules(Of<UserUpdate>) {
  constexpr const char* kFixed = "Cannot be changed: only what is there already is taken.";
  constexpr const char* kName = "1 to 50 characters; nothing but blanks counts as no name.";
  return std::tuple{
      field(&UserUpdate::id, {.text = kFixed}),
      field(&UserUpdate::username, {.text = kFixed}),
      field(&UserUpdate::enabled, {.text = kFixed}),
      field(&UserUpdate::account_non_expired, {.name = "accountNonExpired", .text = kFixed}),
      field(&UserUpdate::account_non_locked, {.name = "accountNonLocked", .text = kFixed}),
      field(&UserUpdate::credentials_non_expired,
            {.name = "credentialsNonExpired", .text = kFixed}),
      field(&UserUpdate::firstname, {.text = kName}),
      field(&UserUpdate::lastname, {.text = kName}),
      field(&UserUpdate::time_zone, {.name = "timeZone", .example = kTimeZoneExample}),
      field(&UserUpdate::password, {.text = "Ends the user's sessions; they are told by mail."})};
}

struct UserQuery {
  std::string text;
  std::string reverse = "false";
  std::int64_t offset = 0;
  std::int64_t limit = kMostShown;
};
BOOST_DESCRIBE_STRUCT(UserQuery, (), (text, reverse, offset, limit))
const char* check_reverse(std::string_view text);
constexpr auto rules(Of<UserQuery>) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return std::tuple{field(&UserQuery::text,
                          {.text = "Occurs in username, first or last name, whatever the case.",
                           .optional = true,
                           .max_length = 500}),
                    field(&UserQuery::reverse,
                          {.text = "true or 1: the oldest first; false or 0: the newest.",
                           .optional = true,
                           .pattern = "^(true|false|1|0)$",
                           .check = &check_reverse}),
                    field(&UserQuery::offset,
                          {.text = "How many users to leave out.",
                           .optional = true,
                           .has_minimum = true,
                           .minimum = 0,
                           .maximum = kMost}),
                    field(&UserQuery::limit,
                          {.text = "How many users to show; more than 1000 is 1000.",
                           .optional = true,
                           .has_minimum = true,
                           .minimum = 0,
                           .maximum = kMost})};
}

// Of whoever was there at that time.
User to_wire(const UserRecord& user, Time now);
UserDraft to_draft(const NewUser& body);
UserFilter to_filter(const UserQuery& query);
// InvalidArgument: all that cannot be changed, and names that are too short or too long. A value
// that `seen` shows already counts as absent, so that what was read can be sent back.
Result<UserChange> to_change(const UserUpdate& body, const UserRecord& seen, Time now);
// Digits are a number, 24 hex digits an id, "me" is the caller, all else a username. NotFound:
// digits that are no number.
Result<UserName> parse_user(const Call& call, std::string_view segment);

}  // namespace gatehouse::wotkit
