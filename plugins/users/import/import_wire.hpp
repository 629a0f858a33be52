// One user as a line of an import or export: the fields of contracts/v1.md, with the password's
// hash and without what is made of others. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>

#include "directory/user.hpp"
#include "directory/user_wire.hpp"

namespace gatehouse::users {

struct UserLine {
  std::optional<std::string> id;
  std::optional<std::int64_t> number;
  std::string username;
  std::optional<std::string> email;
  bool email_verified = false;
  Patch<std::string> recovery_email;  // absent: the e-mail address
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> timezone;
  std::string description;
  std::optional<RawJson> preferences;
  std::optional<std::string> organization;
  std::optional<IdOrNumber> account;  // or a name
  std::vector<RoleName> roles;
  bool active = true;
  bool locked = false;
  std::optional<Time> expires_at;
  std::optional<Time> password_expires_at;
  std::vector<Clearance> clearances = {Clearance::White};
  bool can_inbox = true;
  bool api_access = true;
  std::optional<Time> created_at;
  std::optional<Time> updated_at;
  std::optional<Time> last_login_at;
  std::optional<Time> previous_login_at;
  std::optional<Time> last_seen_at;
  std::optional<std::string> password;  // in clear; never written
  std::optional<std::string> password_hash;
};
BOOST_DESCRIBE_STRUCT(UserLine,
                      (),
                      (id,
                       number,
                       username,
                       email,
                       email_verified,
                       recovery_email,
                       first_name,
                       last_name,
                       timezone,
                       description,
                       preferences,
                       organization,
                       account,
                       roles,
                       active,
                       locked,
                       expires_at,
                       password_expires_at,
                       clearances,
                       can_inbox,
                       api_access,
                       created_at,
                       updated_at,
                       last_login_at,
                       previous_login_at,
                       last_seen_at,
                       password,
                       password_hash))

// What the rules below check; each returns "" or what is wrong.
const char* check_line_id(std::string_view text);
const char* check_line_username(std::string_view text);
const char* check_line_email(std::string_view text);

constexpr auto rules(Of<UserLine>) {
  // Whole microseconds, so that a line that comes back is the same user.
  constexpr Rule kTime{.time = TimeForm::IsoMicroseconds};
  constexpr Rule kOptional{.optional = true};
  constexpr Rule kName{.max_length = kMaxNameLength, .check = &check_line};
  return std::tuple{
      field(&UserLine::id, {.check = &check_line_id}),
      // Numbers go on after the highest, and must not run out.
      field(&UserLine::number,
            {.has_minimum = true,
             .minimum = 1,
             .maximum = std::numeric_limits<std::int64_t>::max() - (std::int64_t{1} << 32)}),
      field(&UserLine::username, {.min_length = 1, .check = &check_line_username}),
      field(&UserLine::email, {.check = &check_line_email}),
      field(&UserLine::email_verified, kOptional),
      field(&UserLine::recovery_email, {.check = &check_line_email}),
      field(&UserLine::first_name, kName),
      field(&UserLine::last_name, kName),
      field(&UserLine::timezone, {.check = &check_timezone}),
      field(&UserLine::description, {.optional = true, .max_length = 4096, .check = &check_lines}),
      field(&UserLine::preferences, {.max_bytes = 16 * 1024}),
      field(&UserLine::organization, kName),
      field(&UserLine::account, {.max_length = 100}),
      field(&UserLine::roles, kOptional),
      field(&UserLine::active, kOptional),
      field(&UserLine::locked, kOptional),
      field(&UserLine::expires_at, kTime),
      field(&UserLine::password_expires_at, kTime),
      field(&UserLine::clearances, kOptional),
      field(&UserLine::can_inbox, kOptional),
      field(&UserLine::api_access, kOptional),
      field(&UserLine::created_at, kTime),
      field(&UserLine::updated_at, kTime),
      field(&UserLine::last_login_at, kTime),
      field(&UserLine::previous_login_at, kTime),
      field(&UserLine::last_seen_at, kTime),
      field(&UserLine::password, {.omit_null = true}),
      field(&UserLine::password_hash, {.omit_null = true})};
}

// Names in their normal form; id, number and times are left as the line has them, or empty. The
// account is another plugin's affair.
StoredUser to_user(const UserLine& line);
// The account by its name, so that the line can be read elsewhere too.
UserLine to_line(const PlacedUser& placed);

}  // namespace gatehouse::users
