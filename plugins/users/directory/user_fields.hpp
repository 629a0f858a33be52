// The fields of a user as somebody writes them: which right each needs, what may stand in them, and
// how they come into the row. Threads: any. Blocking: check() looks at a file (name_rules.hpp).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/field_errors.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/result.hpp>

#include "user.hpp"

namespace gatehouse::users {

// What the rules of the fields depend on.
struct UserForm {
  bool managed = false;
  std::string_view account_fault;  // what is wrong with naming an account here; "": nothing
  bool has_no_login = false;       // nor gets a username
};

// Everything that is wrong with the fields of a change. What it does not touch may break newer
// rules and stays.
void check(FieldErrors& errors, const UserChange& change, const UserForm& form);

// Makes a change that check() has nothing against, but of the account.
void apply(const UserChange& change, StoredUser& user);

// The fields, by the names that clients know, in which the two differ.
std::vector<std::string> differences(const StoredUser& before, const StoredUser& after);

// `user.updated`, of what has become of `before`; without changes: nothing has.
AuditEvent event_of_change(const StoredUser& before, const StoredUser& after);

// Preferences are merged at every depth, and judged as what comes of it.
Result<UserChange> merged(UserChange change, const StoredUser& user);

// The fields that a change names, each with the right it needs. Roles are judged one by one.
struct Claim {
  const char* field;
  bool present;
  UserField right;
};
std::array<Claim, 17> claims_of(const UserChange& change);

// PermissionDenied with the field's name.
Error denied_field(std::string_view field);

// Every role that differs needs its own right (contracts/v1.md, "Who gives or takes a role").
Result<None> permit_roles(const Principal& who,
                          const UserObject& object,
                          Roles wanted,
                          const PolicySettings& policy);

}  // namespace gatehouse::users
