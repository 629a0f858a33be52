// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <utility>

#include <gatehouse/events.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/text.hpp>

#include "last_admin.hpp"
#include "mail/user_mails.hpp"
#include "sign_in/recent_sign_in.hpp"
#include "user_fields.hpp"

namespace gatehouse::users {
namespace {

// How a password breaks its rules, for whoever will have it.
void check_password(FieldErrors& errors,
                    const PasswordRules& rules,
                    const StoredUser& owner,
                    std::string_view password) {
  if (const auto fault = judge_password(rules, password, owner)) {
    errors.add("/password", fault->code, fault->detail);
  }
}

bool becomes_admin(Roles before, Roles after) {
  return after.has(Role::Admin) && !before.has(Role::Admin);
}

UserForm form_of(const StoredUser& user) {
  return {user.manager.has_value(),
          "is not changed here, but by POST /v1/users/{user}/move",
          user.manager && !user.username};
}

// Nobody is orphaned, nor deleted along unasked.
Error manages_users(std::int64_t count) {
  return conflict("manages_users",
                  "This user manages {} other{}: hand them over or delete them first "
                  "(/v1/managed-users).",
                  count,
                  count == 1 ? "" : "s");
}

}  // namespace

UserService::UserService(Context& host,
                         const Accounts& accounts,
                         const UserRepository& users,
                         const CredentialRepository& credentials,
                         PasswordService& passwords,
                         EmailChanges& email_changes,
                         Handovers& handovers,
                         const PasswordRules& password_rules,
                         std::string default_timezone,
                         std::chrono::seconds recent_sign_in)
    : host_(host),
      accounts_(accounts),
      users_(users),
      credentials_(credentials),
      passwords_(passwords),
      email_changes_(email_changes),
      handovers_(handovers),
      password_rules_(password_rules),
      default_timezone_(std::move(default_timezone)),
      recent_sign_in_(recent_sign_in) {}

Result<UserService::Prepared> UserService::prepare(const UserDraft& draft,
                                                   std::string_view account_fault) {
  const UserChange change = change_of(draft);
  Prepared prepared;
  StoredUser& user = prepared.user;
  user.timezone = default_timezone_;
  apply(change, user);
  FieldErrors errors;
  check(errors, change, {false, account_fault});
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
  if (!user.account) {
    GATEHOUSE_TRY(const auto account, accounts_.find_default(db));
    if (account) user.account = account->number;
  }
  GATEHOUSE_TRY(user.number, users_.insert(db, user));
  if (prepared.hash) {
    GATEHOUSE_CHECK(credentials_.insert_password(db, user.number, *prepared.hash, user.created_at));
  }
  AuditEvent event = event_about("user.created", user);
  if (user.manager) event.detail = "managed";
  event.roles_added = user.roles();
  if (!user.active) event.active = false;
  db.audit(event);
  return user;
}

// Whether `who` may make that user, and where.
Result<UserService::Birthplace> UserService::permit_creation(Session& db,
                                                             const Principal& who,
                                                             const UserDraft& draft) {
  const PolicySettings& policy = host_.policy();
  Birthplace place;
  if (draft.account && accounts_.exist()) {
    GATEHOUSE_TRY(place.account, accounts_.find(db, *draft.account));
  } else if (decide(who, UserAction::Administer, UserObject{}, policy) == Decision::Allowed) {
    GATEHOUSE_TRY(place.account, accounts_.find_default(db));
  } else {
    place.number = who.account;
    GATEHOUSE_TRY(place.account, accounts_.find(db, {"", who.account}));
  }
  if (draft.account) place.account_fault = accounts_.fault_of(place.account);
  UserObject made;
  if (place.account) {
    place.number = place.account->number;
    made.account_consultancy = place.account->consultancy;
  }
  made.account = place.number;

  // An account out of reach and one that is not there are answered alike.
  if (decide(who, UserAction::Administer, made, policy) != Decision::Allowed) return denied();
  for (const Claim& claim : claims_of(change_of(draft))) {
    // Which account a user is born into is no move.
    if (!claim.present || claim.right == UserField::Account) continue;
    if (decide_field(who, claim.right, made, policy) != Decision::Allowed)
      return denied_field(claim.field);
  }
  if (draft.password && !passwords_.lets_others_set()) return denied_field("password");
  GATEHOUSE_CHECK(permit_roles(who, made, draft.roles, policy));
  return place;
}

Result<PlacedUser> UserService::create(const Principal& who, const UserDraft& draft) {
  const auto permit_it = [&](Session& db) { return permit_creation(db, who, draft); };
  GATEHOUSE_TRY(const Birthplace before, host_.storage().read(permit_it));
  GATEHOUSE_TRY(Prepared prepared, prepare(draft, before.account_fault));
  return host_.storage().write([&](Session& db) -> Result<PlacedUser> {
    // Hashing takes its time: the account may have gone, or somebody else looks after it.
    GATEHOUSE_TRY(const Birthplace place, permit_it(db));
    if (!place.account_fault.empty()) return invalid("/account", "{}", place.account_fault);
    if (place.number != 0) prepared.user.account = place.number;
    GATEHOUSE_TRY(auto user, store_new(db, prepared));
    if (becomes_admin({}, user.roles())) GATEHOUSE_CHECK(tell_admins(db, user));
    return PlacedUser{std::move(user), place.account};
  });
}

Result<StoredUser> UserService::create_as_operator(const UserDraft& draft) {
  using Found = std::optional<UsersAccount>;
  const auto look = [&](Session& db) -> Result<Found> {
    if (!draft.account) return Found();
    return accounts_.find_named(db, *draft.account);
  };
  GATEHOUSE_TRY(const Found before, host_.storage().read(look));
  GATEHOUSE_TRY(Prepared prepared, prepare(draft, accounts_.fault_of(before)));
  return host_.storage().write([&](Session& db) -> Result<StoredUser> {
    GATEHOUSE_TRY(const Found account, look(db));
    if (draft.account && !account) return invalid("/account", "{}", accounts_.fault_of(account));
    if (account) prepared.user.account = account->number;
    return store_new(db, prepared);
  });
}

// With an invitation where there is no password.
Result<StoredUser> UserService::store_new(Session& db, const Prepared& prepared) {
  GATEHOUSE_TRY(auto user, store(db, prepared));
  if (!prepared.hash) GATEHOUSE_CHECK(passwords_.invite(db, user));
  return user;
}

Result<None> UserService::tell_admins(Session& db, const StoredUser& made) {
  GATEHOUSE_TRY(const auto admins, users_.list_admins_with_mail(db));
  for (const std::int64_t admin : admins) {
    MailOrder order{kAdminGrantedMail, admin};
    order.data = std::to_string(made.number);
    GATEHOUSE_CHECK(host_.mail().queue(db, order));
  }
  return None{};
}

Result<PlacedUser> UserService::find(const Principal& who, const UserReference& reference) {
  return host_.storage().read([&](Session& db) -> Result<PlacedUser> {
    GATEHOUSE_TRY(auto user, users_.find(db, reference));
    if (!user) return not_found();
    GATEHOUSE_TRY(auto placed, accounts_.place_live(db, *std::move(user)));
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, placed.as_object(), host_.policy())));
    return placed;
  });
}

Result<std::vector<PlacedUser>> UserService::list(const Principal& who,
                                                  UserFilter filter,
                                                  const std::optional<IdOrNumber>& account) {
  if (account && !accounts_.exist()) {
    return malformed("no_accounts", "This server has no accounts: leave \"account\" out.");
  }
  ++filter.limit;
  return host_.storage().read([&](Session& db) -> Result<std::vector<PlacedUser>> {
    if (account) {
      GATEHOUSE_TRY(const auto found, accounts_.find(db, *account));
      const AccountObject object =
          found ? AccountObject{found->number, found->consultancy} : AccountObject{};
      if (!found || decide(who, AccountAction::Read, object, host_.policy()) != Decision::Allowed) {
        return malformed("unknown_account",
                         "\"account\" is no id or number of an account that you can reach.");
      }
      filter.account = found->number;
    }
    GATEHOUSE_TRY(filter.sees, accounts_.reach(db, who));
    GATEHOUSE_TRY(auto users, users_.list(db, filter));
    return accounts_.place_all(db, std::move(users));
  });
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
                                        const PlacedUser& placed) {
  const StoredUser& user = placed.user;
  const UserObject object = placed.as_object();
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

Result<std::string> UserService::hash_of_change(const Principal& who,
                                                const UserReference& reference,
                                                const UserChange& change) {
  if (!change.password) return std::string();
  GATEHOUSE_TRY(const PlacedUser found, find(who, reference));
  GATEHOUSE_CHECK(passwords_.permit_setting(who, found));
  StoredUser changed = found.user;
  apply(change, changed);
  FieldErrors errors;
  check(errors, change, form_of(found.user));
  check_password(errors, password_rules_, changed, *change.password);
  GATEHOUSE_CHECK(std::move(errors).result());
  if (!hashing_is_allowed()) return needs_hashing(true);
  return host_.passwords().hash(*change.password);
}

Result<PlacedUser> UserService::change(const Principal& who,
                                       const UserReference& reference,
                                       const UserChange& asked,
                                       const UserCheck& is_as_seen,
                                       EmailProof proof) {
  GATEHOUSE_TRY(const std::string hash, hash_of_change(who, reference, asked));
  return host_.storage().write([&](Session& db) -> Result<PlacedUser> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    GATEHOUSE_TRY(PlacedUser placed, accounts_.place(db, *std::move(found)));
    StoredUser& user = placed.user;
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Read, placed.as_object(), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(placed));
    GATEHOUSE_CHECK(permit_change(db, who, asked, placed));
    GATEHOUSE_TRY(const UserChange change, merged(asked, user));
    FieldErrors errors;
    check(errors, change, form_of(user));
    GATEHOUSE_CHECK(std::move(errors).result());
    if (!hash.empty()) {
      GATEHOUSE_CHECK(passwords_.permit_setting(who, placed));
      GATEHOUSE_CHECK(passwords_.put(db, user, hash));
      user.password_expires_at.reset();  // was that of the password before
      user.updated_at = host_.clock().now();
    }
    const StoredUser before = user;
    apply(change, user);
    AuditEvent event = event_of_change(before, user);
    if (event.changes.empty()) return placed;
    user.updated_at = host_.clock().now();
    const bool is_proven = has_just_signed_in(who, user.number, recent_sign_in_, user.updated_at);
    if (proof == EmailProof::Required && who.user == user.number && before.email != user.email &&
        !is_proven) {
      return recent_sign_in_required();
    }
    GATEHOUSE_CHECK(email_changes_.begin(
        db, before, user, is_proven ? EmailChanges::SignIn::Recent : EmailChanges::SignIn::Old));
    if (!may_sign_in(user, user.updated_at)) {
      GATEHOUSE_CHECK(passwords_.void_codes(db, user.number));
    }
    if (!may_act(user, user.updated_at)) GATEHOUSE_CHECK(handovers_.drop(db, user.number));
    GATEHOUSE_CHECK(users_.update(db, user));
    GATEHOUSE_CHECK(tell_shut_out(db, before, user));
    if (becomes_admin(before.roles(), user.roles())) GATEHOUSE_CHECK(tell_admins(db, user));
    db.audit(event);
    return placed;
  });
}

Result<None> UserService::tell_shut_out(Session& db,
                                        const StoredUser& before,
                                        const StoredUser& after) {
  const auto has_expired = [&](const StoredUser& user) {
    return user.expires_at && *user.expires_at <= after.updated_at;
  };
  // Whom time alone had shut out, nobody was told of: what they had must not come back with them.
  const bool expiry_matters =
      before.expires_at != after.expires_at && (has_expired(before) || has_expired(after));
  const bool is_shut_out = (before.active && !after.active) || (!before.locked && after.locked);
  if (!is_shut_out && !expiry_matters) return None{};
  return host_.events().publish(db, UserShutOut{after.number, after.id, after.account.value_or(0)});
}

Result<None> UserService::erase(const Principal& who,
                                const UserReference& reference,
                                const UserCheck& is_as_seen) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(auto found, users_.find_to_change(db, reference));
    if (!found) return not_found();
    GATEHOUSE_TRY(const PlacedUser placed, accounts_.place(db, *std::move(found)));
    GATEHOUSE_CHECK(permit(decide(who, UserAction::Delete, placed.as_object(), host_.policy())));
    GATEHOUSE_CHECK(is_as_seen(placed));
    return erase(db, placed.user);
  });
}

Result<None> UserService::erase(Session& db, const StoredUser& user) {
  if (is_lasting_admin(user)) GATEHOUSE_CHECK(keep_an_admin(db, users_, user));
  GATEHOUSE_TRY(const std::int64_t managed, users_.count_managed_by(db, user.number));
  if (managed > 0) return manages_users(managed);
  const UserDeleted event{user.number, user.id, user.account.value_or(0)};
  GATEHOUSE_CHECK(host_.events().publish(db, event));
  GATEHOUSE_CHECK(users_.erase(db, user.number));
  db.audit(event_about("user.deleted", user));
  return None{};
}

}  // namespace gatehouse::users
