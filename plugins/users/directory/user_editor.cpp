// SPDX-License-Identifier: Apache-2.0
#include "user_editor.hpp"

#include <gatehouse/random.hpp>

#include "sign_in/recent_sign_in.hpp"
#include "user_directory.hpp"
#include "user_fields.hpp"

namespace gatehouse::users {
namespace {

constexpr UserForm kManagedForm{true, "", true};

// Without a username, a name is all that tells managed users apart.
void check_named(FieldErrors& errors, const StoredUser& user) {
  if (user.first_name.value_or("").empty() && user.last_name.value_or("").empty()) {
    errors.add("/first_name", "required", "is required where there is no last name");
  }
}

UserChange as_change(const ManagedUserChange& change) {
  UserChange all;
  all.first_name = change.first_name;
  all.last_name = change.last_name;
  all.timezone = change.timezone;
  all.description = change.description;
  return all;
}

UserCheck on_record(const UserEditor::Check& check) {
  return [&check](const PlacedUser& current) { return check(as_record(current.user)); };
}

}  // namespace

Result<UserRecord> StoredUserEditor::create(const Principal& who, const UserDraft& draft) {
  GATEHOUSE_TRY(const PlacedUser made, service_.create(who, draft));
  return as_record(made.user);
}

Result<UserRecord> StoredUserEditor::change(const Principal& who,
                                            const IdOrNumber& user,
                                            const UserChange& change,
                                            const Check& is_as_seen) {
  GATEHOUSE_TRY(
      const PlacedUser changed,
      service_.change(who, user, change, on_record(is_as_seen), UserService::EmailProof::Welcome));
  return as_record(changed.user);
}

Result<None> StoredUserEditor::erase(const Principal& who,
                                     const IdOrNumber& user,
                                     const Check& is_as_seen) {
  return service_.erase(who, user, on_record(is_as_seen));
}

Result<StoredUser> StoredUserEditor::lock_manager(Session& db, const Principal& who) {
  if (who.actor != 0) return denied();
  GATEHOUSE_TRY(auto manager, users_.find_to_change(db, {"", who.user}));
  if (!manager) return unauthenticated();  // has been deleted since they signed in
  return *std::move(manager);
}

Result<StoredUser> StoredUserEditor::lock_managed(Session& db,
                                                  const Principal& who,
                                                  std::int64_t user,
                                                  UserAction action) {
  if (who.actor != 0) return denied();
  GATEHOUSE_TRY(auto found, users_.find_to_change(db, {"", user}));
  if (!found || found->manager != who.user) return not_found();
  GATEHOUSE_TRY(PlacedUser placed, accounts_.place(db, *std::move(found)));
  GATEHOUSE_CHECK(permit(decide(who, action, placed.as_object(), host_.policy())));
  return std::move(placed.user);
}

Result<UserRecord> StoredUserEditor::create_managed(Session& db,
                                                    const Principal& who,
                                                    const ManagedUserDraft& draft) {
  GATEHOUSE_TRY(const StoredUser manager, lock_manager(db, who));
  UserChange change;
  if (draft.first_name) change.first_name = *draft.first_name;
  if (draft.last_name) change.last_name = *draft.last_name;
  UserService::Prepared prepared;
  StoredUser& user = prepared.user;
  apply(change, user);
  FieldErrors errors;
  check(errors, change, kManagedForm);
  check_named(errors, user);
  GATEHOUSE_CHECK(std::move(errors).result());

  user.id = host_.random().object_id();
  user.timezone = default_timezone_;
  user.account = manager.account;
  user.manager = manager.number;
  user.created_at = host_.clock().now();
  user.updated_at = user.created_at;
  GATEHOUSE_TRY(user, service_.store(db, prepared));
  return as_record(user);
}

Result<std::int64_t> StoredUserEditor::count_managed(Session& db, const Principal& who) {
  GATEHOUSE_TRY(const StoredUser manager, lock_manager(db, who));
  return users_.count_managed_by(db, manager.number);
}

Result<UserRecord> StoredUserEditor::change_managed(Session& db,
                                                    const Principal& who,
                                                    std::int64_t number,
                                                    const ManagedUserChange& asked,
                                                    const Check& is_as_seen) {
  GATEHOUSE_TRY(StoredUser user, lock_managed(db, who, number, UserAction::Edit));
  GATEHOUSE_CHECK(is_as_seen(as_record(user)));
  const UserChange change = as_change(asked);
  const StoredUser before = user;
  apply(change, user);
  FieldErrors errors;
  check(errors, change, kManagedForm);
  if (change.first_name.present() || change.last_name.present()) check_named(errors, user);
  GATEHOUSE_CHECK(std::move(errors).result());
  const AuditEvent event = event_of_change(before, user);
  if (event.changes.empty()) return as_record(user);
  user.updated_at = host_.clock().now();
  GATEHOUSE_CHECK(users_.update(db, user));
  db.audit(event);
  return as_record(user);
}

Result<None> StoredUserEditor::erase_managed(Session& db,
                                             const Principal& who,
                                             std::int64_t number,
                                             const Check& is_as_seen) {
  GATEHOUSE_TRY(const StoredUser user, lock_managed(db, who, number, UserAction::Delete));
  GATEHOUSE_CHECK(is_as_seen(as_record(user)));
  return service_.erase(db, user);
}

Result<None> StoredUserEditor::hand_over(Session& db,
                                         const Principal& who,
                                         std::int64_t number,
                                         const Handover& to,
                                         const Check& is_as_seen) {
  GATEHOUSE_TRY(const StoredUser user, lock_managed(db, who, number, UserAction::HandOver));
  GATEHOUSE_CHECK(is_as_seen(as_record(user)));
  // What is given away here does not end with the credential.
  if (!has_just_signed_in(who, who.user, recent_sign_in_, host_.clock().now())) {
    return recent_sign_in_required();
  }
  return handovers_.begin(db, user, to);
}

Result<OpenHandover> StoredUserEditor::find_handover(Session& db,
                                                     const Principal& who,
                                                     std::int64_t number) {
  if (who.actor != 0) return denied();
  GATEHOUSE_TRY(const auto user, users_.find(db, {"", number}));
  if (!user || user->manager != who.user) return not_found();
  GATEHOUSE_TRY(const auto pending, handovers_.find(db, number));
  if (!pending) return not_found();
  return OpenHandover{{pending->email, pending->username}, pending->expires_at};
}

Result<None> StoredUserEditor::withdraw_handover(Session& db,
                                                 const Principal& who,
                                                 std::int64_t number) {
  GATEHOUSE_TRY(const StoredUser user, lock_managed(db, who, number, UserAction::Edit));
  GATEHOUSE_TRY(const bool withdrawn, handovers_.withdraw(db, user));
  if (!withdrawn) return not_found();
  return None{};
}

}  // namespace gatehouse::users
