// Managed users as contracts/v1.md writes them. The names of the types are the names of the schemas
// in /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>

#include "managed_user_service.hpp"

namespace gatehouse::managed_users {

// What a manager works with; the same user stands whole at /v1/users/{id}.
struct ManagedUser {
  std::string id;
  std::int64_t number = 0;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string display_name;
  std::string timezone;
  std::string description;
  bool active = true;
  Time created_at;
  Time updated_at;
};
BOOST_DESCRIBE_STRUCT(ManagedUser,
                      (),
                      (id,
                       number,
                       first_name,
                       last_name,
                       display_name,
                       timezone,
                       description,
                       active,
                       created_at,
                       updated_at))
constexpr auto rules(Of<ManagedUser>) {
  return std::tuple{
      field(&ManagedUser::id,
            {.text = "That of the same user at /v1/users, and of whoever takes them over.",
             .example = "\"65f1c0ffee00000000000001\""}),
      field(&ManagedUser::number, {.text = "Never used again."}),
      field(&ManagedUser::display_name, {.text = "First and last name, else id."}),
      field(&ManagedUser::active, {.text = "Admins may change it, at /v1/users."})};
}

constexpr std::int64_t kMaxNameLength = 255;
constexpr Rule kNameRule{.max_length = kMaxNameLength};

struct NewManagedUser {
  std::string first_name;
  std::optional<std::string> last_name;
};
BOOST_DESCRIBE_STRUCT(NewManagedUser, (), (first_name, last_name))
constexpr auto rules(Of<NewManagedUser>) {
  return std::tuple{field(&NewManagedUser::first_name,
                          {.example = "\"Ada\"", .min_length = 1, .max_length = kMaxNameLength}),
                    field(&NewManagedUser::last_name, kNameRule)};
}

struct ManagedUserPatch {
  Patch<std::string> first_name;
  Patch<std::string> last_name;
  Patch<std::string> timezone;
  Patch<std::string> description;
};
BOOST_DESCRIBE_STRUCT(ManagedUserPatch, (), (first_name, last_name, timezone, description))
constexpr auto rules(Of<ManagedUserPatch>) {
  return std::tuple{
      field(&ManagedUserPatch::first_name, kNameRule),
      field(&ManagedUserPatch::last_name, kNameRule),
      field(&ManagedUserPatch::timezone,
            {.text = "A name of the IANA time zone database.",
             .example = "\"Europe/Berlin\"",
             .never_null = true,
             .max_length = 64}),
      field(&ManagedUserPatch::description, {.never_null = true, .max_length = 4096})};
}

struct NewOwner {
  std::string email;
  std::string username;
};
BOOST_DESCRIBE_STRUCT(NewOwner, (), (email, username))
constexpr auto rules(Of<NewOwner>) {
  return std::tuple{field(&NewOwner::email,
                          {.text = "Where the invitation goes; the user's address from then on.",
                           .example = "\"ada@example.org\"",
                           .max_length = 255,
                           .format = "email"}),
                    field(&NewOwner::username,
                          {.text = "Unique whatever the case, and nobody's e-mail address.",
                           .example = "\"ada\"",
                           .min_length = 1,
                           .max_length = 255})};
}

// A handover that waits.
struct Invitation {
  std::string email;
  std::string username;
  Time expires_at;
};
BOOST_DESCRIBE_STRUCT(Invitation, (), (email, username, expires_at))
constexpr auto rules(Of<Invitation>) {
  return std::tuple{
      field(&Invitation::email, {.example = "\"ada@example.org\""}),
      field(&Invitation::username, {.example = "\"ada\""}),
      field(&Invitation::expires_at, {.text = "Seven days after the mail has left."})};
}

struct ManagedUserQuery {
  std::string text;
  std::int64_t limit = 50;
  std::optional<std::string> cursor;
};
BOOST_DESCRIBE_STRUCT(ManagedUserQuery, (), (text, limit, cursor))
constexpr auto rules(Of<ManagedUserQuery>) {
  return std::tuple{
      field(&ManagedUserQuery::text,
            {.text = "Words that must all occur in first or last name, whatever the case; quotes "
                     "make one word of several. At most 8 words.",
             .optional = true,
             .max_length = 500}),
      field(&ManagedUserQuery::limit,
            {.text = "How many users one page has at most.",
             .optional = true,
             .has_minimum = true,
             .minimum = 1,
             .maximum = 1000}),
      field(&ManagedUserQuery::cursor,
            {.text = "\"next\" of the page before. All other parameters must stay as they were.",
             .max_bytes = 4096})};
}

ManagedUser to_wire(const UserRecord& user);
ManagedUserDraft to_draft(const NewManagedUser& body);
ManagedUserChange to_change(const ManagedUserPatch& body);
Handover to_handover(const NewOwner& body);
Invitation to_wire(const OpenHandover& handover);
// Malformed: too_many_words, bad_cursor, cursor_mismatch.
Result<ManagedUserFilter> to_filter(const Call& call, const ManagedUserQuery& query);
// The page of `rows`, which hold one more than the limit when there are more.
Page<ManagedUser> to_page(const Call& call,
                          const ManagedUserService& service,
                          const ManagedUserQuery& query,
                          std::vector<UserRecord> rows);

// The client's If-Match. Outlived by `call`.
UserEditor::Check by_if_match(Call& call);

}  // namespace gatehouse::managed_users
