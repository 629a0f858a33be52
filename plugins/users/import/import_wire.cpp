// SPDX-License-Identifier: Apache-2.0
#include "import_wire.hpp"

#include <gatehouse/reference.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {

const char* check_line_id(std::string_view text) {
  const bool good = is_object_id(text) && text.find_first_of("abcdef") != text.npos;
  return good ? "" : "is not 24 hex digits in lower case, one of them a letter";
}

const char* check_line_username(std::string_view text) {
  return check_username(normalise(text));
}

const char* check_line_email(std::string_view text) {
  return check_email(normalise(text));
}

StoredUser to_user(const UserLine& line) {
  StoredUser user;
  user.id = line.id.value_or("");
  user.number = line.number.value_or(0);
  user.username = normalise(line.username);
  if (line.email) user.email = normalise(*line.email);
  user.email_verified = line.email_verified;
  user.recovery_email = user.email;
  line.recovery_email.apply_to(user.recovery_email);
  user.first_name = line.first_name;
  user.last_name = line.last_name;
  user.timezone = line.timezone.value_or("");
  user.description = line.description;
  if (line.preferences) user.preferences = line.preferences->text;
  user.organization = line.organization;
  Roles roles;
  for (const RoleName name : line.roles) roles.add(static_cast<Role>(name));
  user.role_bits = roles.bits();
  user.active = line.active;
  user.locked = line.locked;
  user.expires_at = line.expires_at;
  user.password_expires_at = line.password_expires_at;
  user.clearance_bits = 0;
  for (const Clearance one : line.clearances) user.clearance_bits |= static_cast<std::int64_t>(one);
  user.can_inbox = line.can_inbox;
  user.api_access = line.api_access;
  user.created_at = line.created_at.value_or(Time{});
  user.updated_at = line.updated_at.value_or(Time{});
  user.last_login_at = line.last_login_at;
  user.previous_login_at = line.previous_login_at;
  user.last_seen_at = line.last_seen_at;
  return user;
}

UserLine to_line(const PlacedUser& placed) {
  const StoredUser& user = placed.user;
  UserLine line;
  line.id = user.id;
  line.number = user.number;
  line.username = user.username.value_or("");
  line.email = user.email;
  line.email_verified = user.email_verified;
  line.recovery_email.make_null();
  if (user.recovery_email) line.recovery_email = *user.recovery_email;
  line.first_name = user.first_name;
  line.last_name = user.last_name;
  line.timezone = user.timezone;
  line.description = user.description;
  if (user.preferences) line.preferences = RawJson{*user.preferences};
  line.organization = user.organization;
  if (placed.account) {
    // What looks like an id is read as one.
    const std::string& name = placed.account->name;
    line.account = IdOrNumber{is_object_id(name) ? placed.account->id : name, 0};
  }
  for (const Role role : all_roles()) {
    if (user.roles().has(role)) line.roles.push_back(static_cast<RoleName>(role));
  }
  line.active = user.active;
  line.locked = user.locked;
  line.expires_at = user.expires_at;
  line.password_expires_at = user.password_expires_at;
  line.clearances = clearances_of(user.clearance_bits);
  line.can_inbox = user.can_inbox;
  line.api_access = user.api_access;
  line.created_at = user.created_at;
  line.updated_at = user.updated_at;
  line.last_login_at = user.last_login_at;
  line.previous_login_at = user.previous_login_at;
  line.last_seen_at = user.last_seen_at;
  return line;
}

}  // namespace gatehouse::users
