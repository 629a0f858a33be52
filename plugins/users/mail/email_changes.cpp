// SPDX-License-Identifier: Apache-2.0
#include "email_changes.hpp"

#include <gatehouse/log.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/text.hpp>

#include "user_mails.hpp"

namespace gatehouse::users {
namespace {

bool is_same(const std::optional<std::string>& a, const std::optional<std::string>& b) {
  return a.has_value() == b.has_value() && (!a || fold(*a) == fold(*b));
}

Error wrong_code() {
  Error error = invalid("/code", "is wrong, was used, or has expired");
  error.fields.front().code = "wrong_code";
  return error;
}

}  // namespace

Result<None> EmailChanges::begin(Session& db,
                                 const StoredUser& before,
                                 StoredUser& after,
                                 SignIn sign_in) {
  if (is_same(before.email, after.email)) return None{};  // only the case of letters
  after.email_verified = false;
  GATEHOUSE_TRY(const auto earlier, codes_.find_change(db, after.number));
  GATEHOUSE_CHECK(codes_.drop(db, after.number, CodePurpose::EmailConfirm));
  if (earlier && is_same(earlier->old_email, after.email)) {  // undone by hand
    after.email_verified = earlier->old_verified;
    return forget(db, after.number);
  }
  GATEHOUSE_CHECK(codes_.put_change(db,
                                    {after.number,
                                     before.email,
                                     before.email_verified,
                                     before.recovery_email,
                                     sign_in == SignIn::Recent,
                                     host_.clock().now()}));
  if (after.email) GATEHOUSE_CHECK(host_.mail().queue(db, {kEmailConfirmMail, after.number}));
  if (before.recovery_email) {
    GATEHOUSE_CHECK(host_.mail().queue(db, {kEmailUndoMail, after.number}));
  }
  return None{};
}

Result<None> EmailChanges::confirm(std::string_view code) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto number,
                  codes_.take(db, code, CodePurpose::EmailConfirm, host_.clock().now()));
    if (!number) return wrong_code();
    GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", *number}));
    if (!user) return wrong_code();
    GATEHOUSE_TRY(const auto change, codes_.find_change(db, *number));
    user->email_verified = true;
    // The row stays: the old address may still undo it.
    if (change && (change->recent_sign_in || !change->old_recovery_email)) {
      user->recovery_email = user->email;
    }
    return store(db, *user, "user.email_confirmed");
  });
}

Result<None> EmailChanges::undo(std::string_view code) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto number,
                  codes_.take(db, code, CodePurpose::EmailUndo, host_.clock().now()));
    if (!number) return wrong_code();
    GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", *number}));
    GATEHOUSE_TRY(const auto change, codes_.find_change(db, *number));
    if (!user || !change) return wrong_code();
    user->email = change->old_email;
    user->email_verified = change->old_verified;
    user->recovery_email = change->old_recovery_email;
    // Whoever took the address over may have asked for a password with it.
    GATEHOUSE_CHECK(codes_.drop(db, *number, CodePurpose::PasswordReset));
    GATEHOUSE_CHECK(forget(db, *number));
    return store(db, *user, "user.email_undone");
  });
}

Result<None> EmailChanges::store(Session& db, StoredUser& user, std::string_view action) {
  user.updated_at = host_.clock().now();
  GATEHOUSE_CHECK(users_.update(db, user));
  db.audit({std::string(action),
            user.number,
            user.account.value_or(0),
            {"email", "email_verified", "recovery_email"},
            {}});
  return None{};
}

Result<None> EmailChanges::forget(Session& db, std::int64_t user) {
  GATEHOUSE_CHECK(codes_.drop(db, user, CodePurpose::EmailConfirm));
  GATEHOUSE_CHECK(codes_.drop(db, user, CodePurpose::EmailUndo));
  return codes_.drop_change(db, user);
}

void EmailChanges::follow() {
  const Time due = host_.clock().now() - kUndoLifetime;
  const auto waiting =
      host_.storage().read([&](Session& db) { return codes_.changed_before(db, due); });
  if (!waiting) return;  // the next round finds them
  for (const std::int64_t number : *waiting) {
    const auto followed = host_.storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", number}));
      GATEHOUSE_TRY(const auto change, codes_.find_change(db, number));
      // It may have been undone, or changed again, meanwhile.
      if (!user || !change || change->asked_at > due) return None{};
      GATEHOUSE_CHECK(forget(db, number));
      if (user->recovery_email == user->email) return None{};
      user->recovery_email = user->email;
      return store(db, *user, "user.recovery_email_followed");
    });
    if (!followed) {
      host_.log().warning("recovery_email_waits",
                          "The recovery address of user {} could not follow: {}",
                          number,
                          followed.error().message);
    }
  }
}

}  // namespace gatehouse::users
