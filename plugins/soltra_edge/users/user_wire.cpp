// SPDX-License-Identifier: Apache-2.0
#include "user_wire.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <gatehouse/text.hpp>

namespace gatehouse::soltra_edge {
namespace {

// In the order of the document, each once.
std::vector<Clearance> in_order(std::vector<Clearance> memberships) {
  std::sort(memberships.begin(), memberships.end());
  memberships.erase(std::unique(memberships.begin(), memberships.end()), memberships.end());
  return memberships;
}

template <class T>
Patch<T> difference(const Patch<T>& sent, const T& current) {
  return sent.value() == current ? Patch<T>() : sent;
}
template <class T>
Patch<T> difference(const Patch<T>& sent, const std::optional<T>& current) {
  return sent.present() && sent.value() == current ? Patch<T>() : sent;
}

// Of what is shown as "" where there is none. To UserEditor null is none and "" a mistake: null,
// which is a mistake here, becomes one of those, to be told along with all others.
Patch<std::string> difference_from_shown(const Patch<std::string>& sent,
                                         const std::optional<std::string>& current) {
  if (sent.is_null()) return std::string();
  return difference(sent, current.value_or(""));
}

Roles with(Roles roles, Role role, bool held) {
  const Roles others = Roles::from_bits(roles.bits() & ~Roles(role).bits());
  return held ? others | role : others;
}

struct Name {
  std::string_view canonical;
  std::string_view here;
};
constexpr Name kNames[] = {{"/active", "/is_active"},
                           {"/api_access", "/allow_rest_access"},
                           {"/clearances", "/memberships"}};

// One field elsewhere is two here: what is wrong with it is so of each that was sent as null, if
// that is it, of each that was sent to be held, or where none was, of each that was sent.
void add_roles(const UserPatch& sent, const FieldError& wrong, std::vector<FieldError>& fields) {
  const std::string_view text = wrong.detail;
  const std::string detail =
      text.starts_with("are ") ? format("is {}", text.substr(4)) : wrong.detail;
  const bool is_any_held = sent.is_superuser.value() == true || sent.is_staff.value() == true;
  const auto is_meant = [&](const Patch<bool>& role) {
    if (wrong.code == "null") return role.is_null();
    return is_any_held ? role.value() == true : role.present();
  };
  const auto add = [&](const char* pointer, const Patch<bool>& role) {
    if (is_meant(role)) fields.push_back({pointer, wrong.code, detail});
  };
  add("/is_superuser", sent.is_superuser);
  add("/is_staff", sent.is_staff);
}

}  // namespace

std::optional<bool> parse_truth(std::string_view text) {
  if (text == "true" || text == "True" || text == "1") return true;
  if (text == "false" || text == "False" || text == "0") return false;
  return std::nullopt;
}

Filters filters_of(const UserQuery& query) {
  Filters filters;
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) filters.emplace_back(name, *value);
  };
  add("first_name", query.first_name);
  add("last_name", query.last_name);
  add("email", query.email);
  add("username", query.username);
  add("is_active", query.is_active);
  return filters;
}

UserListing to_listing(const UserQuery& query) {
  UserListing listing;
  listing.first_name = query.first_name.value_or("");
  listing.last_name = query.last_name.value_or("");
  listing.email = query.email.value_or("");
  listing.username = query.username.value_or("");
  if (query.is_active) listing.active = parse_truth(*query.is_active);
  listing.descending = false;  // so that who is new does not push others over to the next page
  listing.offset = query.offset();
  listing.limit = query.limit();
  return listing;
}

User to_wire(const Links& links, const UserRecord& record) {
  User user;
  user.id = record.id;
  user.url = links.user(record.id);
  user.date_joined = record.created_at;
  user.previous_login_date = record.previous_login_at;
  if (record.preferences) user.preferences.text = *record.preferences;
  user.username = record.username.value_or("");
  user.first_name = record.first_name;
  user.last_name = record.last_name;
  user.email = record.email.value_or("");
  user.description = record.description;
  user.is_active = record.active;
  user.is_superuser = record.roles.has(Role::Admin);
  user.is_staff = record.roles.has(Role::Staff);
  user.can_inbox = record.can_inbox;
  user.allow_rest_access = record.api_access;
  user.organization = record.organization;
  user.memberships = record.clearances;
  user.access_tokens_url = links.tokens(record.id);
  user.login_history_url = links.history(record.id);
  return user;
}

UserDraft to_draft(const NewUser& body) {
  UserDraft draft;
  draft.username = body.username;
  draft.password = body.password;
  draft.email = body.email;
  draft.first_name = body.first_name;
  draft.last_name = body.last_name;
  draft.description = body.description.value_or("");
  draft.organization = body.organization;
  draft.active = body.is_active.value_or(true);
  draft.roles = with(draft.roles, Role::Admin, body.is_superuser.value_or(false));
  draft.roles = with(draft.roles, Role::Staff, body.is_staff.value_or(false));
  if (body.can_inbox) draft.can_inbox = *body.can_inbox;
  draft.api_access = body.allow_rest_access.value_or(false);
  if (body.memberships) draft.clearances = in_order(*body.memberships);
  return draft;
}

UserChange to_change(const UserPatch& body, const UserRecord& current) {
  UserChange change;
  change.username = difference_from_shown(body.username, current.username);
  change.first_name = difference(body.first_name, current.first_name);
  change.last_name = difference(body.last_name, current.last_name);
  change.email = difference_from_shown(body.email, current.email);
  change.description = difference(body.description, current.description);
  change.active = difference(body.is_active, current.active);
  change.can_inbox = difference(body.can_inbox, current.can_inbox);
  change.api_access = difference(body.allow_rest_access, current.api_access);
  change.organization = difference(body.organization, current.organization);
  if (body.memberships.is_null()) change.clearances.make_null();
  if (const auto& memberships = body.memberships.value()) {
    change.clearances =
        difference(Patch<std::vector<Clearance>>(in_order(*memberships)), current.clearances);
  }
  Roles roles = current.roles;
  if (const auto& held = body.is_superuser.value()) roles = with(roles, Role::Admin, *held);
  if (const auto& held = body.is_staff.value()) roles = with(roles, Role::Staff, *held);
  if (roles != current.roles) change.roles = roles;
  if (body.is_superuser.is_null() || body.is_staff.is_null()) change.roles.make_null();
  return change;
}

Error to_wire(Error error) {
  if (error.reason == "username_taken" || error.reason == "email_taken") {
    const bool is_name = error.reason == "username_taken";
    return invalid(is_name ? "/username" : "/email", "belongs to another user");
  }
  for (FieldError& field : error.fields) {
    for (const Name& name : kNames) {
      if (field.pointer == name.canonical) field.pointer = name.here;
    }
  }
  return error;
}

Error to_wire(Error error, const UserPatch& sent) {
  error = to_wire(std::move(error));
  std::vector<FieldError> fields;
  for (FieldError& field : error.fields) {
    const bool is_null = (field.pointer == "/username" && sent.username.is_null()) ||
                         (field.pointer == "/email" && sent.email.is_null());
    if (is_null) field.code = "null";
    if (field.pointer == "/roles") {
      add_roles(sent, field, fields);
    } else {
      fields.push_back(std::move(field));
    }
  }
  error.fields = std::move(fields);
  return error;
}

}  // namespace gatehouse::soltra_edge
