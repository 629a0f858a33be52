// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <array>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

#include "last_admin.hpp"
#include "name_rules.hpp"

namespace gatehouse::users {
namespace {

constexpr std::size_t kMaxDescription = 4096;
constexpr std::size_t kMaxPreferencesBytes = 16 * 1024;

Error denied_field(std::string_view field) {
  Error error = denied();
  error.message = format("You may not change \"{}\" of this user.", field);
  return error;
}

// Collects what is wrong with the fields of one request.
class FieldErrors {
 public:
  void add(std::string_view pointer, std::string_view code, std::string_view detail) {
    if (!detail.empty()) {
      errors_.push_back({std::string(pointer), std::string(code), std::string(detail)});
    }
  }
  Result<None> result() && {
    if (errors_.empty()) return None{};
    Error error = invalid("", "");
    error.fields = std::move(errors_);
    return error;
  }

 private:
  std::vector<FieldError> errors_;
};

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

// How a password breaks its rules, for whoever will have it.
void check_password(FieldErrors& errors,
                    const PasswordRules& rules,
                    const StoredUser& owner,
                    std::string_view password) {
  if (const auto fault = judge_password(rules, password, owner)) {
    errors.add("/password", fault->code, fault->detail);
  }
}

void check_preferences(FieldErrors& errors, const std::optional<std::string>& preferences) {
  if (!preferences) return;
  if (!preferences->starts_with('{')) errors.add("/preferences", "type", "is not a JSON object");
  if (preferences->size() > kMaxPreferencesBytes) {
    errors.add("/preferences", "too_long", "is longer than 16 KiB");
  }
}

template <class T>
void check_not_null(FieldErrors& errors, std::string_view pointer, const Patch<T>& patch) {
  if (patch.is_null()) errors.add(pointer, "null", "cannot be null");
}

// Everything that is wrong with the fields of a change. What it does not touch may break newer
// rules and stays.
void check(FieldErrors& errors, const UserChange& change, bool managed) {
  if (change.username.is_null() && !managed) errors.add("/username", "required", "is required");
  if (const auto& username = change.username.value()) {
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
    errors.add("/account", "invalid", "cannot be chosen: this server has no accounts");
  }
  if (const auto& clearances = change.clearances.value()) {
    errors.add("/clearances", "invalid", check_clearances(*clearances));
  }
  check_not_null(errors, "/timezone", change.timezone);
  check_not_null(errors, "/description", change.description);
  check_not_null(errors, "/roles", change.roles);
  check_not_null(errors, "/active", change.active);
  check_not_null(errors, "/locked", change.locked);
  check_not_null(errors, "/clearances", change.clearances);
  check_not_null(errors, "/can_inbox", change.can_inbox);
  check_not_null(errors, "/api_access", change.api_access);
}

// A change that check() has nothing against, but of roles and account.
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

// Preferences are merged at every depth, and judged as what comes of it.
Result<UserChange> merged(UserChange change, const StoredUser& user) {
  if (!change.preferences.value()) return change;
  GATEHOUSE_TRY(auto preferences,
                merge_patch(user.preferences.value_or("{}"), *change.preferences.value()));
  change.preferences = std::move(preferences);
  return change;
}

// The fields that a change names, each with the right it needs. Roles are judged one by one.
struct Claim {
  const char* field;
  bool present;
  UserField right;
};
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

// Every role that differs needs its own right (contracts/v1.md, "Who gives or takes a role").
Result<None> permit_roles(const Principal& who,
                          const UserObject& object,
                          Roles wanted,
                          const PolicySettings& policy) {
  for (const Role role : all_roles()) {
    if (object.roles.has(role) == wanted.has(role)) continue;
    const RoleChange change = wanted.has(role) ? RoleChange::Give : RoleChange::Take;
    if (decide_role(who, change, role, object, policy) != Decision::Allowed) {
      Error error = denied();
      error.message = format("You may not {} the role \"{}\".",
                             change == RoleChange::Give ? "give" : "take away",
                             role_name(role));
      return error;
    }
  }
  return None{};
}

}  // namespace

UserService::UserService(Context& host,
                         const UserRepository& users,
                         const CredentialRepository& credentials,
                         PasswordService& passwords,
                         EmailChanges& email_changes,
                         const PasswordRules& password_rules,
                         std::string default_timezone)
    : host_(host),
      users_(users),
      credentials_(credentials),
      passwords_(passwords),
      email_changes_(email_changes),
      password_rules_(password_rules),
      default_timezone_(std::move(default_timezone)) {}

Result<UserService::Prepared> UserService::prepare(const UserDraft& draft) {
  const UserChange change = change_of(draft);
  Prepared prepared;
  StoredUser& user = prepared.user;
  user.timezone = default_timezone_;
  apply(change, user);
  FieldErrors errors;
  check(errors, change, false);
  if (draft.password) check_password(errors, password_rules_, user, *draft.password);
  GATEHOUSE_CHECK(std::move(errors).result());

  user.id = host_.random().object_id();
  user.recovery_email = user.email;
  user.created_at = host_.clock().now();
  user.updated_at = user.created_at;
  if (draft.password) prepared.hash = host_.passwords().hash(*draft.password);
  return prepared;
}

Result<StoredUser> UserService::store(Session& db, const Prepared& prepared) {
  StoredUser user = prepared.user;
  GATEHOUSE_TRY(user.number, users_.insert(db, user));
  if (prepared.hash) {
    GATEHOUSE_CHECK(credentials_.set_password(db, user.number, *prepared.hash, user.created_at));
  }
  db.audit({"user.created", user.number, user.account.value_or(0), {}, {}});
  return user;
}

Result<StoredUser> UserService::create(const Principal& who, const UserDraft& draft) {
  UserObject made;
  const bool anywhere =
      decide(who, UserAction::Administer, made, host_.policy()) == Decision::Allowed;
  if (!anywhere) made.account = who.account;  // whoever administers an account makes users of it
  if (decide(who, UserAction::Administer, made, host_.policy()) != Decision::Allowed)
    return denied();
  for (const Claim& claim : claims_of(change_of(draft))) {
    // Which account a user is born into is no move.
    if (!claim.present || claim.right == UserField::Account) continue;
    if (decide_field(who, claim.right, made, host_.policy()) != Decision::Allowed)
      return denied_field(claim.field);
  }
  GATEHOUSE_CHECK(permit_roles(who, made, draft.roles, host_.policy()));
  GATEHOUSE_TRY(Prepared prepared, prepare(draft));
  if (made.account != 0) prepared.user.account = made.account;
  return store_new(prepared);
}

Result<StoredUser> UserService::create_as_operator(const UserDraft& draft) {
  GATEHOUSE_TRY(const Prepared prepared, prepare(draft));
  return store_new(prepared);
}

// In a transaction of its own, with an invitation where there is no password.
Result<StoredUser> UserService::store_new(const Prepared& prepared) {
  return host_.storage().write([&](Session& db) -> Result<StoredUser> {
    GATEHOUSE_TRY(auto user, store(db, prepared));
    if (!prepared.hash) GATEHOUSE_CHECK(passwords_.invite(db, user));
    return user;
  });
}

Result<StoredUser> UserService::find(const Principal& who, const UserReference& reference) {
  return host_.storage().read([&](Session& db) -> Result<StoredUser> {
    GATEHOUSE_TRY(auto user, users_.find(db, reference));
    if (!user) return not_found();
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, as_object(*user), host_.policy())));
    return *std::move(user);
  });
}

Result<std::vector<StoredUser>> UserService::list(const Principal& who, UserFilter filter) {
  filter.sees = visibility(who);
  ++filter.limit;
  return host_.storage().read([&](Session& db) { return users_.list(db, filter); });
}

Result<std::vector<StoredUser>> UserService::list_as_operator(UserFilter filter) {
  filter.sees.all = true;
  ++filter.limit;
  return host_.storage().read([&](Session& db) { return users_.list(db, filter); });
}

// Whether `who` may make that change of the user, field by field.
Result<None> UserService::permit_change(Session& db,
                                        const Principal& who,
                                        const UserChange& change,
                                        const StoredUser& user) {
  const UserObject object = as_object(user);
  // Fields that stay as they are pass, so that the last admin is told what stands in the way.
  bool keeps_active = false;
  for (const Claim& claim : claims_of(change)) {
    if (!claim.present ||
        decide_field(who, claim.right, object, host_.policy()) == Decision::Allowed)
      continue;
    keeps_active =
        claim.right == UserField::Active &&
        decide_field(who, UserField::Organization, object, host_.policy()) == Decision::Allowed;
    if (!keeps_active) return denied_field(claim.field);
  }
  if (change.roles.value())
    GATEHOUSE_CHECK(permit_roles(who, object, *change.roles.value(), host_.policy()));
  StoredUser changed = user;
  apply(change, changed);
  if (is_lasting_admin(user) && !is_lasting_admin(changed)) {
    GATEHOUSE_CHECK(keep_an_admin(db, users_, user));
  }
  if (keeps_active && changed.active != user.active) return denied_field("active");
  return None{};
}

Result<StoredUser> UserService::change(const Principal& who,
                                       const UserReference& reference,
                                       const UserChange& asked,
                                       const RowCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<StoredUser> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    StoredUser user = *std::move(found);
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, as_object(user), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(user));
    GATEHOUSE_CHECK(permit_change(db, who, asked, user));
    GATEHOUSE_TRY(const UserChange change, merged(asked, user));
    FieldErrors errors;
    check(errors, change, user.manager.has_value());
    GATEHOUSE_CHECK(std::move(errors).result());
    std::vector<std::string> changed;
    for (const Claim& claim : claims_of(change)) {
      if (claim.present) changed.emplace_back(claim.field);
    }
    if (changed.empty()) return user;
    const StoredUser before = user;
    apply(change, user);
    user.updated_at = host_.clock().now();
    const bool just_signed_in = who.user == user.number && who.actor == 0 && who.method == "basic";
    GATEHOUSE_CHECK(email_changes_.begin(
        db,
        before,
        user,
        just_signed_in ? EmailChanges::SignIn::Recent : EmailChanges::SignIn::Old));
    if (!may_sign_in(user, user.updated_at)) {
      GATEHOUSE_CHECK(passwords_.void_codes(db, user.number));
    }
    GATEHOUSE_CHECK(users_.update(db, user));
    db.audit({"user.updated", user.number, user.account.value_or(0), std::move(changed), {}});
    return user;
  });
}

Result<None> UserService::erase(const Principal& who,
                                const UserReference& reference,
                                const RowCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto user, users_.find_to_change(db, reference));
    if (!user) return not_found();
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Delete, as_object(*user), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(*user));
    if (is_lasting_admin(*user)) GATEHOUSE_CHECK(keep_an_admin(db, users_, *user));
    const UserDeleted event{user->number, user->id, user->account.value_or(0)};
    GATEHOUSE_CHECK(host_.events().publish(db, event));
    GATEHOUSE_CHECK(users_.erase(db, user->number));
    db.audit({"user.deleted", user->number, user->account.value_or(0), {}, {}});
    return None{};
  });
}

}  // namespace gatehouse::users
