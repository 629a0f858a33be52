// The rules of who may do what to whom, as pure functions: the one place where rights are decided.
// What they decide for single objects, lists obey through Visibility. security.md 1,
// contracts/v1.md. Threads: any. Blocking: never. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// What the section `policy` of the configuration says, for every mount alike (security.md 2).
struct PolicySettings {
  bool members_may_edit_account = false;  // name, colours and logo of their own account
  // The users of their own account, but for those whom others manage.
  bool members_may_read_each_other = false;
  bool grant_admin_over_api = false;  // admins make admins, and all admins are mailed

  // The permissions that a set of roles holds by `policy.roles`, everybody's among them, in
  // alphabetical order; by its bits.
  std::array<std::vector<std::string>, Roles::kSets> held;
  GATEHOUSE_API bool holds_all_of(Roles upper, Roles lower) const;
};

// The user an action is aimed at.
struct UserObject {
  std::int64_t user = 0;
  std::int64_t account = 0;              // 0: none
  std::int64_t account_consultancy = 0;  // the account that looks after `account`; 0: none
  std::int64_t manager = 0;              // 0: not managed
  Roles roles;
};

// What is done to a user. Edit: the fields that people write about themselves. Administer: all
// others, and making a user (the object is then one without a number, in the account it shall
// belong to). Move: to another account (security.md 6). ReadTrail: what the audit trail says of
// them, of which visible_trail() shows a part. Share: let others at their data. HandOver: let
// somebody become them who was managed (security.md 7). ReadGrants: whom they let at their data.
enum class UserAction : std::uint8_t {
  Read,
  Edit,
  Administer,
  Delete,
  ResetPassword,
  Move,
  ReadTrail,
  Share,
  HandOver,
  ReadGrants,
};

enum class Decision : std::uint8_t {
  Allowed,
  Denied,   // the object is known to the principal: 403
  Unknown,  // out of reach: 404
};

GATEHOUSE_API Decision decide(const Principal& who,
                              UserAction action,
                              const UserObject& object,
                              const PolicySettings& settings);

// The account an action is aimed at.
struct AccountObject {
  std::int64_t account = 0;      // 0: one to be made
  std::int64_t consultancy = 0;  // the account that looks after it; 0: none
};

// Edit: name, colours, logo. Grant: consultancy and roles, for they are rights of others
// (security.md 2). Administer: making and deleting.
enum class AccountAction : std::uint8_t { Read, Edit, Grant, Administer, ReadTrail };

GATEHOUSE_API Decision decide(const Principal& who,
                              AccountAction action,
                              const AccountObject& object,
                              const PolicySettings& settings);

// What a service answers when it goes by a decision: PermissionDenied, NotFound, or nothing.
GATEHOUSE_API Result<None> permit(Decision decision);

// The fields of a user, by who writes them: the rows of contracts/v1.md, "users". In an object
// without a number (a user to be made) they are judged for the account it shall belong to.
enum class UserField : std::uint8_t {
  Names,         // username, email
  Profile,       // first and last name, time zone, description
  Preferences,   // nobody's but one's own
  Organization,  // the words, not the account
  Account,       // which account the user belongs to, once made
  Active,        // never one's own
  Lifetime,      // locked, expires_at, password_expires_at
  Standing,      // clearances, can_inbox, api_access
};
GATEHOUSE_API Decision decide_field(const Principal& who,
                                    UserField field,
                                    const UserObject& object,
                                    const PolicySettings& settings);

// Whether an answer about the object may hold its recovery address.
GATEHOUSE_API bool shows_recovery_email(const Principal& who,
                                        const UserObject& object,
                                        const PolicySettings& settings);

// Whether the principal may use more than what is open without api_access (security.md 4).
GATEHOUSE_API bool may_use_api(const Principal& who);

enum class RoleChange : std::uint8_t { Give, Take };

// Whether `who` may give the role to the object, or take it from it. `object.roles` are those
// before; of several changes at once, those after the ones that were judged already.
GATEHOUSE_API Decision decide_role(const Principal& who,
                                   RoleChange change,
                                   Role role,
                                   const UserObject& object,
                                   const PolicySettings& settings);

// What a list may show.
struct Visibility {
  bool all = false;
  std::vector<std::int64_t> accounts;  // everything of these accounts
  std::int64_t clients_of = 0;         // and of the accounts whose consultancy is this one; 0: none
  std::int64_t self = 0;               // and this user; 0: nobody
  std::int64_t manager = 0;            // and whom this user manages; 0: nobody
  std::int64_t colleagues_in = 0;      // and those of this account whom nobody manages; 0: none
};
// Whom a list of users shows: those that UserAction::Read allows.
GATEHOUSE_API Visibility visibility(const Principal& who, const PolicySettings& settings);
// Which accounts a list of accounts shows: those that AccountAction::Read allows.
GATEHOUSE_API Visibility visible_accounts(const Principal& who);
// Which events of the audit trail somebody may read: those of these accounts, and (`self`) those
// about themselves.
GATEHOUSE_API Visibility visible_trail(const Principal& who);

}  // namespace gatehouse
