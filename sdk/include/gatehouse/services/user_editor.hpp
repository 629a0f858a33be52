// Making, changing and deleting users for other plugins, by the rules of /v1/users. Provided by the
// users plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/body/values.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

struct Principal;
class Session;

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
// statements of the caller's session, which is a write transaction.
//
// A managed user is changed here by their manager alone: to all others, admins too, they are
// NotFound. (What admins may do, they do at /v1/users.) Who acts for somebody else is refused, as
// is a manager above whom the user stands: PermissionDenied. Every change is audited, as by
// /v1/users.
class UserEditor {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.user_editor/1";
  using Check = std::function<Result<None>(const UserRecord&)>;

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
