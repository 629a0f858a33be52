// The rules of gatehouse/policy.hpp. Everything here is a pure function of its arguments.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gatehouse/policy.hpp>

namespace gatehouse {
namespace {

// Who acts for somebody else has no roles, whatever the principal says (security.md 3).
Roles effective_roles(const Principal& who) {
  return who.actor != 0 ? Roles() : who.roles;
}

bool is_self(const Principal& who, const UserObject& object) {
  return object.user != 0 && who.user == object.user;
}

bool manages(const Principal& who, const UserObject& object) {
  return who.actor == 0 && object.manager != 0 && who.user == object.manager;
}

bool reads_everything(Roles roles) {
  return roles.has(Role::Admin) || roles.has(Role::AdminReader) || roles.has(Role::Staff);
}

bool administers_own_account(const Principal& who, const UserObject& object) {
  return effective_roles(who).has(Role::AccountAdmin) && who.account != 0 &&
         who.account == object.account;
}

bool is_member(const Principal& who, const AccountObject& account) {
  return who.actor == 0 && account.account != 0 && who.account == account.account;
}

// As a consultant of the account that looks after it: one level, never the clients of a client.
bool consults(const Principal& who, const AccountObject& account) {
  return effective_roles(who).has(Role::Consultant) && who.account != 0 && account.account != 0 &&
         who.account == account.consultancy;
}
bool consults(const Principal& who, const UserObject& object) {
  return consults(who, AccountObject{object.account, object.account_consultancy});
}

// Knows the user for other reasons than that both belong to one account.
bool is_close(const Principal& who, const UserObject& object) {
  return is_self(who, object) || manages(who, object) || reads_everything(effective_roles(who)) ||
         administers_own_account(who, object) || consults(who, object);
}

bool is_known(const Principal& who, const UserObject& object, const PolicySettings& settings) {
  return is_close(who, object) || (settings.members_may_read_each_other && object.manager == 0 &&
                                   is_member(who, AccountObject{object.account, 0}));
}

// Whether all that the object may do, `who` may do too (security.md 1). Otherwise whoever changes
// the object, by a new password say, could become more than they are.
bool contains_rights(const Principal& who,
                     const UserObject& object,
                     const PolicySettings& settings) {
  const Roles roles = effective_roles(who);
  if (roles.has(Role::Admin)) return true;
  if (!settings.holds_all_of(roles, object.roles)) return false;
  // An admin-reader reads what staff does not (the whole audit trail), so staff does not contain
  // it.
  if (reads_everything(object.roles)) return false;
  if (roles.has(Role::Staff)) return true;

  // What is left are the roles that reach over an account, and mean nothing without one.
  if (object.account == 0) return true;
  if (object.roles.has(Role::AccountAdmin) && !administers_own_account(who, object) &&
      !consults(who, object)) {
    return false;
  }
  // The consultancy of an account is its admins' to hand out (contracts/v1.md), so they contain it.
  if (object.roles.has(Role::Consultant) && !administers_own_account(who, object) &&
      !(roles.has(Role::Consultant) && who.account == object.account)) {
    return false;
  }
  return true;
}

// Whether all that these roles hold is within the scopes of the credential. Else it could be
// exchanged for more than it is good for (security.md 3): whoever sets a password, makes a token or
// gives a role can come back without scopes.
bool is_within_scopes(const Principal& who, Roles roles, const PolicySettings& settings) {
  if (!who.scopes) return true;
  const auto& held = settings.held[roles.bits()];
  return std::all_of(held.begin(), held.end(), [&](const std::string& permission) {
    return has_scope(*who.scopes, permission);
  });
}

bool administers(const Principal& who, const UserObject& object, const PolicySettings& settings) {
  const Roles roles = effective_roles(who);
  return (roles.has(Role::Admin) || roles.has(Role::Staff) ||
          administers_own_account(who, object) || consults(who, object)) &&
         contains_rights(who, object, settings);
}

// Reads what the audit trail says of an account and its users.
bool reads_trail_of_account(const Principal& who, const AccountObject& account) {
  const bool administers_it =
      effective_roles(who).has(Role::AccountAdmin) && is_member(who, account);
  return administers_it || consults(who, account);
}

bool reads_whole_trail(const Principal& who) {
  const Roles roles = effective_roles(who);
  return roles.has(Role::Admin) || roles.has(Role::AdminReader);
}

bool is_allowed(const Principal& who,
                UserAction action,
                const UserObject& object,
                const PolicySettings& settings) {
  switch (action) {
    case UserAction::Read:
      return true;
    case UserAction::Edit:
      if (is_self(who, object)) return who.actor == 0;
      return administers(who, object, settings) ||
             (manages(who, object) && contains_rights(who, object, settings));
    case UserAction::Administer:
      return administers(who, object, settings);
    case UserAction::Delete:
      return administers(who, object, settings) ||
             (manages(who, object) && contains_rights(who, object, settings));
    case UserAction::ResetPassword:
      if (is_self(who, object)) return who.actor == 0;
      return administers(who, object, settings) && is_within_scopes(who, object.roles, settings);
    case UserAction::Move:
      return effective_roles(who).has(Role::Admin);
    case UserAction::ReadTrail:
      return (is_self(who, object) && who.actor == 0) || reads_whole_trail(who) ||
             reads_trail_of_account(who, {object.account, object.account_consultancy});
    case UserAction::ReadGrants:
      return is_close(who, object);
    case UserAction::Share:
      // A grantee comes with all that everybody holds, and without the scopes of the token with
      // which the grant was given (security.md 3).
      return ((is_self(who, object) && who.actor == 0) ||
              (manages(who, object) && contains_rights(who, object, settings))) &&
             is_within_scopes(who, Roles(), settings);
    case UserAction::HandOver:
      // Whoever takes over comes back without the scopes of the manager's token (security.md 3).
      return manages(who, object) && contains_rights(who, object, settings) &&
             is_within_scopes(who, object.roles, settings);
  }
  return false;
}

// The part of admins and staff in the table of fields.
bool administers_all(const Principal& who,
                     const UserObject& object,
                     const PolicySettings& settings) {
  const Roles roles = effective_roles(who);
  return (roles.has(Role::Admin) || roles.has(Role::Staff)) &&
         contains_rights(who, object, settings);
}

bool may_write(const Principal& who,
               UserField field,
               const UserObject& object,
               const PolicySettings& settings) {
  const bool self = is_self(who, object) && who.actor == 0;
  switch (field) {
    case UserField::Names:
      // Codes go to the address; of a user who is made there is nothing to take over.
      return self || (administers(who, object, settings) &&
                      (object.user == 0 || is_within_scopes(who, object.roles, settings)));
    case UserField::Profile:
      return is_allowed(who, UserAction::Edit, object, settings);
    case UserField::Preferences:
      return self;
    case UserField::Organization:
      return administers(who, object, settings);
    case UserField::Account:
    case UserField::Standing:
      return administers_all(who, object, settings);
    case UserField::Active:
      return !is_self(who, object) && administers(who, object, settings);
    case UserField::Lifetime:
      return effective_roles(who).has(Role::Admin);
  }
  return false;
}

bool may_change_role(const Principal& who,
                     RoleChange change,
                     Role role,
                     const UserObject& object,
                     const PolicySettings& settings) {
  if (change == RoleChange::Give && !is_within_scopes(who, object.roles | role, settings)) {
    return false;
  }
  const bool admin = effective_roles(who).has(Role::Admin);
  switch (role) {
    case Role::Admin:
      // By default nobody is made an admin over the API (security.md 2), only by a command.
      return admin && (change == RoleChange::Take || settings.grant_admin_over_api);
    case Role::AdminReader:
    case Role::Staff:
      return admin;
    case Role::AccountAdmin:
      return admin || consults(who, object);
    case Role::Consultant:
      return admin || administers_own_account(who, object);
  }
  return false;
}

bool is_allowed(const Principal& who,
                AccountAction action,
                const AccountObject& account,
                const PolicySettings& settings) {
  const Roles roles = effective_roles(who);
  const bool administers_all_accounts = roles.has(Role::Admin) || roles.has(Role::Staff);
  switch (action) {
    case AccountAction::Read:
      return true;
    case AccountAction::Edit:
      return administers_all_accounts || consults(who, account) ||
             (is_member(who, account) &&
              (roles.has(Role::AccountAdmin) || settings.members_may_edit_account));
    case AccountAction::Grant:
      // Its consultants get what they hold.
      return roles.has(Role::Admin) && is_within_scopes(who, Role::Consultant, settings);
    case AccountAction::Administer:
      return administers_all_accounts;
    case AccountAction::ReadTrail:
      return reads_whole_trail(who) || reads_trail_of_account(who, account);
  }
  return false;
}

}  // namespace

bool PolicySettings::holds_all_of(Roles upper, Roles lower) const {
  const auto& all = held[upper.bits()];
  const auto& some = held[lower.bits()];
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

Decision decide(const Principal& who,
                UserAction action,
                const UserObject& object,
                const PolicySettings& settings) {
  if (!is_known(who, object, settings)) return Decision::Unknown;
  return is_allowed(who, action, object, settings) ? Decision::Allowed : Decision::Denied;
}

Decision decide(const Principal& who,
                AccountAction action,
                const AccountObject& account,
                const PolicySettings& settings) {
  const bool makes_one = account.account == 0 && action == AccountAction::Administer;
  const bool is_known = reads_everything(effective_roles(who)) || is_member(who, account) ||
                        consults(who, account) || makes_one;
  if (!is_known) return Decision::Unknown;
  return is_allowed(who, action, account, settings) ? Decision::Allowed : Decision::Denied;
}

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

Decision decide_field(const Principal& who,
                      UserField field,
                      const UserObject& object,
                      const PolicySettings& settings) {
  if (!is_known(who, object, settings)) return Decision::Unknown;
  return may_write(who, field, object, settings) ? Decision::Allowed : Decision::Denied;
}

bool shows_recovery_email(const Principal& who,
                          const UserObject& object,
                          const PolicySettings& settings) {
  return (is_self(who, object) && who.actor == 0) || administers_all(who, object, settings);
}

bool may_use_api(const Principal& who) {
  const Roles roles = effective_roles(who);
  return who.api_access || roles.has(Role::Admin) || roles.has(Role::Staff);
}

Decision decide_role(const Principal& who,
                     RoleChange change,
                     Role role,
                     const UserObject& object,
                     const PolicySettings& settings) {
  if (!is_known(who, object, settings)) return Decision::Unknown;
  if (!may_change_role(who, change, role, object, settings) ||
      !contains_rights(who, object, settings)) {
    return Decision::Denied;
  }
  // Who may sign in as the object must not make it more than they are; to lose a role that
  // policy.roles narrows is more, too.
  const Roles after = change == RoleChange::Give
                          ? object.roles | role
                          : Roles::from_bits(object.roles.bits() & ~Roles(role).bits());
  if (!settings.holds_all_of(effective_roles(who), after)) return Decision::Denied;
  // Nobody raises themselves.
  const bool raises_self = change == RoleChange::Give && is_self(who, object);
  return raises_self && !effective_roles(who).has(Role::Admin) ? Decision::Denied
                                                               : Decision::Allowed;
}

namespace {

// Of users and events, without what colleagues see.
Visibility reach_of(const Principal& who) {
  const Roles roles = effective_roles(who);
  Visibility sees;
  sees.all = reads_everything(roles);
  sees.self = who.user;
  if (who.actor == 0) sees.manager = who.user;
  if (who.account != 0 && roles.has(Role::AccountAdmin)) sees.accounts.push_back(who.account);
  if (who.account != 0 && roles.has(Role::Consultant)) sees.clients_of = who.account;
  return sees;
}

}  // namespace

Visibility visibility(const Principal& who, const PolicySettings& settings) {
  Visibility sees = reach_of(who);
  if (settings.members_may_read_each_other && who.actor == 0) sees.colleagues_in = who.account;
  return sees;
}

Visibility visible_accounts(const Principal& who) {
  Visibility sees = reach_of(who);
  sees.self = 0;
  sees.manager = 0;
  sees.accounts.clear();
  if (who.account != 0 && who.actor == 0) sees.accounts.push_back(who.account);
  return sees;
}

Visibility visible_trail(const Principal& who) {
  Visibility sees = reach_of(who);
  sees.all = reads_whole_trail(who);
  if (who.actor != 0) sees.self = 0;
  sees.manager = 0;
  return sees;
}

}  // namespace gatehouse
