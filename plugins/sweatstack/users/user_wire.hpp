// Users as seed document 002 writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gatehouse/body/describe.hpp>

#include "user_service.hpp"

namespace gatehouse::sweatstack {

struct UserSummary {
  std::string id;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::vector<std::string> scopes;
  std::string display_name;
  bool is_managed = false;
};
BOOST_DESCRIBE_STRUCT(UserSummary,
                      (),
                      (id, first_name, last_name, scopes, display_name, is_managed))
constexpr auto rules(Of<UserSummary>) {
  return std::tuple{
      field(&UserSummary::scopes,
            {.text = "What the caller may do with the user's data.", .example = "[\"data:read\"]"}),
      field(&UserSummary::is_managed, {.text = "Whether the caller manages the user."})};
}

struct UserResponse {
  std::string id;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  bool admin = false;
  Time registered_at;
  std::string display_name;
  bool is_managed = true;
};
BOOST_DESCRIBE_STRUCT(UserResponse,
                      (),
                      (id, first_name, last_name, admin, registered_at, display_name, is_managed))

// The seed sets no limit; the server's is 255 characters.
constexpr std::uint32_t kLongestName = 255;

// "" or what is wrong with a member that must be there and may be null.
const char* check_text_or_null(std::string_view json);

struct ManagedUserCreate {
  std::string first_name;
  RawJson last_name;  // required, though it may be null, which std::optional cannot say
};
BOOST_DESCRIBE_STRUCT(ManagedUserCreate, (), (first_name, last_name))
constexpr auto rules(Of<ManagedUserCreate>) {
  return std::tuple{
      field(&ManagedUserCreate::first_name, {.example = "\"Bob\"", .max_length = kLongestName}),
      field(&ManagedUserCreate::last_name,
            {.text = "A string of at most 255 characters, or null.",
             .example = "\"Smit\"",
             .check = &check_text_or_null})};
}

// Absent, null and empty: as it is. FastAPI takes an empty field of a form for one that is not
// there.
struct ManagedUserUpdate {
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
};
BOOST_DESCRIBE_STRUCT(ManagedUserUpdate, (), (first_name, last_name))
constexpr auto rules(Of<ManagedUserUpdate>) {
  return std::tuple{field(&ManagedUserUpdate::first_name, {.max_length = kLongestName}),
                    field(&ManagedUserUpdate::last_name, {.max_length = kLongestName})};
}

// The words for booleans are those of pydantic, in any case, which is more than routes read.
struct UserQuery {
  std::string include_managed = "true";
  std::string include_shared = "true";
  std::string name;
};
BOOST_DESCRIBE_STRUCT(UserQuery, (), (include_managed, include_shared, name))
constexpr auto rules(Of<UserQuery>) {
  return std::tuple{
      field(&UserQuery::include_managed,
            {.text = "true, t, yes, y, on, 1 or false, f, no, n, off, 0, in any case.",
             .optional = true}),
      field(&UserQuery::include_shared, {.text = "As include_managed.", .optional = true}),
      field(&UserQuery::name,
            {.text = "Only users whose display name contains this, whatever the case.",
             .optional = true,
             .max_length = 500})};
}

// What SweatStack answers to a deletion is not documented.
struct UserDeletion {
  std::string message = "User deleted";
};
BOOST_DESCRIBE_STRUCT(UserDeletion, (), (message))

UserSummary to_wire(AccessibleUser accessible);
UserResponse to_wire(const UserRecord& user);
ManagedUserDraft to_draft(const ManagedUserCreate& body);
ManagedUserChange to_change(const ManagedUserUpdate& body);
// InvalidArgument with every word that is none.
Result<UserFilter> to_filter(const UserQuery& query);

}  // namespace gatehouse::sweatstack
