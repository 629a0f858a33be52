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
                                 Handovers& handovers,
                                 const Throttle& throttle,
                                 const Settings& settings)
    : host_(host),
      accounts_(accounts),
      users_(users),
      credentials_(credentials),
      codes_(codes),
      handovers_(handovers),
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
  if (!self && !sets_passwords(who)) return denied();
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

Result<None> PasswordService::permit_setting(const Principal& who, const PlacedUser& placed) const {
  GATEHOUSE_CHECK(
      permit(decide(who, UserAction::ResetPassword, placed.as_object(), host_.policy())));
  if (!placed.user.username) return no_sign_in();
  if (who.user == placed.user.number) {
    const Time now = host_.clock().now();
    if (has_just_signed_in(who, who.user, settings_.recent_sign_in, now)) return None{};
    return recent_sign_in_required();
  }
  return sets_passwords(who) ? Result<None>(None{}) : Result<None>(denied());
}

Result<None> PasswordService::put(Session& db, const StoredUser& user, std::string_view hash) {
  return replace(db, user, {hash, "user.password_set"});
}

bool PasswordService::sets_passwords(const Principal& who) const {
  const bool is_admin = who.roles.has(Role::Admin) || who.roles.has(Role::Staff);
  return is_admin && settings_.admin_sets_password;
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
  if (can_get_mail(user.recovery_email)) {
    GATEHOUSE_CHECK(host_.mail().queue(db, {kPasswordChangedMail, user.number}));
  }
  AuditEvent event = event_about(replacement.action, user);
  event.changes = replacement.changes;
  event.detail = replacement.detail;
  db.audit(event);
  return None{};
}

Result<None> PasswordService::reset(const Principal& who,
                                    const UserReference& reference,
                                    const Reset& reset) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    GATEHOUSE_TRY(const PlacedUser placed, accounts_.place(db, *std::move(found)));
    GATEHOUSE_CHECK(
        permit(decide(who, UserAction::ResetPassword, placed.as_object(), host_.policy())));
    const StoredUser& user = placed.user;
    const Time now = host_.clock().now();
    if (who.user == user.number && reset.own == OwnReset::NeedsRecentSignIn &&
        !has_just_signed_in(who, user.number, settings_.recent_sign_in, now)) {
      return recent_sign_in_required();
    }
    if (!may_sign_in(user, now)) return no_sign_in();
    if (!can_get_mail(user.recovery_email)) {
      return conflict("no_mail_address",
                      "No mail can reach this user, who would be locked out: give them an e-mail "
                      "address first, or set a password.");
    }
    if (is_lasting_admin(user)) GATEHOUSE_CHECK(keep_an_admin(db, users_, user));
    GATEHOUSE_CHECK(credentials_.set_password(db, user.number, kNoPassword, now));
    GATEHOUSE_CHECK(void_codes(db, user.number));
    GATEHOUSE_CHECK(host_.events().publish(
        db, UserPasswordChanged{user.number, user.id, user.account.value_or(0), true}));
    const std::string mount(reset.mount);
    if (mount != MailOrder{}.mount) {
      GATEHOUSE_CHECK(host_.mail().queue(db, {kPasswordTakenMail, user.number, mount}));
    }
    GATEHOUSE_CHECK(host_.mail().queue(db, {kPasswordResetMail, user.number, mount}));
    db.audit(event_about("user.password_reset", user));
    return None{};
  });
}

Result<None> PasswordService::ask_reset(std::string_view email, std::string_view mount) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto user, users_.find_by_name(db, email));
    const bool reached = user && user->email && fold(*user->email) == fold(email) &&
                         may_sign_in(*user, host_.clock().now()) &&
                         can_get_mail(user->recovery_email);
    // Asked of nobody too, so that it takes the same time.
    const std::int64_t number = reached ? user->number : 0;
    GATEHOUSE_TRY(const auto end, codes_.latest_end(db, number, CodePurpose::PasswordReset));
    const auto since = host_.clock().now() - settings_.reset_pause;
    const bool is_soon = end && *end - settings_.reset_lifetime > since;
    const MailOrder order{kPasswordResetMail, is_soon ? 0 : number, std::string(mount)};
    GATEHOUSE_CHECK(host_.mail().queue(db, order));
    return None{};
  });
}

// Who sets a password with the code, as they are or, with the code of a handover, will be.
Result<std::optional<PasswordService::Bearer>> PasswordService::find_bearer(Session& db,
                                                                            std::string_view code,
                                                                            LookUp look_up) {
  const Time now = host_.clock().now();
  for (const CodePurpose purpose :
       {CodePurpose::PasswordReset, CodePurpose::Invitation, CodePurpose::Handover}) {
    GATEHOUSE_TRY(const auto owner, (codes_.*look_up)(db, code, purpose, now));
    if (!owner) continue;
    const bool takes = look_up == &CodeRepository::take;
    const UserReference reference{"", owner->user_number};
    GATEHOUSE_TRY(auto user,
                  takes ? users_.find_to_change(db, reference) : users_.find(db, reference));
    if (!user) break;
    Bearer bearer{*user, *user, purpose};
    if (purpose == CodePurpose::Handover) {
      GATEHOUSE_TRY(auto heir, handovers_.find_heir(db, *user));
      if (!heir) break;
      bearer.user = *std::move(heir);
    }
    if (!may_sign_in(bearer.user, now)) break;
    return std::optional<Bearer>(std::move(bearer));
  }
  return std::optional<Bearer>();
}

Result<None> PasswordService::confirm(std::string_view code, std::string_view password) {
  GATEHOUSE_TRY(const auto found, host_.storage().read([&](Session& db) {
    return find_bearer(db, code, &CodeRepository::find);
  }));
  if (!found) return wrong_code();
  GATEHOUSE_CHECK(judge("/new_password", password, found->user));

  const std::string hash = host_.passwords().hash(password);
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(auto bearer, find_bearer(db, code, &CodeRepository::take));
    if (!bearer) return wrong_code();
    if (bearer->purpose == CodePurpose::Handover) return hand_over(db, *bearer, hash);
    StoredUser& user = bearer->user;
    // The code came by that address.
    if (user.email == user.recovery_email) user.email_verified = true;
    return replace(db, std::move(user), {hash, "user.password_reset_confirmed", "", true});
  });
}

Result<None> PasswordService::hand_over(Session& db, const Bearer& bearer, std::string_view hash) {
  Replacement replacement{hash, "user.handed_over", "", true};
  replacement.changes = {"username", "email", "email_verified", "recovery_email", "manager"};
  replacement.detail = format("manager {}", bearer.before.manager.value_or(0));
  GATEHOUSE_CHECK(replace(db, bearer.user, replacement));
  return handovers_.complete(db, bearer.before);
}

Result<None> PasswordService::invite(Session& db, const StoredUser& user) {
  if (!can_get_mail(user.recovery_email) || !may_sign_in(user, host_.clock().now())) return None{};
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
  std::ignore = host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(codes_.drop_expired(db, host_.clock().now()));
    return handovers_.drop_expired(db);
  });
}

}  // namespace gatehouse::users
