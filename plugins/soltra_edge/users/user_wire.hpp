// Users as seed document 004 writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "links.hpp"

namespace gatehouse::soltra_edge {

struct User {
  std::string id;
  std::string url;
  Time date_joined;
  std::optional<Time> previous_login_date;
  RawJson preferences;
  std::string username;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string email;
  std::string description;
  bool is_active = true;
  bool is_superuser = false;
  bool is_staff = false;
  bool can_inbox = true;
  bool allow_rest_access = false;
  std::optional<std::string> organization;
  std::vector<Clearance> memberships;
  std::string access_tokens_url;
  std::string login_history_url;
};
BOOST_DESCRIBE_STRUCT(User,
                      (),
                      (id,
                       url,
                       date_joined,
                       previous_login_date,
                       preferences,
                       username,
                       first_name,
                       last_name,
                       email,
                       description,
                       is_active,
                       is_superuser,
                       is_staff,
                       can_inbox,
                       allow_rest_access,
                       organization,
                       memberships,
                       access_tokens_url,
                       login_history_url))
constexpr auto rules(Of<User>) {
  return std::tuple{
      field(&User::date_joined, {.time = TimeForm::IsoMicroseconds}),
      field(&User::previous_login_date,
            {.text = "The sign-in before the last one.", .time = TimeForm::IsoMicroseconds}),
      field(&User::preferences, {.text = "null, or what /v1 keeps in it."}),
      field(&User::username, {.text = "\"\" of managed users, who do not sign in."}),
      field(&User::email, {.text = "\"\" where there is none."})};
}

struct NewUser {
  std::string username;
  std::string password;
  std::string first_name;
  std::string last_name;
  std::string email;
  std::optional<std::string> description;
  std::optional<bool> is_active;
  std::optional<bool> is_superuser;
  std::optional<bool> is_staff;
  std::optional<bool> can_inbox;
  std::optional<bool> allow_rest_access;
  std::optional<std::string> organization;
  std::optional<std::vector<Clearance>> memberships;
};
BOOST_DESCRIBE_STRUCT(NewUser,
                      (),
                      (username,
                       password,
                       first_name,
                       last_name,
                       email,
                       description,
                       is_active,
                       is_superuser,
                       is_staff,
                       can_inbox,
                       allow_rest_access,
                       organization,
                       memberships))

struct UserPatch {
  Patch<std::string> username;
  Patch<std::string> first_name;
  Patch<std::string> last_name;
  Patch<std::string> email;
  Patch<std::string> description;
  Patch<bool> is_active;
  Patch<bool> is_superuser;
  Patch<bool> is_staff;
  Patch<bool> can_inbox;
  Patch<bool> allow_rest_access;
  Patch<std::string> organization;
  Patch<std::vector<Clearance>> memberships;
};
BOOST_DESCRIBE_STRUCT(UserPatch,
                      (),
                      (username,
                       first_name,
                       last_name,
                       email,
                       description,
                       is_active,
                       is_superuser,
                       is_staff,
                       can_inbox,
                       allow_rest_access,
                       organization,
                       memberships))
constexpr auto rules(Of<UserPatch>) {
  return std::tuple{field(&UserPatch::username, {.never_null = true}),
                    field(&UserPatch::email, {.never_null = true}),
                    field(&UserPatch::description, {.never_null = true}),
                    field(&UserPatch::is_active, {.never_null = true}),
                    field(&UserPatch::is_superuser, {.never_null = true}),
                    field(&UserPatch::is_staff, {.never_null = true}),
                    field(&UserPatch::can_inbox, {.never_null = true}),
                    field(&UserPatch::allow_rest_access, {.never_null = true}),
                    field(&UserPatch::memberships, {.never_null = true})};
}

// true, false, 1, 0, True or False, the last two of which Python's requests sends; nothing for
// other texts.
std::optional<bool> parse_truth(std::string_view text);

struct UserQuery : PageQuery {
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> is_active;
};
BOOST_DESCRIBE_STRUCT(UserQuery, (PageQuery), (first_name, last_name, email, username, is_active))
constexpr auto rules(Of<UserQuery>) {
  constexpr const char* kFuzzy = "A part of it, whatever the case.";
  return std::tuple{
      field(&UserQuery::first_name, {.text = kFuzzy, .max_length = 255}),
      field(&UserQuery::last_name, {.text = kFuzzy, .max_length = 255}),
      field(&UserQuery::email, {.text = kFuzzy, .max_length = 255}),
      field(&UserQuery::username, {.text = kFuzzy, .max_length = 255}),
      field(&UserQuery::is_active,
            {.text = "true, false, 1, 0, True or False.", .check = [](std::string_view text) {
               return parse_truth(text) ? "" : "must be a valid boolean";
             }})};
}

// The filters that were sent, for the links to other pages; they borrow the query's texts.
Filters filters_of(const UserQuery& query);
UserListing to_listing(const UserQuery& query);

User to_wire(const Links& links, const UserRecord& record);
UserDraft to_draft(const NewUser& body);
// What has to change in `current`: what is sent and is as it is already is nothing, so that clients
// may send back a whole record that they have read. Null where nothing may be is something that
// UserEditor refuses.
UserChange to_change(const UserPatch& body, const UserRecord& current);

// An Error of UserEditor in this dialect's words: its names of fields, and names that are taken as
// mistakes in the field.
Error to_wire(Error error);
// The same of a change: roles, which are fields of their own here, and null.
Error to_wire(Error error, const UserPatch& sent);

}  // namespace gatehouse::soltra_edge
