// SPDX-License-Identifier: Apache-2.0
#include "user_wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/field_errors.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::sweatstack {
namespace {

constexpr std::array<std::string_view, 6> kTrue{"true", "t", "yes", "y", "on", "1"};
constexpr std::array<std::string_view, 6> kFalse{"false", "f", "no", "n", "off", "0"};

bool is_one_of(const std::array<std::string_view, 6>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string lower(std::string_view text) {
  std::string word(text);
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

bool read_boolean(std::string_view pointer, std::string_view text, FieldErrors& errors) {
  const std::string word = lower(text);
  const bool is_true = is_one_of(kTrue, word);
  if (!is_true && !is_one_of(kFalse, word)) errors.add(pointer, "type", "must be true or false");
  return is_true;
}

// Of a text that check_text_or_null() has passed.
std::optional<std::string> text_or_null(const RawJson& json) {
  if (json.text == "null") return std::nullopt;
  auto text = decode_json<std::string>(json.text);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

}  // namespace

const char* check_text_or_null(std::string_view json) {
  if (json == "null") return "";
  const auto text = decode_json<std::string>(json);
  if (!text) return "must be a string";
  return count_code_points(*text) > kLongestName ? "must have at most 255 characters" : "";
}

UserSummary to_wire(AccessibleUser accessible) {
  UserRecord& user = accessible.user;
  UserSummary body;
  body.id = std::move(user.id);
  body.first_name = std::move(user.first_name);
  body.last_name = std::move(user.last_name);
  body.scopes = std::move(accessible.scopes);
  body.display_name = std::move(user.display_name);
  body.is_managed = accessible.reason == AccessReason::Managed;
  return body;
}

UserResponse to_wire(const UserRecord& user) {
  UserResponse body;
  body.id = user.id;
  body.first_name = user.first_name;
  body.last_name = user.last_name;
  body.admin = user.roles.has(Role::Admin);
  body.registered_at = user.created_at;
  body.display_name = user.display_name;
  body.is_managed = user.manager != 0;
  return body;
}

ManagedUserDraft to_draft(const ManagedUserCreate& body) {
  return {body.first_name, text_or_null(body.last_name)};
}

ManagedUserChange to_change(const ManagedUserUpdate& body) {
  ManagedUserChange change;
  const auto says = [](const std::optional<std::string>& name) { return name && !name->empty(); };
  if (says(body.first_name)) change.first_name = *body.first_name;
  if (says(body.last_name)) change.last_name = *body.last_name;
  return change;
}

Result<UserFilter> to_filter(const UserQuery& query) {
  FieldErrors errors;
  UserFilter filter;
  filter.managed = read_boolean("?include_managed", query.include_managed, errors);
  filter.shared = read_boolean("?include_shared", query.include_shared, errors);
  filter.name = query.name;
  GATEHOUSE_CHECK(std::move(errors).result());
  return filter;
}

}  // namespace gatehouse::sweatstack
