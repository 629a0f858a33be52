// SPDX-License-Identifier: Apache-2.0
#include "password_service.hpp"

#include <tuple>
#include <utility>

#include <gatehouse/beside_request.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

#include "directory/last_admin.hpp"
#include "mail/user_mails.hpp"
#include "sign_in/recent_sign_in.hpp"

namespace gatehouse::users {
namespace {

// What no password has (security.md 15).
constexpr std::string_view kNoPassword = "!";

Error wrong_field(std::string_view pointer, std::string_view code, std::string_view detail) {
  Error error = invalid(pointer, "{}", detail);
  error.fields.front().code = code;
  return error;
}

// RFC 5321 4.5.3.1.3; an address that begins with "-" is taken for an option by some mailers.
bool can_get_mail(const StoredUser& user) {
  constexpr std::size_t kMaxAddress = 254;
  const auto& address = user.recovery_email;
  return address && address->size() <= kMaxAddress && !address->starts_with('-');
}

Error no_sign_in() {
  return conflict("no_sign_in",
                  "This user cannot sign in: managed users never can, others when they are active "
                  "again, and neither locked nor expired.");
}

}  // namespace

PasswordService::PasswordService(Context& host,
                                 const Accounts& accounts,
                                 const UserRepository& users,
                                 const CredentialRepository& credentials,
                                 const CodeRepository& codes,
                                 const Throttle& throttle,
                                 const Settings& settings)
    : host_(host),
      accounts_(accounts),
      users_(users),
      credentials_(credentials),
      codes_(codes),
      throttle_(throttle),
      settings_(settings) {}

Result<None> PasswordService::judge(std::string_view pointer,
                                    std::string_view password,
                                    const StoredUser& owner) const {
  if (const auto fault = judge_password(settings_.rules, password, owner)) {
    return wrong_field(pointer, fault->code, fault->detail);
  }
  return None{};
}

Result<None> PasswordService::set(const Principal& who,
                                  const UserReference& reference,
                                  const Change& change,
                                  const UserCheck& is_as_seen) {
  struct Found {
    PlacedUser placed;
    Credential credential;
    Throttle::Attempt attempt;
  };
  const auto find = [&](Session& db) -> Result<Found> {
    GATEHOUSE_TRY(auto user, users_.find(db, reference));
    if (!user) return not_found();
    GATEHOUSE_TRY(const auto credential, credentials_.find(db, user->number));
    GATEHOUSE_TRY(auto attempt, throttle_.find(db, user->number, change.remote_address));
    GATEHOUSE_TRY(auto placed, accounts_.place(db, *std::move(user)));
    return Found{std::move(placed), credential.value_or(Credential{}), std::move(attempt)};
  };
  GATEHOUSE_TRY(const Found found, host_.storage().read(find));
  const StoredUser& user = found.placed.user;
  GATEHOUSE_CHECK(
      permit(decide(who, UserAction::ResetPassword, found.placed.as_object(), host_.policy())));
  const bool self = who.user == user.number && who.actor == 0;
  const bool admin = who.roles.has(Role::Admin) || who.roles.has(Role::Staff);
  if (!self && !(admin && settings_.admin_sets_password)) return denied();
  if (!user.username) return no_sign_in();

  if (self && !change.current) return wrong_field("/current_password", "required", "is required");
  GATEHOUSE_CHECK(judge("/new_password", change.password, user));
  if (!hashing_is_allowed()) return needs_hashing(found.attempt.is_known_device);
  if (self) {
    GATEHOUSE_CHECK(
        verify_current(user, found.credential.password_hash, *change.current, found.attempt));
    if (*change.current == change.password) {
      return wrong_field("/new_password", "unchanged", "is the password that you have already");
    }
  }

  const std::string hash = host_.passwords().hash(change.password);
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(auto now, users_.find_to_change(db, {"", user.number}));
    if (!now) return not_found();
    GATEHOUSE_TRY(PlacedUser placed, accounts_.place(db, *std::move(now)));
    GATEHOUSE_CHECK(
        permit(decide(who, UserAction::ResetPassword, placed.as_object(), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(placed));
    GATEHOUSE_TRY(const auto credential, credentials_.find(db, user.number));
    if (self && credential.value_or(Credential{}).version != found.credential.version) {
      return conflict("password_changed", "The password was changed at the same time.");
    }
    return replace(db,
                   std::move(placed.user),
                   {hash, "user.password_set", self ? who.credential : std::string()});
  });
}

Result<None> PasswordService::verify_current(const StoredUser& user,
                                             std::string_view hash,
                                             std::string_view current,
                                             const Throttle::Attempt& attempt) {
  const auto beside = [&](auto work) {
    const BesideRequest scope;
    return host_.storage().write(work);
  };
  const auto taken = beside([&](Session& db) { return throttle_.take(db, attempt); });
  if (!taken) {
    throttle_.count(attempt, taken.error());
    return taken.error();
  }
  if (host_.passwords().verify(hash, current)) {
    return beside([&](Session& db) { return throttle_.give_back(db, attempt); });
  }
  AuditEvent event = event_about("password.refused", user);
  event.detail = "current_password";
  host_.audit_refused(event);
  return wrong_field("/current_password", "wrong_password", "is not the password");
}

Result<None> PasswordService::replace(Session& db,
                                      StoredUser user,
                                      const Replacement& replacement) {
  const Time now = host_.clock().now();
  GATEHOUSE_CHECK(credentials_.set_password(db, user.number, replacement.hash, now));
  GATEHOUSE_CHECK(void_codes(db, user.number));
  user.password_expires_at.reset();  // was that of the password before
  user.updated_at = now;
  GATEHOUSE_CHECK(users_.update(db, user));
  GATEHOUSE_CHECK(host_.events().publish(db,
                                         UserPasswordChanged{user.number,
                                                             user.id,
                                                             user.account.value_or(0),
                                                             replacement.was_reset,
                                                             replacement.by_credential}));
  if (can_get_mail(user)) {
    GATEHOUSE_CHECK(host_.mail().queue(db, {kPasswordChangedMail, user.number}));
  }
  db.audit(event_about(replacement.action, user));
  return None{};
}

Result<None> PasswordService::reset(const Principal& who, const UserReference& reference) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    GATEHOUSE_TRY(const PlacedUser placed, accounts_.place(db, *std::move(found)));
    GATEHOUSE_CHECK(
        permit(decide(who, UserAction::ResetPassword, placed.as_object(), host_.policy())));
    const StoredUser& user = placed.user;
    const Time now = host_.clock().now();
    if (who.user == user.number && !has_just_signed_in(who, user, settings_.recent_sign_in, now)) {
      return recent_sign_in_required();
    }
    if (!may_sign_in(user, now)) return no_sign_in();
    if (!can_get_mail(user)) {
      return conflict("no_mail_address",
                      "No mail can reach this user, who would be locked out: give them an e-mail "
                      "address first, or set a password.");
    }
    if (is_lasting_admin(user)) GATEHOUSE_CHECK(keep_an_admin(db, users_, user));
    GATEHOUSE_CHECK(credentials_.set_password(db, user.number, kNoPassword, now));
    GATEHOUSE_CHECK(void_codes(db, user.number));
    GATEHOUSE_CHECK(host_.events().publish(
        db, UserPasswordChanged{user.number, user.id, user.account.value_or(0), true}));
    GATEHOUSE_CHECK(host_.mail().queue(db, {kPasswordResetMail, user.number}));
    db.audit(event_about("user.password_reset", user));
    return None{};
  });
}

Result<None> PasswordService::ask_reset(std::string_view email) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto user, users_.find_by_name(db, email));
    const bool reached = user && user->email && fold(*user->email) == fold(email) &&
                         may_sign_in(*user, host_.clock().now()) && can_get_mail(*user);
    GATEHOUSE_CHECK(host_.mail().queue(db, {kPasswordResetMail, reached ? user->number : 0}));
    return None{};
  });
}

Result<None> PasswordService::confirm(std::string_view code, std::string_view password) {
  const Time now = host_.clock().now();
  const auto owner = [&](Session& db, auto look_up) -> Result<std::optional<CodeOwner>> {
    for (const CodePurpose purpose : {CodePurpose::PasswordReset, CodePurpose::Invitation}) {
      GATEHOUSE_TRY(const auto found, (codes_.*look_up)(db, code, purpose, now));
      if (found) return found;
    }
    return std::optional<CodeOwner>();
  };
  GATEHOUSE_TRY(const auto found,
                host_.storage().read([&](Session& db) -> Result<std::optional<StoredUser>> {
                  GATEHOUSE_TRY(const auto whose, owner(db, &CodeRepository::find));
                  if (!whose) return std::optional<StoredUser>();
                  return users_.find(db, {"", whose->user_number});
                }));
  if (!found || !may_sign_in(*found, now)) return wrong_code();
  GATEHOUSE_CHECK(judge("/new_password", password, *found));

  const std::string hash = host_.passwords().hash(password);
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto whose, owner(db, &CodeRepository::take));
    if (!whose) return wrong_code();
    GATEHOUSE_TRY(auto user, users_.find_to_change(db, {"", whose->user_number}));
    if (!user || !may_sign_in(*user, now)) return wrong_code();
    // The code came by that address.
    if (user->email == user->recovery_email) user->email_verified = true;
    return replace(db, *std::move(user), {hash, "user.password_reset_confirmed", "", true});
  });
}

Result<None> PasswordService::invite(Session& db, const StoredUser& user) {
  if (!can_get_mail(user) || !may_sign_in(user, host_.clock().now())) return None{};
  return host_.mail().queue(db, {kInvitationMail, user.number});
}

Result<None> PasswordService::set_as_operator(std::string_view name, std::string_view password) {
  GATEHOUSE_TRY(const auto user,
                host_.storage().read([&](Session& db) { return users_.find_by_name(db, name); }));
  if (!user) return not_found();
  GATEHOUSE_CHECK(judge("/password", password, *user));
  const std::string hash = host_.passwords().hash(password);
  return host_.storage().write([&](Session& db) -> Result<None> {
    // The user may be gone meanwhile; then the number is nobody's, and never again somebody's.
    GATEHOUSE_TRY(auto still, users_.find_to_change(db, {"", user->number}));
    if (!still) return not_found();
    return replace(db, *std::move(still), {hash, "user.password_set"});
  });
}

Result<None> PasswordService::void_codes(Session& db, std::int64_t user) {
  GATEHOUSE_CHECK(codes_.drop(db, user, CodePurpose::PasswordReset));
  return codes_.drop(db, user, CodePurpose::Invitation);
}

void PasswordService::drop_expired_codes() {
  // What is left, or what the database refuses now, is dropped in the next round.
  std::ignore = host_.storage().write(
      [&](Session& db) { return codes_.drop_expired(db, host_.clock().now()); });
}

}  // namespace gatehouse::users
