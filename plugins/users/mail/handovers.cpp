// SPDX-License-Identifier: Apache-2.0
#include "handovers.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/text.hpp>

#include "directory/name_rules.hpp"
#include "directory/user_fields.hpp"
#include "user_mails.hpp"

namespace gatehouse::users {

Result<None> Handovers::begin(Session& db, const StoredUser& user, const Handover& to) {
  const Time now = host_.clock().now();
  UserChange names;
  names.username = to.username;
  names.email = to.email;
  StoredUser heir = user;
  apply(names, heir);
  FieldErrors errors;
  check(errors, names, {false, ""});  // they will have no manager
  const bool is_address = std::string_view(check_email(*heir.email)).empty();
  if (is_address && !can_get_mail(heir.email)) {
    errors.add("/email", "invalid", "is no address that mails can be sent to");
  }
  GATEHOUSE_CHECK(std::move(errors).result());
  if (!may_act(user, now)) {
    return conflict("no_sign_in",
                    "Nobody could sign in as this user, who is inactive, locked or expired: that "
                    "has to end first.");
  }
  GATEHOUSE_CHECK(users_.check_free(db, heir));
  GATEHOUSE_CHECK(take_budget(db, user.manager.value_or(0)));
  GATEHOUSE_CHECK(codes_.drop(db, user.number, CodePurpose::Handover));
  GATEHOUSE_CHECK(
      pending_.put(db, {user.number, *heir.username, *heir.email, now + kInvitationLifetime}));
  GATEHOUSE_CHECK(host_.mail().queue(db, {kHandoverMail, user.number}));
  AuditEvent event = event_about("user.handover_started", user);
  event.changes = {"username", "email"};
  db.audit(event);
  return None{};
}

Result<None> Handovers::take_budget(Session& db, std::int64_t manager) {
  if (limit_.quota == 0) return None{};
  const Time now = host_.clock().now();
  const std::string key =
      to_hex(host_.keys().digest("throttle", {"handover", std::to_string(manager), ""}));
  GATEHOUSE_TRY(const bool taken, budgets_.take(db, key, limit_.take_at(now)));
  if (taken) return None{};
  GATEHOUSE_TRY(const auto stored, budgets_.find(db, key, key));
  return limit_.refusal("too_many_handovers",
                        "You have sent as many invitations as one may: wait, and try again.",
                        limit_.quota,
                        stored.empty() ? now + limit_.window : stored.front().full_at,
                        now);
}

Result<std::optional<PendingHandover>> Handovers::find(Session& db, std::int64_t user) {
  return pending_.find(db, user, host_.clock().now());
}

Result<bool> Handovers::withdraw(Session& db, const StoredUser& user) {
  GATEHOUSE_TRY(const auto pending, find(db, user.number));
  if (!pending) return false;
  GATEHOUSE_CHECK(drop(db, user.number));
  db.audit(event_about("user.handover_withdrawn", user));
  return true;
}

// Much may have happened in a week.
Result<bool> Handovers::still_may(Session& db, const StoredUser& user) {
  GATEHOUSE_TRY(const auto manager, users_.find_live(db, *user.manager));
  if (!manager || !manager->may_act(host_.clock().now())) return false;
  GATEHOUSE_TRY(const PlacedUser placed, accounts_.place(db, user));
  return decide(principal_of(*manager), UserAction::HandOver, placed.as_object(), host_.policy()) ==
         Decision::Allowed;
}

Result<std::optional<StoredUser>> Handovers::find_heir(Session& db, const StoredUser& user) {
  const Time now = host_.clock().now();
  if (!user.manager || !may_act(user, now)) return std::optional<StoredUser>();
  GATEHOUSE_TRY(const auto pending, pending_.find(db, user.number, now));
  if (!pending) return std::optional<StoredUser>();
  GATEHOUSE_TRY(const bool may, still_may(db, user));
  if (!may) return std::optional<StoredUser>();
  StoredUser heir = user;
  heir.username = pending->username;
  heir.email = pending->email;
  heir.recovery_email = pending->email;
  heir.email_verified = true;  // the invitation came by it
  heir.manager.reset();
  return std::optional<StoredUser>(std::move(heir));
}

Result<None> Handovers::complete(Session& db, const StoredUser& before) {
  GATEHOUSE_CHECK(drop(db, before.number));
  // Whoever had an address of this user before could otherwise put it back.
  GATEHOUSE_CHECK(codes_.drop(db, before.number, CodePurpose::EmailConfirm));
  GATEHOUSE_CHECK(codes_.drop(db, before.number, CodePurpose::EmailUndo));
  GATEHOUSE_CHECK(codes_.drop_changes(db, before.number, {}));
  const std::int64_t manager = before.manager.value_or(0);
  GATEHOUSE_CHECK(host_.events().publish(
      db, UserHandedOver{before.number, before.id, before.account.value_or(0), manager}));
  MailOrder done{kHandoverDoneMail, manager};
  done.data = std::to_string(before.number);
  return host_.mail().queue(db, done);
}

Result<None> Handovers::drop(Session& db, std::int64_t user) {
  GATEHOUSE_CHECK(codes_.drop(db, user, CodePurpose::Handover));
  GATEHOUSE_CHECK(pending_.drop(db, user));
  return None{};
}

Result<None> Handovers::drop_of_manager(Session& db, std::int64_t manager) {
  GATEHOUSE_CHECK(codes_.drop_of_managed(db, manager, CodePurpose::Handover));
  return pending_.drop_of_manager(db, manager);
}

Result<None> Handovers::renew(Session& db, std::int64_t user) {
  GATEHOUSE_CHECK(codes_.drop(db, user, CodePurpose::Handover));
  GATEHOUSE_TRY(const auto pending, find(db, user));
  if (!pending) return None{};
  return host_.mail().queue(db, {kHandoverMail, user});
}

Result<None> Handovers::drop_all(Session& db) {
  return pending_.drop_all(db);
}

Result<None> Handovers::drop_expired(Session& db) {
  return pending_.drop_expired(db, host_.clock().now());
}

}  // namespace gatehouse::users
