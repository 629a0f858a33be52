// Users, roles and lists as contracts/v1.md writes them, and what they are inside. The names of the
// types are the names of the schemas in /openapi.json. SPDX-License-Identifier: Apache-2.0
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

#include "accounts.hpp"
#include "name_rules.hpp"
#include "passwords/password_rules.hpp"
#include "user.hpp"

namespace gatehouse::users {

enum class RoleName : std::uint32_t {
  Admin = static_cast<std::uint32_t>(Role::Admin),
  AdminReader = static_cast<std::uint32_t>(Role::AdminReader),
  Staff = static_cast<std::uint32_t>(Role::Staff),
  AccountAdmin = static_cast<std::uint32_t>(Role::AccountAdmin),
  Consultant = static_cast<std::uint32_t>(Role::Consultant),
};
BOOST_DESCRIBE_ENUM(RoleName, Admin, AdminReader, Staff, AccountAdmin, Consultant)
constexpr auto names(Of<RoleName>) {
  return std::array{named(RoleName::Admin, "admin"),
                    named(RoleName::AdminReader, "admin-reader"),
                    named(RoleName::Staff, "staff"),
                    named(RoleName::AccountAdmin, "account-admin"),
                    named(RoleName::Consultant, "consultant")};
}

// Another object in short.
struct Reference {
  std::string id;
  std::int64_t number = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Reference, (), (id, number, name))

struct User {
  std::string id;
  std::int64_t number = 0;
  std::optional<std::string> username;
  std::string display_name;
  std::optional<std::string> email;
  bool email_verified = false;
  std::optional<std::string> recovery_email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string timezone;
  std::string description;
  std::optional<RawJson> preferences;
  std::optional<std::string> organization;
  std::optional<Reference> account;
  std::optional<Reference> manager;
  std::vector<RoleName> roles;
  bool active = true;
  bool locked = false;
  std::optional<Time> expires_at;
  std::optional<Time> password_expires_at;
  std::vector<Clearance> clearances;
  bool can_inbox = true;
  bool api_access = true;
  Time created_at;
  Time updated_at;
  std::optional<Time> last_login_at;
  std::optional<Time> previous_login_at;
  std::optional<Time> last_seen_at;
};
BOOST_DESCRIBE_STRUCT(User,
                      (),
                      (id,
                       number,
                       username,
                       display_name,
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
                       manager,
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
                       last_seen_at))
constexpr auto rules(Of<User>) {
  return std::tuple{
      field(&User::id,
            {.text = "24 hex digits, one of them a letter.",
             .example = "\"65f1c0ffee00000000000001\""}),
      field(&User::number, {.text = "Never used again."}),
      field(&User::username, {.text = "Null for managed users, who cannot sign in."}),
      field(&User::display_name, {.text = "First and last name, else username, else id."}),
      field(&User::recovery_email,
            {.text = "Where mails about the password go. Null for all but the user, admins, and "
                     "staff where they administer the user."}),
      field(&User::preferences, {.text = "A JSON object the user keeps for applications."}),
      field(&User::account, {.text = "Null on a server without the plugin accounts."}),
      field(&User::manager, {.text = "Who looks after a managed user; else null."}),
      field(&User::api_access,
            {.text = "False: the API is closed but for /v1/users/me and the own password. Admins "
                     "and staff are not affected."}),
      field(&User::last_login_at,
            {.text = "The last sign-in; of HTTP Basic once an hour for each client.",
             .outside_etag = true}),
      field(&User::previous_login_at, {.text = "The one before the last.", .outside_etag = true}),
      field(&User::last_seen_at,
            {.text = "The last request, to some minutes.", .outside_etag = true})};
}

// What is said of names, e-mail addresses and so on stands once for NewUser and UserPatch. Types
// and lengths are looked at here; what the values may be is the service's, all of it, so that its
// errors come together.
constexpr Rule kUsernameRule{.text = "Unique whatever the case, and nobody's e-mail address.",
                             .example = "\"ada\"",
                             .never_null = true,
                             .min_length = 1,
                             .max_length = kMaxNameLength};
constexpr Rule kEmailRule{.text = "Unique whatever the case; kept as written.",
                          .example = "\"ada@example.org\"",
                          .max_length = kMaxNameLength,
                          .format = "email"};
constexpr Rule kNameRule{.max_length = kMaxNameLength};
constexpr Rule kTimezoneRule{.text = "A name of the IANA time zone database.",
                             .example = "\"Europe/Berlin\"",
                             .never_null = true,
                             .max_length = 64};
constexpr Rule kDescriptionRule{.never_null = true, .max_length = 4096};
constexpr Rule kPreferencesRule{.text = "A JSON object; only for oneself.",
                                .example = "{\"theme\":\"dark\"}",
                                .max_bytes = 16 * 1024};
constexpr Rule kPasswordRule{.text =
                                 "8 to 1,024 bytes. Without one the user is invited by mail to set "
                                 "one; who has no e-mail address cannot sign in.",
                             .example = "\"enchantress of number\"",
                             .max_bytes = kMaxPasswordBytes,
                             .format = "password"};
constexpr Rule kActiveRule{.text = "Who is not active cannot sign in.", .optional = true};
constexpr Rule kLockedRule{.text = "Who is locked cannot sign in; admins only.",
                           .never_null = true};
constexpr Rule kExpiresRule{.text = "From then on the user cannot sign in; admins only."};
constexpr Rule kPasswordExpiresRule{
    .text = "From then on the password does not hold any more; admins only."};
constexpr Rule kClearancesRule{.text = "In this order, each at most once; admins and staff.",
                               .example = "[\"WHITE\", \"GREEN\"]",
                               .never_null = true,
                               .max_items = 4};
constexpr Rule kStandingRule{.text = "Admins and staff.", .never_null = true};
constexpr Rule kAccountRule{
    .text =
        "An account's id or number; by default that of whoever is no admin or staff, else the "
        "default account. 422 on a server without the plugin accounts.",
    .example = "1"};

struct NewUser {
  std::string username;
  std::optional<std::string> password;
  std::optional<std::string> email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> timezone;
  std::optional<std::string> description;
  Patch<RawJson> preferences;
  std::optional<std::string> organization;
  std::optional<IdOrNumber> account;
  std::vector<RoleName> roles;
  bool active = true;
  Patch<bool> locked;
  Patch<Time> expires_at;
  Patch<Time> password_expires_at;
  Patch<std::vector<Clearance>> clearances;
  Patch<bool> can_inbox;
  Patch<bool> api_access;
};
BOOST_DESCRIBE_STRUCT(NewUser,
                      (),
                      (username,
                       password,
                       email,
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
                       api_access))
constexpr auto rules(Of<NewUser>) {
  return std::tuple{field(&NewUser::username, kUsernameRule),
                    field(&NewUser::password, kPasswordRule),
                    field(&NewUser::email, kEmailRule),
                    field(&NewUser::first_name, kNameRule),
                    field(&NewUser::last_name, kNameRule),
                    field(&NewUser::timezone, kTimezoneRule),
                    field(&NewUser::description, kDescriptionRule),
                    field(&NewUser::preferences, kPreferencesRule),
                    field(&NewUser::organization, kNameRule),
                    field(&NewUser::account, kAccountRule),
                    field(&NewUser::roles, {.optional = true}),
                    field(&NewUser::active, kActiveRule),
                    field(&NewUser::locked, kLockedRule),
                    field(&NewUser::expires_at, kExpiresRule),
                    field(&NewUser::password_expires_at, kPasswordExpiresRule),
                    field(&NewUser::clearances, kClearancesRule),
                    field(&NewUser::can_inbox, kStandingRule),
                    field(&NewUser::api_access, kStandingRule)};
}

struct UserMove {
  IdOrNumber account;
};
BOOST_DESCRIBE_STRUCT(UserMove, (), (account))
constexpr auto rules(Of<UserMove>) {
  return std::tuple{field(&UserMove::account,
                          {.text = "The id or number of the account to go to.", .example = "1"})};
}

struct UserPatch {
  Patch<std::string> username;
  Patch<std::string> email;
  Patch<std::string> first_name;
  Patch<std::string> last_name;
  Patch<std::string> timezone;
  Patch<std::string> description;
  Patch<RawJson> preferences;
  Patch<std::string> organization;
  Patch<IdOrNumber> account;
  Patch<std::vector<RoleName>> roles;
  Patch<bool> active;
  Patch<bool> locked;
  Patch<Time> expires_at;
  Patch<Time> password_expires_at;
  Patch<std::vector<Clearance>> clearances;
  Patch<bool> can_inbox;
  Patch<bool> api_access;
};
BOOST_DESCRIBE_STRUCT(UserPatch,
                      (),
                      (username,
                       email,
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
                       api_access))
constexpr auto rules(Of<UserPatch>) {
  return std::tuple{
      field(&UserPatch::username, kUsernameRule),
      field(&UserPatch::email, kEmailRule),
      field(&UserPatch::first_name, kNameRule),
      field(&UserPatch::last_name, kNameRule),
      field(&UserPatch::timezone, kTimezoneRule),
      field(&UserPatch::description, kDescriptionRule),
      field(&UserPatch::preferences, kPreferencesRule),
      field(&UserPatch::organization, kNameRule),
      field(&UserPatch::account, {.text = "Not changed here: POST /v1/users/{user}/move does it."}),
      field(&UserPatch::roles, {.never_null = true}),
      field(&UserPatch::active, {.never_null = true}),
      field(&UserPatch::locked, kLockedRule),
      field(&UserPatch::expires_at, kExpiresRule),
      field(&UserPatch::password_expires_at, kPasswordExpiresRule),
      field(&UserPatch::clearances, kClearancesRule),
      field(&UserPatch::can_inbox, kStandingRule),
      field(&UserPatch::api_access, kStandingRule)};
}

enum class ActiveFilter : std::uint8_t { True, False, Any };
BOOST_DESCRIBE_ENUM(ActiveFilter, True, False, Any)
constexpr auto names(Of<ActiveFilter>) {
  return std::array{named(ActiveFilter::True, "true"),
                    named(ActiveFilter::False, "false"),
                    named(ActiveFilter::Any, "any")};
}
enum class SortName : std::uint8_t {
  Created = static_cast<std::uint8_t>(UserSort::Created),
  Username = static_cast<std::uint8_t>(UserSort::Username),
  Email = static_cast<std::uint8_t>(UserSort::Email),
  LastLogin = static_cast<std::uint8_t>(UserSort::LastLogin),
};
BOOST_DESCRIBE_ENUM(SortName, Created, Username, Email, LastLogin)
constexpr auto names(Of<SortName>) {
  return std::array{named(SortName::Created, "created"),
                    named(SortName::Username, "username"),
                    named(SortName::Email, "email"),
                    named(SortName::LastLogin, "last_login")};
}
BOOST_DESCRIBE_ENUM(SortOrder, Ascending, Descending)
constexpr auto names(Of<SortOrder>) {
  return std::array{named(SortOrder::Ascending, "asc"), named(SortOrder::Descending, "desc")};
}

struct UserQuery {
  std::string text;
  std::string username;
  std::string email;
  std::string first_name;
  std::string last_name;
  ActiveFilter active = ActiveFilter::True;
  std::optional<IdOrNumber> account;
  std::optional<RoleName> role;
  SortName sort = SortName::Created;
  SortOrder order = SortOrder::Descending;
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(UserQuery,
                      (),
                      (text,
                       username,
                       email,
                       first_name,
                       last_name,
                       active,
                       account,
                       role,
                       sort,
                       order,
                       limit,
                       cursor))
constexpr Rule kSubstringRule{
    .text = "What must occur in it, whatever the case.", .optional = true, .max_length = 255};
constexpr auto rules(Of<UserQuery>) {
  return std::tuple{
      field(&UserQuery::text,
            {.text =
                 "Words that must all occur in username, first name, last name or e-mail address, "
                 "whatever the case; quotes make one word of several. At most 8 words.",
             .optional = true,
             .max_length = 500}),
      field(&UserQuery::username, kSubstringRule),
      field(&UserQuery::email, kSubstringRule),
      field(&UserQuery::first_name, kSubstringRule),
      field(&UserQuery::last_name, kSubstringRule),
      field(&UserQuery::active,
            {.text = "Whether users who cannot sign in are shown.", .optional = true}),
      field(&UserQuery::account,
            {.text = "The id or number of an account that the caller can reach, 400 otherwise and "
                     "on a server without the plugin accounts.",
             .example = "\"1\"",
             .max_length = 24}),
      field(&UserQuery::role, {.text = "Who has it."}),
      field(&UserQuery::sort,
            {.text = "By last_login, who never signed in comes before all others.",
             .optional = true}),
      field(&UserQuery::order, {.text = "Ascending or descending.", .optional = true}),
      field(&UserQuery::limit,
            {.text = "How many users one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&UserQuery::cursor,
            {.text = "\"next\" of the page before. All other parameters must stay as they were.",
             .max_bytes = 4096})};
}

// Of a list that takes none.
struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct RoleInfo {
  std::string id;
  std::int64_t number = 0;
  RoleName name = RoleName::Admin;
  std::string description;
  std::vector<std::string> permissions;
};
BOOST_DESCRIBE_STRUCT(RoleInfo, (), (id, number, name, description, permissions))

// The user as `who` may see it.
User to_wire(const Principal& who, const PolicySettings& policy, const PlacedUser& placed);
UserDraft to_draft(const NewUser& body);
UserChange to_change(const UserPatch& body);
// All but the account. Malformed: too many words, or a cursor that is none (bad_cursor) or another
// list's (cursor_mismatch).
Result<UserFilter> to_filter(const Call& call, const UserQuery& query);
// The page of `rows`, which hold one more than the limit when there are more.
Page<User> to_page(const Call& call,
                   const PolicySettings& policy,
                   const UserQuery& query,
                   std::vector<PlacedUser> rows);
RoleInfo to_wire(Role role, std::vector<std::string> permissions);

// The client's If-Match, about the user as the same client would read it. Both outlive it.
UserCheck by_if_match(Call& call, const PolicySettings& policy);

}  // namespace gatehouse::users
