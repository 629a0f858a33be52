// SPDX-License-Identifier: Apache-2.0
#include "email_changes.hpp"

#include <algorithm>

#include <gatehouse/log.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/text.hpp>

#include "user_mails.hpp"

namespace gatehouse::users {
namespace {

// Whether the two differ in nothing but the case of letters of ASCII. What folds alike may still be
// another domain ("strasse" and the one with a sharp s).
bool is_same(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  if (!a || !b) return !a && !b;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a->begin(), a->end(), b->begin(), b->end(), [&](char x, char y) {
    return lower(x) == lower(y);
  });
}

const EmailChange* find_change(const std::vector<EmailChange>& changes, std::int64_t number) {
  const auto found = std::find_if(
      changes.begin(), changes.end(), [&](const EmailChange& one) { return one.number == number; });
  return found == changes.end() ? nullptr : &*found;
}

}  // namespace

Result<None> EmailChanges::begin(Session& db,
                                 const StoredUser& before,
                                 StoredUser& after,
                                 SignIn sign_in) {
  if (is_same(before.email, after.email)) return None{};
  after.email_verified = false;
  GATEHOUSE_CHECK(codes_.drop(db, after.number, CodePurpose::EmailConfirm));

  // Who never had a password has nothing that the old address would protect, which may be a typing
  // error: the invitation goes to the new one.
  GATEHOUSE_TRY(const auto credential, credentials_.find(db, after.number));
  if (!credential) {
    GATEHOUSE_CHECK(move_recovery(db, after, after.email));
    if (!after.email) return None{};
    return host_.mail().queue(db, {kInvitationMail, after.number});
  }

  GATEHOUSE_TRY(const auto changes, codes_.changes_of(db, after.number));
  for (const EmailChange& earlier : changes) {
    if (is_same(earlier.old_email, after.email)) return take_back(db, after, earlier);
  }
  const std::int64_t number = changes.empty() ? 1 : changes.back().number + 1;
  GATEHOUSE_CHECK(codes_.insert_change(db,
                                       {after.number,
                                        number,
                                        before.email,
                                        before.email_verified,
                                        before.recovery_email,
                                        sign_in == SignIn::Recent,
                                        host_.clock().now()}));
  if (after.email) GATEHOUSE_CHECK(host_.mail().queue(db, {kEmailConfirmMail, after.number}));
  if (before.recovery_email) GATEHOUSE_CHECK(offer_undo(db, {after.number, number}));
  return None{};
}

Result<None> EmailChanges::offer_undo(Session& db, const CodeOwner& change) {
  MailOrder undo{kEmailUndoMail, change.user_number};
  undo.data = std::to_string(change.subject);
  return host_.mail().queue(db, undo);
}

Result<None> EmailChanges::begin_anew(Session& db) {
  GATEHOUSE_CHECK(codes_.drop_all(db));
  GATEHOUSE_TRY(const auto changes, codes_.list_undoable(db));
  for (const CodeOwner& change : changes) GATEHOUSE_CHECK(offer_undo(db, change));
  return None{};
}

Result<None> EmailChanges::confirm(std::string_view code) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto owner,
                  codes_.take(db, code, CodePurpose::EmailConfirm, host_.clock().now()));
    if (!owner) return wrong_code();
    GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", owner->user_number}));
    if (!user) return wrong_code();
    GATEHOUSE_TRY(const auto changes, codes_.changes_of(db, user->number));
    user->email_verified = true;
    // The change is kept: the address of before may still undo it.
    const bool follows =
        !changes.empty() && (changes.back().recent_sign_in || !changes.back().old_recovery_email);
    if (follows) GATEHOUSE_CHECK(move_recovery(db, *user, user->email));
    return store(db, *user, "user.email_confirmed");
  });
}

Result<None> EmailChanges::undo(std::string_view code) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto owner,
                  codes_.take(db, code, CodePurpose::EmailUndo, host_.clock().now()));
    if (!owner) return wrong_code();
    GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", owner->user_number}));
    if (!user) return wrong_code();
    GATEHOUSE_TRY(const auto changes, codes_.changes_of(db, user->number));
    const EmailChange* const change = find_change(changes, owner->subject);
    if (change == nullptr) return wrong_code();
    user->email = change->old_email;
    GATEHOUSE_CHECK(take_back(db, *user, *change));
    // Whoever took the address over may have asked for a password with it.
    GATEHOUSE_CHECK(codes_.drop(db, user->number, CodePurpose::PasswordReset));
    if (user->email) {
      // Somebody may have taken the address meanwhile. Theirs it is, but mails about the password
      // go to it all the same.
      GATEHOUSE_TRY(const auto holder, users_.find_by_name(db, *user->email));
      if (holder && holder->number != user->number) {
        user->email.reset();
        user->email_verified = false;
      }
    }
    return store(db, *user, "user.email_undone");
  });
}

Result<None> EmailChanges::take_back(Session& db, StoredUser& user, const EmailChange& change) {
  user.email_verified = change.old_verified;
  GATEHOUSE_CHECK(move_recovery(db, user, change.old_recovery_email));
  GATEHOUSE_CHECK(codes_.drop(db, user.number, CodePurpose::EmailConfirm));
  GATEHOUSE_CHECK(codes_.drop(db, user.number, CodePurpose::EmailUndo, {change.number}));
  return codes_.drop_changes(db, user.number, {change.number});
}

// Codes for a password that went to the address of before end.
Result<None> EmailChanges::move_recovery(Session& db,
                                         StoredUser& user,
                                         const std::optional<std::string>& address) {
  if (user.recovery_email == address) return None{};
  user.recovery_email = address;
  GATEHOUSE_CHECK(codes_.drop(db, user.number, CodePurpose::PasswordReset));
  return codes_.drop(db, user.number, CodePurpose::Invitation);
}

Result<None> EmailChanges::store(Session& db, StoredUser& user, std::string_view action) {
  user.updated_at = host_.clock().now();
  GATEHOUSE_CHECK(users_.update(db, user));
  AuditEvent event = event_about(action, user);
  event.changes = {"email", "email_verified", "recovery_email"};
  db.audit(event);
  return None{};
}

void EmailChanges::follow() {
  const Time due = host_.clock().now() - kUndoLifetime;
  const auto waiting =
      host_.storage().read([&](Session& db) { return codes_.changed_before(db, due); });
  if (!waiting) return;  // the next round finds them
  for (const EmailChange& change : *waiting) {
    if (const auto followed = follow(change, due); !followed) {
      host_.log().warning("recovery_email_waits",
                          "The recovery address of user {} could not follow: {}",
                          change.user_number,
                          followed.error().message);
    }
  }
}

Result<None> EmailChanges::follow(const EmailChange& change, Time due) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", change.user_number}));
    if (!user) return None{};
    GATEHOUSE_TRY(const auto changes, codes_.changes_of(db, user->number));
    const EmailChange* const still = find_change(changes, change.number);
    // It may have been undone, and the number used again, meanwhile.
    if (still == nullptr || still->asked_at > due) return None{};
    GATEHOUSE_CHECK(codes_.drop_changes(db, user->number, {change.number, change.number}));
    // After a later change it is that one's turn to wait.
    const bool is_last = still == &changes.back();
    if (!is_last || user->recovery_email == user->email) return None{};
    GATEHOUSE_CHECK(move_recovery(db, *user, user->email));
    return store(db, *user, "user.recovery_email_followed");
  });
}

}  // namespace gatehouse::users
