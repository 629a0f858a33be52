// The rules of gatehouse/policy.hpp. Everything here is a pure function of its arguments.
// SPDX-License-Identifier: Apache-2.0
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

// Consultancy is one level: it never reaches the clients of a client.
bool consults(const Principal& who, const UserObject& object) {
  return effective_roles(who).has(Role::Consultant) && who.account != 0 && object.account != 0 &&
         who.account == object.account_consultancy;
}

bool is_known(const Principal& who, const UserObject& object) {
  return is_self(who, object) || manages(who, object) || reads_everything(effective_roles(who)) ||
         administers_own_account(who, object) || consults(who, object);
}

// Whether all that the object may do, `who` may do too (security.md 1). Otherwise whoever changes
// the object, by a new password say, could become more than they are.
bool contains_rights(const Principal& who, const UserObject& object) {
  const Roles roles = effective_roles(who);
  if (roles.has(Role::Admin)) return true;
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

bool administers(const Principal& who, const UserObject& object) {
  const Roles roles = effective_roles(who);
  return (roles.has(Role::Admin) || roles.has(Role::Staff) ||
          administers_own_account(who, object) || consults(who, object)) &&
         contains_rights(who, object);
}

bool is_allowed(const Principal& who, UserAction action, const UserObject& object) {
  switch (action) {
    case UserAction::Read:
      return true;
    case UserAction::Edit:
      if (is_self(who, object)) return who.actor == 0;
      return administers(who, object) || (manages(who, object) && contains_rights(who, object));
    case UserAction::Administer:
      return administers(who, object);
    case UserAction::Delete:
      return administers(who, object) || (manages(who, object) && contains_rights(who, object));
    case UserAction::ResetPassword:
      if (is_self(who, object)) return who.actor == 0;
      return administers(who, object);
  }
  return false;
}

// The part of admins and staff in the table of fields.
bool administers_all(const Principal& who, const UserObject& object) {
  const Roles roles = effective_roles(who);
  return (roles.has(Role::Admin) || roles.has(Role::Staff)) && contains_rights(who, object);
}

bool may_write(const Principal& who, UserField field, const UserObject& object) {
  const bool self = is_self(who, object) && who.actor == 0;
  switch (field) {
    case UserField::Names:
      return self || administers(who, object);
    case UserField::Profile:
      return is_allowed(who, UserAction::Edit, object);
    case UserField::Preferences:
      return self;
    case UserField::Organization:
      return administers(who, object);
    case UserField::Account:
    case UserField::Standing:
      return administers_all(who, object);
    case UserField::Active:
      return !is_self(who, object) && administers(who, object);
    case UserField::Lifetime:
      return effective_roles(who).has(Role::Admin);
  }
  return false;
}

bool may_change_role(const Principal& who, RoleChange change, Role role, const UserObject& object) {
  const bool admin = effective_roles(who).has(Role::Admin);
  switch (role) {
    case Role::Admin:
      // Nobody is made an admin over the API (security.md 2), only by a command.
      return admin && change == RoleChange::Take;
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

}  // namespace

Decision decide(const Principal& who, UserAction action, const UserObject& object) {
  if (!is_known(who, object)) return Decision::Unknown;
  return is_allowed(who, action, object) ? Decision::Allowed : Decision::Denied;
}

Decision decide_field(const Principal& who, UserField field, const UserObject& object) {
  if (!is_known(who, object)) return Decision::Unknown;
  return may_write(who, field, object) ? Decision::Allowed : Decision::Denied;
}

bool shows_recovery_email(const Principal& who, const UserObject& object) {
  return (is_self(who, object) && who.actor == 0) || administers_all(who, object);
}

bool may_use_api(const Principal& who) {
  const Roles roles = effective_roles(who);
  return who.api_access || roles.has(Role::Admin) || roles.has(Role::Staff);
}

Decision decide_role(const Principal& who, RoleChange change, Role role, const UserObject& object) {
  if (!is_known(who, object)) return Decision::Unknown;
  if (!may_change_role(who, change, role, object) || !contains_rights(who, object)) {
    return Decision::Denied;
  }
  // Nobody raises themselves.
  const bool raises_self = change == RoleChange::Give && is_self(who, object);
  return raises_self && !effective_roles(who).has(Role::Admin) ? Decision::Denied
                                                               : Decision::Allowed;
}

Visibility visibility(const Principal& who) {
  const Roles roles = effective_roles(who);
  Visibility sees;
  sees.all = reads_everything(roles);
  sees.self = who.user;
  if (who.account != 0 && roles.has(Role::AccountAdmin)) sees.accounts.push_back(who.account);
  if (who.account != 0 && roles.has(Role::Consultant)) sees.clients_of = who.account;
  return sees;
}

}  // namespace gatehouse
