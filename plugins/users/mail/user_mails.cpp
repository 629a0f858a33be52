// SPDX-License-Identifier: Apache-2.0
#include "user_mails.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <gatehouse/random.hpp>
#include <gatehouse/text.hpp>

#include "directory/user_directory.hpp"

namespace gatehouse::users {
namespace {

constexpr std::size_t kCodeLength = 27;  // 160 bits

std::optional<MailMessage> nothing() {
  return std::nullopt;
}

std::string in_words(std::chrono::seconds time) {
  const auto count = time.count();
  constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  const auto of = [](std::int64_t number, std::string_view unit) {
    return format("{} {}{}", number, unit, number == 1 ? "" : "s");
  };
  if (count >= 2 * kDay && count % kDay == 0) return of(count / kDay, "day");
  if (count >= kHour && count % kHour == 0) return of(count / kHour, "hour");
  if (count >= kMinute && count % kMinute == 0) return of(count / kMinute, "minute");
  return of(count, "second");
}

// Whom the letter is about.
std::int64_t number_in(const MailOrder& order) {
  std::int64_t number = 0;
  std::from_chars(order.data.data(), order.data.data() + order.data.size(), number);
  return number;
}

}  // namespace

void UserMails::add_composers() {
  add(kPasswordResetMail, &UserMails::password_reset);
  add(kPasswordTakenMail, &UserMails::password_taken);
  add(kPasswordChangedMail, &UserMails::password_changed);
  add(kInvitationMail, &UserMails::invitation);
  add(kAdminGrantedMail, &UserMails::admin_granted);
  add(kEmailConfirmMail, &UserMails::email_confirm);
  add(kEmailUndoMail, &UserMails::email_undo);
  add(kHandoverMail, &UserMails::handover, may_act);  // who is managed has no username
  add(kHandoverDoneMail, &UserMails::handover_done);
}

void UserMails::write_letters(std::string_view mount, PasswordLetters letters) {
  letters_.insert_or_assign(std::string(mount), std::move(letters));
}

void UserMails::add(const char* purpose, Write write, May may) {
  host_.mail().compose(purpose, [this, write, may](Session& db, const MailOrder& order) -> Letter {
    // To change: what is minted is for the user as they are now.
    if (order.user == 0) return nothing();  // nobody had the address that was asked about
    GATEHOUSE_TRY(const auto user, users_.find_to_change(db, {"", order.user}));
    if (!user || !may(*user, host_.clock().now())) return nothing();
    return (this->*write)(db, *user, order);
  });
}

Result<std::string> UserMails::mint(Session& db,
                                    const StoredUser& user,
                                    CodePurpose purpose,
                                    std::chrono::seconds lifetime,
                                    std::int64_t subject) {
  std::string code = host_.random().base62(kCodeLength);
  GATEHOUSE_CHECK(codes_.drop(db, user.number, purpose, {subject, subject}));
  GATEHOUSE_CHECK(
      codes_.insert(db, code, {user.number, subject}, purpose, host_.clock().now() + lifetime));
  return code;
}

UserMails::Letter UserMails::password_reset(Session& db,
                                            const StoredUser& user,
                                            const MailOrder& order) {
  if (!user.recovery_email) return nothing();
  GATEHOUSE_TRY(const std::string code,
                mint(db, user, CodePurpose::PasswordReset, reset_lifetime_));
  if (const auto letters = letters_.find(order.mount); letters != letters_.end()) {
    LetterWords words = letters->second.with_code(as_record(user), code, reset_lifetime_);
    return MailMessage{*user.recovery_email, std::move(words.subject), std::move(words.text)};
  }
  return MailMessage{
      *user.recovery_email,
      "Set a new password",
      format("Hello {},\n\n"
             "you, or an administrator, asked for a new password for the user \"{}\".\n"
             "Set it here, within {}:\n\n{}\n\n"
             "If you did not ask for it, you need not do anything.\n",
             display_name(user),
             *user.username,
             in_words(reset_lifetime_),
             host_.mail().reset_link(code))};
}

UserMails::Letter UserMails::password_taken(Session&,
                                            const StoredUser& user,
                                            const MailOrder& order) {
  const auto letters = letters_.find(order.mount);
  if (!user.recovery_email || letters == letters_.end() || !letters->second.taken_away) {
    return nothing();
  }
  LetterWords words = letters->second.taken_away(as_record(user));
  return MailMessage{*user.recovery_email, std::move(words.subject), std::move(words.text)};
}

UserMails::Letter UserMails::invitation(Session& db, const StoredUser& user, const MailOrder&) {
  if (!user.recovery_email) return nothing();
  GATEHOUSE_TRY(const std::string code,
                mint(db, user, CodePurpose::Invitation, kInvitationLifetime));
  return MailMessage{*user.recovery_email,
                     "You have been invited",
                     format("Hello {},\n\n"
                            "a user \"{}\" has been made for you.\n"
                            "Choose a password here, within {}:\n\n{}\n",
                            display_name(user),
                            *user.username,
                            in_words(kInvitationLifetime),
                            host_.mail().reset_link(code))};
}

UserMails::Letter UserMails::password_changed(Session&, const StoredUser& user, const MailOrder&) {
  if (!user.recovery_email) return nothing();
  return MailMessage{*user.recovery_email,
                     "Your password has been changed",
                     format("Hello {},\n\n"
                            "the password of the user \"{}\" has been changed.\n"
                            "If that was neither you nor an administrator whom you asked, set a "
                            "new one at once:\nask for it with this address, or tell an "
                            "administrator.\n",
                            display_name(user),
                            *user.username)};
}

UserMails::Letter UserMails::admin_granted(Session& db,
                                           const StoredUser& user,
                                           const MailOrder& order) {
  if (!user.recovery_email || !user.roles().has(Role::Admin)) return nothing();
  GATEHOUSE_TRY(const auto made, users_.find(db, {"", number_in(order)}));
  if (!made) return nothing();
  return MailMessage{*user.recovery_email,
                     "Somebody has been made an admin",
                     format("Hello {},\n\n"
                            "the user \"{}\" (number {}) has been made an admin.\n"
                            "If you do not know why, ask the other admins at once: an admin may do "
                            "everything.\n",
                            display_name(user),
                            made->username.value_or(made->id),
                            made->number)};
}

UserMails::Letter UserMails::email_confirm(Session& db, const StoredUser& user, const MailOrder&) {
  if (!user.email || user.email_verified) return nothing();
  GATEHOUSE_TRY(const std::string code,
                mint(db, user, CodePurpose::EmailConfirm, kConfirmLifetime));
  return MailMessage{*user.email,
                     "Confirm your e-mail address",
                     format("Hello {},\n\n"
                            "this is the new e-mail address of the user \"{}\".\n"
                            "Confirm here, within {}, that it is yours:\n\n{}\n\n"
                            "If you do not know of it, you need not do anything.\n",
                            display_name(user),
                            *user.username,
                            in_words(kConfirmLifetime),
                            host_.mail().link("/v1/email-changes/confirm/" + code))};
}

UserMails::Letter UserMails::email_undo(Session& db,
                                        const StoredUser& user,
                                        const MailOrder& order) {
  GATEHOUSE_TRY(const auto changes, codes_.changes_of(db, user.number));
  const auto change = std::find_if(changes.begin(), changes.end(), [&](const EmailChange& one) {
    return std::to_string(one.number) == order.data;
  });
  if (change == changes.end() || !change->old_recovery_email) return nothing();
  GATEHOUSE_TRY(const std::string code,
                mint(db, user, CodePurpose::EmailUndo, kUndoLifetime, change->number));
  return MailMessage{*change->old_recovery_email,
                     "Your e-mail address has been changed",
                     format("Hello {},\n\n"
                            "the e-mail address of the user \"{}\" has been changed, and mails "
                            "about the password\nwill go to the new one. If you did not want that, "
                            "take it back here, within {}:\n\n{}\n",
                            display_name(user),
                            *user.username,
                            in_words(kUndoLifetime),
                            host_.mail().link("/v1/email-changes/undo/" + code))};
}

UserMails::Letter UserMails::handover(Session& db, const StoredUser& user, const MailOrder&) {
  const Time now = host_.clock().now();
  GATEHOUSE_TRY(auto pending, handovers_.find(db, user.number, now));
  if (!pending || !user.manager) return nothing();
  GATEHOUSE_TRY(const auto manager, users_.find(db, {"", *user.manager}));
  if (!manager) return nothing();
  // The week begins when the letter leaves, which may be days after it was asked for.
  pending->expires_at = now + kInvitationLifetime;
  GATEHOUSE_CHECK(handovers_.put(db, *pending));
  GATEHOUSE_TRY(const std::string code, mint(db, user, CodePurpose::Handover, kInvitationLifetime));
  return MailMessage{pending->email,
                     "You have been invited to take over your data",
                     format("Hello {},\n\n"
                            "{} has looked after your data here and hands it over to you, as the "
                            "user \"{}\".\n"
                            "Choose a password here, within {}:\n\n{}\n\n"
                            "From then on {} has no access to it any more, unless you grant it.\n"
                            "If you do not know of this, you need not do anything.\n",
                            display_name(user),
                            display_name(*manager),
                            pending->username,
                            in_words(kInvitationLifetime),
                            host_.mail().reset_link(code),
                            display_name(*manager))};
}

UserMails::Letter UserMails::handover_done(Session& db,
                                           const StoredUser& user,
                                           const MailOrder& order) {
  if (!user.recovery_email) return nothing();
  GATEHOUSE_TRY(const auto heir, users_.find(db, {"", number_in(order)}));
  if (!heir) return nothing();
  return MailMessage{*user.recovery_email,
                     "Somebody whom you managed has taken over",
                     format("Hello {},\n\n"
                            "{} (number {}), whom you managed, has accepted your invitation.\n"
                            "The data is theirs now: you have no access to it any more, unless "
                            "they grant it.\n",
                            display_name(user),
                            display_name(*heir),
                            heir->number)};
}

}  // namespace gatehouse::users
