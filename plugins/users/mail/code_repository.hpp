// Codes that reach a user by mail, and the changes of e-mail addresses that wait for one. Only a
// code's SHA-256 is stored: it has 160 random bits, so that a slow hash would add nothing.
//
// Threads: any; no state. Blocking: one statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage.hpp>

namespace gatehouse::users {

// What a code is good for. Stored; an enumerator never changes its value.
enum class CodePurpose : std::int64_t {
  PasswordReset = 1,
  Invitation = 2,  // the first password
  EmailConfirm = 3,
  EmailUndo = 4,
  Handover = 5,  // the first password of who was managed
};

// What was before a user's e-mail address changed, until `asked_at` is a week ago. A change can be
// changed again, so there may be several, each with what was before it.
struct EmailChange {
  std::int64_t user_number = 0;
  std::int64_t number = 0;  // 1, 2, ... among those of the user that are kept
  std::optional<std::string> old_email;
  bool old_verified = false;
  std::optional<std::string> old_recovery_email;
  bool recent_sign_in = false;  // whoever asked had just proved to be the user
  Time asked_at;
};

// Whose a code is, and what it is about.
struct CodeOwner {
  std::int64_t user_number = 0;
  std::int64_t subject = 0;  // EmailUndo: the number of the change; else 0
};

// Codes by what they are about, both ends included.
struct Subjects {
  std::int64_t first = 0;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
};

// What whoever brings a code is told that find() or take() did not know.
Error wrong_code();

class CodeRepository {
 public:
  Result<None> insert(Session& db,
                      std::string_view code,
                      const CodeOwner& owner,
                      CodePurpose purpose,
                      Time expires_at) const;
  // The user whose code this is and has not expired.
  Result<std::optional<CodeOwner>> find(Session& db,
                                        std::string_view code,
                                        CodePurpose purpose,
                                        Time now) const;
  // The same, and the code is used up: of two who take it at once, one gets it.
  Result<std::optional<CodeOwner>> take(Session& db,
                                        std::string_view code,
                                        CodePurpose purpose,
                                        Time now) const;
  // When the user's latest code of that purpose expires; nothing: there is none.
  Result<std::optional<Time>> latest_end(Session& db, std::int64_t user, CodePurpose purpose) const;
  Result<None> drop(Session& db,
                    std::int64_t user,
                    CodePurpose purpose,
                    Subjects subjects = {}) const;
  // Those of all whom the manager manages.
  Result<None> drop_of_managed(Session& db, std::int64_t manager, CodePurpose purpose) const;
  // Removes up to 1,000 that have expired; returns how many.
  Result<std::int64_t> drop_expired(Session& db, Time now) const;

  Result<None> drop_all(Session& db) const;
  // The changes that somebody may undo, as their codes have them.
  Result<std::vector<CodeOwner>> list_undoable(Session& db) const;

  // In the order in which they were made.
  Result<std::vector<EmailChange>> changes_of(Session& db, std::int64_t user) const;
  Result<None> insert_change(Session& db, const EmailChange& change) const;
  Result<None> drop_changes(Session& db, std::int64_t user, Subjects numbers) const;
  // Up to 100 changes that were asked for before `time`.
  Result<std::vector<EmailChange>> changed_before(Session& db, Time time) const;
};

}  // namespace gatehouse::users
