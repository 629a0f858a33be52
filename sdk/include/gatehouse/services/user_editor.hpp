// Making, changing and deleting users for other plugins, by the rules of /v1/users. Provided by the
// users plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class Session;

// What a new user is made of. What is absent takes its default.
struct UserDraft {
  std::string username;
  std::optional<std::string> password;  // nothing: cannot sign in until one is set
  std::optional<std::string> email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::string> timezone;  // nothing: the default
  std::string description;
  std::optional<std::string> organization;
  std::optional<IdOrNumber> account;
  Roles roles;
  bool active = true;
  Patch<std::string> preferences;  // a JSON object
  Patch<bool> locked;
  Patch<Time> expires_at;
  Patch<Time> password_expires_at;
  Patch<std::vector<Clearance>> clearances;
  Patch<bool> can_inbox;
  Patch<bool> api_access;
};

// What is to be different in a user. Absent stays; null clears what may be empty.
struct UserChange {
  Patch<std::string> username;
  Patch<std::string> email;
  Patch<std::string> first_name;
  Patch<std::string> last_name;
  Patch<std::string> timezone;
  Patch<std::string> description;
  Patch<std::string> preferences;  // a JSON object
  Patch<std::string> organization;
  Patch<IdOrNumber> account;
  Patch<Roles> roles;
  Patch<bool> active;
  Patch<bool> locked;
  Patch<Time> expires_at;
  Patch<Time> password_expires_at;
  Patch<std::vector<Clearance>> clearances;
  Patch<bool> can_inbox;
  Patch<bool> api_access;
  // Sessions end, and the user is told by mail; who may, says `users.admin_sets_password`.
  std::optional<std::string> password = {};
};

// Somebody without username and password, who never signs in.
struct ManagedUserDraft {
  std::optional<std::string> first_name;  // at most 255 code points each, and one of them at least
  std::optional<std::string> last_name;
};

// What a manager may change (contracts/v1.md, "users").
struct ManagedUserChange {
  Patch<std::string> first_name;
  Patch<std::string> last_name;
  Patch<std::string> timezone;
  Patch<std::string> description;
};

// Whom a managed user is handed over to.
struct Handover {
  std::string email;
  std::string username;
};

// An invitation that was not accepted yet.
struct OpenHandover {
  Handover to;
  Time expires_at;
};

// Published inside the transaction in which somebody who was managed takes over their own user
// (security.md 7). Listeners suspend what the manager had arranged; a veto is a mistake.
struct UserHandedOver {
  static constexpr std::string_view kEventName = "gatehouse.user_handed_over/1";
  std::int64_t number = 0;
  std::string id;
  std::int64_t account = 0;  // 0: none
  std::int64_t manager = 0;  // who it was
};

// Ownership: the users plugin's; valid until Plugin::stop(). Threads: any. Blocking: some indexed
// statements; create() and change() hash a password where there is one.
//
// Two halves. What says managed is a manager's: a managed user is changed there by their manager
// alone, to all others, admins too, they are NotFound; who acts for somebody else is refused, as is
// a manager above whom the user stands: PermissionDenied. It joins the caller's transaction. The
// rest is what /v1/users does, by the policy, each in a transaction of its own, which is the one a
// request has. Every change is audited.
class UserEditor {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.user_editor/1";
  using Check = std::function<Result<None>(const UserRecord&)>;

  // In the account of the draft; else in the default account, or that of `who` where they
  // administer no more. With an invitation by mail where there is no password. Blocking: a hash,
  // where the draft has a password: on a route with Route::hashing(). Errors: PermissionDenied;
  // InvalidArgument with every field that is wrong, by the names of UserDraft; Conflict
  // username_taken, email_taken.
  virtual Result<UserRecord> create(const Principal& who, const UserDraft& draft) = 0;
  // All of it or nothing. `is_as_seen` as below. A user who changes their own e-mail address need
  // not have signed in lately: mails about the password go to the one before until the new one is
  // confirmed, or for a week (security.md 10). Blocking: a hash, where there is a password: on a
  // route with Route::may_hash(). Errors: NotFound; PermissionDenied; InvalidArgument and Conflict
  // as above; Conflict last_admin, no_sign_in; NeedsHashing.
  virtual Result<UserRecord> change(const Principal& who,
                                    const IdOrNumber& user,
                                    const UserChange& change,
                                    const Check& is_as_seen) = 0;
  // With all their data in all plugins (UserDeleted). Errors: NotFound; PermissionDenied; Conflict
  // last_admin, manages_users; what a listener vetoes with.
  virtual Result<None> erase(const Principal& who,
                             const IdOrNumber& user,
                             const Check& is_as_seen) = 0;

  // In the account of `who`, without roles, and managed by `who`, for whom no other transaction
  // makes one until this one ends (so that a limit can be counted before). Errors: InvalidArgument
  // /first_name, /last_name.
  virtual Result<UserRecord> create_managed(Session& db,
                                            const Principal& who,
                                            const ManagedUserDraft& draft) = 0;
  // How many `who` manages; until the transaction ends nobody adds to them.
  virtual Result<std::int64_t> count_managed(Session& db, const Principal& who) = 0;
  // `is_as_seen` is asked about the locked row before anything is changed (Call::check_if_match()).
  // Errors: NotFound; InvalidArgument with every field that is wrong.
  virtual Result<UserRecord> change_managed(Session& db,
                                            const Principal& who,
                                            std::int64_t user,
                                            const ManagedUserChange& change,
                                            const Check& is_as_seen) = 0;
  // With all their data in all plugins (UserDeleted). Errors: NotFound; what a listener vetoes
  // with.
  virtual Result<None> erase_managed(Session& db,
                                     const Principal& who,
                                     std::int64_t user,
                                     const Check& is_as_seen) = 0;
  // Invites somebody by mail to take the user over; a former invitation is void. Nothing changes
  // until they choose a password (POST /v1/password-resets/confirm, within 7 days): then the user,
  // with the same id, has that username, that address and that password and no manager any more. It
  // is void when `who` is shut out, gets another password, or may not do this any more. Errors:
  // NotFound; PermissionDenied recent_sign_in_required (a session that began long ago, an API
  // token); InvalidArgument /email, /username; Conflict username_taken, email_taken, no_sign_in
  // (the user is inactive, locked or expired); RateLimited too_many_handovers.
  virtual Result<None> hand_over(Session& db,
                                 const Principal& who,
                                 std::int64_t user,
                                 const Handover& to,
                                 const Check& is_as_seen) = 0;
  // The invitation that waits. Reads, so that any session will do. Errors: NotFound where none
  // does.
  virtual Result<OpenHandover> find_handover(Session& db,
                                             const Principal& who,
                                             std::int64_t user) = 0;
  // Voids it. Errors: NotFound where there is none.
  virtual Result<None> withdraw_handover(Session& db, const Principal& who, std::int64_t user) = 0;

 protected:
  ~UserEditor() = default;
};

}  // namespace gatehouse
