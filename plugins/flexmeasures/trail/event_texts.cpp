// SPDX-License-Identifier: Apache-2.0
#include "event_texts.hpp"

#include <gatehouse/text.hpp>

namespace gatehouse::flexmeasures {
namespace {

// FlexMeasures leaves passwords out of the log of the account.
constexpr std::string_view kAccountActions[] = {
    kAccountUpdated, "user.created", "user.deleted", "user.updated"};
constexpr std::string_view kUserActions[] = {"user.created",
                                             "user.deleted",
                                             "user.password_reset",
                                             "user.password_reset_confirmed",
                                             "user.password_set",
                                             "user.updated"};

// The number where there is no name: it was erased, or the trail has only the id, which clients do
// not know, of who is managed.
std::string name_of(const AuditEvent& event) {
  const bool has_name = !event.user_name.empty() && event.user_name != event.user_id;
  return has_name ? event.user_name : std::to_string(event.user);
}

std::string joined(const std::vector<std::string>& names, std::string_view separator) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += separator;
    out += name;
  }
  return out;
}

// Roles and the active status; all else of a user is not logged.
std::vector<std::string> texts_of_update(const AuditEvent& event) {
  std::string text;
  if (!event.roles_removed.empty()) {
    text += format("Removed role(s): [{}].", joined(role_names(event.roles_removed), ","));
  }
  if (!event.roles_added.empty()) {
    text += format("Added role(s): [{}].", joined(role_names(event.roles_added), ","));
  }
  if (event.active) {
    text += format("Active status set to '{}'.", *event.active ? "True" : "False");
  }
  if (text.empty()) return {};
  return {text};
}

std::string field_name(const std::string& field) {
  if (field == "consultancy_account") return "consultancy_account_id";
  if (field == "roles") return "account_roles";
  return field;
}

}  // namespace

std::span<const std::string_view> account_actions() {
  return kAccountActions;
}

std::span<const std::string_view> user_actions() {
  return kUserActions;
}

std::vector<std::string> event_texts(const AuditEvent& event) {
  const std::string name = name_of(event);
  if (event.action == "user.created") return {format("User {} created", name)};
  if (event.action == "user.deleted") return {format("User {} deleted", name)};
  if (event.action == "user.updated") return texts_of_update(event);
  if (event.action == "user.password_set") return {format("Password changed for user {}", name)};
  if (event.action == "user.password_reset_confirmed") {
    return {format("Password reset for user {}", name)};
  }
  if (event.action == "user.password_reset") {
    return {format("Password reset for user {}", name),
            format("Reset password instructions sent for user {}", name)};
  }
  if (event.action == kAccountUpdated) {
    std::vector<std::string> fields;
    fields.reserve(event.changes.size());
    for (const std::string& field : event.changes) fields.push_back(field_name(field));
    return {format("Account Updated, Field: {}", joined(fields, ", "))};
  }
  return {};
}

}  // namespace gatehouse::flexmeasures
