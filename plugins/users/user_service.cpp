// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <utility>

#include <gatehouse/events.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

#include "name_rules.hpp"

namespace gatehouse::users {
namespace {

constexpr std::size_t kMaxDescription = 4096;
constexpr std::size_t kMaxPreferencesBytes = 16 * 1024;

Result<None> permit(Decision decision) {
  switch (decision) {
    case Decision::Allowed:
      return None{};
    case Decision::Denied:
      return denied();
    case Decision::Unknown:
      return not_found();
  }
  return denied();
}

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

// Everything that is wrong with a user, and with the password that is to be theirs.
void check(FieldErrors& errors,
           const StoredUser& user,
           const std::optional<std::string>& password) {
  if (user.username) {
    errors.add("/username", "invalid", check_username(*user.username));
  } else if (!user.manager) {
    errors.add("/username", "required", "is required");
  }
  if (user.email) errors.add("/email", "invalid", check_email(*user.email));
  check_name(errors, "/first_name", user.first_name);
  check_name(errors, "/last_name", user.last_name);
  check_name(errors, "/organization", user.organization);
  check_text(
      errors, "/description", user.description, kMaxDescription, check_lines(user.description));
  errors.add("/timezone", "invalid", check_timezone(user.timezone));
  if (user.preferences && !user.preferences->starts_with('{')) {
    errors.add("/preferences", "type", "is not a JSON object");
  }
  if (user.preferences && user.preferences->size() > kMaxPreferencesBytes) {
    errors.add("/preferences", "too_long", "is longer than 16 KiB");
  }
  if (password) {
    errors.add("/password", "invalid", check_password(*password));
    if (names_owner(*password, user.username, user.email)) {
      errors.add("/password", "own_name", "is the username or the e-mail address");
    }
  }
}

template <class T>
void check_not_null(FieldErrors& errors, std::string_view pointer, const Patch<T>& patch) {
  if (patch.is_null()) errors.add(pointer, "null", "cannot be null");
}

// Every role that differs needs its own right (contracts/v1.md, "Who gives or takes a role").
Result<None> permit_roles(const Principal& who, const UserObject& object, Roles wanted) {
  for (const Role role : all_roles()) {
    if (object.roles.has(role) == wanted.has(role)) continue;
    const RoleChange change = wanted.has(role) ? RoleChange::Give : RoleChange::Take;
    if (decide_role(who, change, role, object) != Decision::Allowed) {
      Error error = denied();
      error.message = format("You may not {} the role \"{}\".",
                             change == RoleChange::Give ? "give" : "take away",
                             role_name(role));
      return error;
    }
  }
  return None{};
}

bool is_active_admin(const StoredUser& user) {
  return user.active && user.roles().has(Role::Admin);
}

}  // namespace

UserService::UserService(Context& host,
                         const UserRepository& users,
                         const CredentialRepository& credentials,
                         std::string default_timezone)
    : host_(host),
      users_(users),
      credentials_(credentials),
      default_timezone_(std::move(default_timezone)) {}

Result<UserService::Prepared> UserService::prepare(const UserDraft& draft) {
  StoredUser user;
  user.id = host_.random().object_id();
  user.username = normalise(draft.username);
  if (draft.email) user.email = normalise(*draft.email);
  user.recovery_email = user.email;
  user.first_name = draft.first_name;
  user.last_name = draft.last_name;
  user.timezone = draft.timezone.value_or(default_timezone_);
  user.description = draft.description;
  user.organization = draft.organization;
  user.role_bits = draft.roles.bits();
  user.active = draft.active;
  user.created_at = host_.clock().now();
  user.updated_at = user.created_at;
  FieldErrors errors;
  check(errors, user, draft.password);
  GATEHOUSE_CHECK(std::move(errors).result());

  Prepared prepared{std::move(user), {}};
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
  const UserObject nobody;
  if (decide(who, UserAction::Administer, nobody) != Decision::Allowed) return denied();
  GATEHOUSE_CHECK(permit_roles(who, nobody, draft.roles));
  return create_as_operator(draft);
}

Result<StoredUser> UserService::create_as_operator(const UserDraft& draft) {
  GATEHOUSE_TRY(const Prepared prepared, prepare(draft));
  return host_.storage().write([&](Session& db) { return store(db, prepared); });
}

Result<StoredUser> UserService::find(const Principal& who, const UserReference& reference) {
  return host_.storage().read([&](Session& db) -> Result<StoredUser> {
    GATEHOUSE_TRY(auto user, users_.find(db, reference));
    if (!user) return not_found();
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, as_object(*user))));
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

Result<None> UserService::apply(Session& db,
                                const Principal& who,
                                const UserChange& change,
                                StoredUser& user,
                                std::vector<std::string>& changed) {
  const UserObject object = as_object(user);
  const bool self = who.user == user.number && who.actor == 0;
  const bool edits = decide(who, UserAction::Edit, object) == Decision::Allowed;
  const bool administers = decide(who, UserAction::Administer, object) == Decision::Allowed;

  struct Claim {
    const char* field;
    bool present;
    bool permitted;
  };
  const Claim claims[] = {
      {"username", change.username.present(), self || administers},
      {"email", change.email.present(), self || administers},
      {"first_name", change.first_name.present(), edits},
      {"last_name", change.last_name.present(), edits},
      {"timezone", change.timezone.present(), edits},
      {"description", change.description.present(), edits},
      {"preferences", change.preferences.present(), self},
      {"organization", change.organization.present(), administers},
      {"active", change.active.present(), administers},
      {"roles", change.roles.present(), edits},  // and each role by itself, below
  };
  for (const Claim& claim : claims) {
    if (!claim.present) continue;
    if (!claim.permitted) return denied_field(claim.field);
    changed.emplace_back(claim.field);
  }

  const bool was_active_admin = is_active_admin(user);
  const bool was_active = user.active;
  if (change.roles.value()) {
    GATEHOUSE_CHECK(permit_roles(who, object, *change.roles.value()));
    user.role_bits = change.roles.value()->bits();
  }
  change.active.apply_to(user.active);
  // Before the rule for oneself, so that the last admin is told what stands in the way.
  if (was_active_admin && !is_active_admin(user)) GATEHOUSE_CHECK(keep_an_admin(db, user));
  if (self && user.active != was_active) return denied_field("active");

  change.username.apply_to(user.username);
  change.email.apply_to(user.email);
  if (change.username.value()) user.username = normalise(*change.username.value());
  if (change.email.value()) user.email = normalise(*change.email.value());
  if (change.email.present()) user.email_verified = false;
  change.first_name.apply_to(user.first_name);
  change.last_name.apply_to(user.last_name);
  change.timezone.apply_to(user.timezone);
  change.description.apply_to(user.description);
  change.preferences.apply_to(user.preferences);
  change.organization.apply_to(user.organization);

  FieldErrors errors;
  check_not_null(errors, "/timezone", change.timezone);
  check_not_null(errors, "/description", change.description);
  check_not_null(errors, "/roles", change.roles);
  check_not_null(errors, "/active", change.active);
  check(errors, user, {});
  return std::move(errors).result();
}

Result<StoredUser> UserService::change(const Principal& who,
                                       const UserReference& reference,
                                       const UserChange& change,
                                       const RowCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<StoredUser> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    StoredUser user = *std::move(found);
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, as_object(user))));
    GATEHOUSE_CHECK(is_as_seen(user));
    std::vector<std::string> changed;
    GATEHOUSE_CHECK(apply(db, who, change, user, changed));
    if (changed.empty()) return user;
    user.updated_at = host_.clock().now();
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
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Delete, as_object(*user))));
    GATEHOUSE_CHECK(is_as_seen(*user));
    if (is_active_admin(*user)) GATEHOUSE_CHECK(keep_an_admin(db, *user));
    const UserDeleted event{user->number, user->id, user->account.value_or(0)};
    GATEHOUSE_CHECK(host_.events().publish(db, event));
    GATEHOUSE_CHECK(users_.erase(db, user->number));
    db.audit({"user.deleted", user->number, user->account.value_or(0), {}, {}});
    return None{};
  });
}

Result<None> UserService::keep_an_admin(Session& db, const StoredUser& user) {
  GATEHOUSE_TRY(const bool others, users_.has_other_active_admin(db, user.number));
  if (others) return None{};
  return conflict("last_admin",
                  "This is the last active admin: make another one with `gatehouse user create "
                  "NAME --admin` first.");
}

Result<None> UserService::set_password_as_operator(std::string_view username,
                                                   std::string_view password) {
  GATEHOUSE_TRY(const auto user, host_.storage().read([&](Session& db) {
    return users_.find_by_name(db, username);
  }));
  if (!user) return not_found();
  FieldErrors errors;
  check(errors, *user, std::string(password));
  GATEHOUSE_CHECK(std::move(errors).result());
  const std::string hash = host_.passwords().hash(password);
  return host_.storage().write([&](Session& db) -> Result<None> {
    // The user may be gone meanwhile; then the number is nobody's, and never again somebody's.
    GATEHOUSE_TRY(const auto still, users_.find_to_change(db, {"", user->number}));
    if (!still) return not_found();
    GATEHOUSE_CHECK(credentials_.set_password(db, user->number, hash, host_.clock().now()));
    db.audit({"user.password_set", user->number, user->account.value_or(0), {}, {}});
    return None{};
  });
}

}  // namespace gatehouse::users
