// SPDX-License-Identifier: Apache-2.0
#include "user_fields.hpp"

#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/text.hpp>

#include "name_rules.hpp"

namespace gatehouse::users {
namespace {

constexpr std::size_t kMaxDescription = 4096;
constexpr std::size_t kMaxPreferencesBytes = 16 * 1024;

void check_text(FieldErrors& errors,
                std::string_view pointer,
                std::string_view text,
                std::size_t limit,
                const char* wrong) {
  if (count_code_points(text) > limit) {
    errors.add(pointer, "too_long", format("is longer than {} characters", limit));
  } else {
    errors.add(pointer, "invalid", wrong);
  }
}

void check_name(FieldErrors& errors,
                std::string_view pointer,
                const std::optional<std::string>& text) {
  if (text) check_text(errors, pointer, *text, kMaxNameLength, check_line(*text));
}

void check_preferences(FieldErrors& errors, const std::optional<std::string>& preferences) {
  if (!preferences) return;
  if (!preferences->starts_with('{')) errors.add("/preferences", "type", "is not a JSON object");
  if (preferences->size() > kMaxPreferencesBytes) {
    errors.add("/preferences", "too_long", "is longer than 16 KiB");
  }
}

Roles without(Roles roles, Roles others) {
  return Roles::from_bits(roles.bits() & ~others.bits());
}

template <class T>
void check_not_null(FieldErrors& errors, std::string_view pointer, const Patch<T>& patch) {
  if (patch.is_null()) errors.add(pointer, "null", "cannot be null");
}

}  // namespace

void check(FieldErrors& errors, const UserChange& change, const UserForm& form) {
  if (change.username.is_null() && !form.managed)
    errors.add("/username", "required", "is required");
  if (form.has_no_login && change.username.value()) {
    errors.add("/username", "managed", "is for who has no manager: hand the user over to them");
  } else if (const auto& username = change.username.value()) {
    errors.add("/username", "invalid", check_username(normalise(*username)));
  }
  if (const auto& email = change.email.value()) {
    errors.add("/email", "invalid", check_email(normalise(*email)));
  }
  check_name(errors, "/first_name", change.first_name.value());
  check_name(errors, "/last_name", change.last_name.value());
  check_name(errors, "/organization", change.organization.value());
  if (const auto& text = change.description.value()) {
    check_text(errors, "/description", *text, kMaxDescription, check_lines(*text));
  }
  if (const auto& zone = change.timezone.value()) {
    errors.add("/timezone", "invalid", check_timezone(*zone));
  }
  check_preferences(errors, change.preferences.value());
  if (change.account.present()) {
    errors.add("/account", "invalid", form.account_fault);
  }
  if (const auto& clearances = change.clearances.value()) {
    errors.add("/clearances", "invalid", check_clearances(*clearances));
  }
  check_not_null(errors, "/timezone", change.timezone);
  check_not_null(errors, "/description", change.description);
  check_not_null(errors, "/roles", change.roles);
  if (form.managed && change.roles.value() && !change.roles.value()->empty()) {
    errors.add("/roles", "managed", "are for who has no manager: hand the user over to them");
  }
  check_not_null(errors, "/active", change.active);
  check_not_null(errors, "/locked", change.locked);
  check_not_null(errors, "/clearances", change.clearances);
  check_not_null(errors, "/can_inbox", change.can_inbox);
  check_not_null(errors, "/api_access", change.api_access);
}

void apply(const UserChange& change, StoredUser& user) {
  change.username.apply_to(user.username);
  change.email.apply_to(user.email);
  if (change.username.value()) user.username = normalise(*change.username.value());
  if (change.email.value()) user.email = normalise(*change.email.value());
  change.first_name.apply_to(user.first_name);
  change.last_name.apply_to(user.last_name);
  change.timezone.apply_to(user.timezone);
  change.description.apply_to(user.description);
  change.preferences.apply_to(user.preferences);
  change.organization.apply_to(user.organization);
  if (change.roles.value()) user.role_bits = change.roles.value()->bits();
  change.active.apply_to(user.active);
  change.locked.apply_to(user.locked);
  change.expires_at.apply_to(user.expires_at);
  change.password_expires_at.apply_to(user.password_expires_at);
  if (const auto& clearances = change.clearances.value()) {
    user.clearance_bits = 0;
    for (const Clearance one : *clearances) user.clearance_bits |= static_cast<std::int64_t>(one);
  }
  change.can_inbox.apply_to(user.can_inbox);
  change.api_access.apply_to(user.api_access);
}

std::vector<std::string> differences(const StoredUser& before, const StoredUser& after) {
  std::vector<std::string> fields;
  const auto compare = [&](const char* field, auto StoredUser::*member) {
    if (before.*member != after.*member) fields.emplace_back(field);
  };
  compare("username", &StoredUser::username);
  compare("email", &StoredUser::email);
  compare("first_name", &StoredUser::first_name);
  compare("last_name", &StoredUser::last_name);
  compare("timezone", &StoredUser::timezone);
  compare("description", &StoredUser::description);
  compare("preferences", &StoredUser::preferences);
  compare("organization", &StoredUser::organization);
  compare("roles", &StoredUser::role_bits);
  compare("active", &StoredUser::active);
  compare("locked", &StoredUser::locked);
  compare("expires_at", &StoredUser::expires_at);
  compare("password_expires_at", &StoredUser::password_expires_at);
  compare("clearances", &StoredUser::clearance_bits);
  compare("can_inbox", &StoredUser::can_inbox);
  compare("api_access", &StoredUser::api_access);
  return fields;
}

AuditEvent event_of_change(const StoredUser& before, const StoredUser& after) {
  AuditEvent event = event_about("user.updated", after);
  event.changes = differences(before, after);
  if (before.active != after.active) event.active = after.active;
  event.roles_added = without(after.roles(), before.roles());
  event.roles_removed = without(before.roles(), after.roles());
  return event;
}

Result<UserChange> merged(UserChange change, const StoredUser& user) {
  if (!change.preferences.value()) return change;
  GATEHOUSE_TRY(auto preferences,
                merge_patch(user.preferences.value_or("{}"), *change.preferences.value()));
  change.preferences = std::move(preferences);
  return change;
}

std::array<Claim, 17> claims_of(const UserChange& change) {
  return {{{"username", change.username.present(), UserField::Names},
           {"email", change.email.present(), UserField::Names},
           {"first_name", change.first_name.present(), UserField::Profile},
           {"last_name", change.last_name.present(), UserField::Profile},
           {"timezone", change.timezone.present(), UserField::Profile},
           {"description", change.description.present(), UserField::Profile},
           {"preferences", change.preferences.present(), UserField::Preferences},
           {"organization", change.organization.present(), UserField::Organization},
           {"account", change.account.present(), UserField::Account},
           {"roles", change.roles.present(), UserField::Profile},
           {"active", change.active.present(), UserField::Active},
           {"locked", change.locked.present(), UserField::Lifetime},
           {"expires_at", change.expires_at.present(), UserField::Lifetime},
           {"password_expires_at", change.password_expires_at.present(), UserField::Lifetime},
           {"clearances", change.clearances.present(), UserField::Standing},
           {"can_inbox", change.can_inbox.present(), UserField::Standing},
           {"api_access", change.api_access.present(), UserField::Standing}}};
}

Error denied_field(std::string_view field) {
  Error error = denied();
  error.message = format("You may not change \"{}\" of this user.", field);
  return error;
}

Result<None> permit_roles(const Principal& who,
                          const UserObject& object,
                          Roles wanted,
                          const PolicySettings& policy) {
  UserObject changed = object;  // step by step, so that what comes of it is judged in the end
  for (const Role role : all_roles()) {
    if (object.roles.has(role) == wanted.has(role)) continue;
    const RoleChange change = wanted.has(role) ? RoleChange::Give : RoleChange::Take;
    const Decision decision = decide_role(who, change, role, changed, policy);
    changed.roles = Roles::from_bits(changed.roles.bits() ^ Roles(role).bits());
    if (decision != Decision::Allowed) {
      Error error = denied();
      error.message = format("You may not {} the role \"{}\".",
                             change == RoleChange::Give ? "give" : "take away",
                             role_name(role));
      return error;
    }
  }
  return None{};
}

}  // namespace gatehouse::users
