// Codes that reach a user by mail, and the changes of e-mail addresses that wait for one. Only a
// code's SHA-256 is stored: it has 160 random bits, so that a slow hash would add nothing.
//
// Threads: any; no state. Blocking: one statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
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
};

// What was before a user's e-mail address changed, until `asked_at` is a week ago.
struct EmailChange {
  std::int64_t user_number = 0;
  std::optional<std::string> old_email;
  bool old_verified = false;
  std::optional<std::string> old_recovery_email;
  bool recent_sign_in = false;  // whoever asked had just proved to be the user
  Time asked_at;
};

class CodeRepository {
 public:
  Result<None> insert(Session& db,
                      std::string_view code,
                      std::int64_t user,
                      CodePurpose purpose,
                      Time expires_at) const;
  // The user whose code this is and has not expired.
  Result<std::optional<std::int64_t>> find(Session& db,
                                           std::string_view code,
                                           CodePurpose purpose,
                                           Time now) const;
  // The same, and the code is used up: of two who take it at once, one gets it.
  Result<std::optional<std::int64_t>> take(Session& db,
                                           std::string_view code,
                                           CodePurpose purpose,
                                           Time now) const;
  Result<None> drop(Session& db, std::int64_t user, CodePurpose purpose) const;
  // Removes up to 1,000 that have expired; returns how many.
  Result<std::int64_t> drop_expired(Session& db, Time now) const;

  Result<std::optional<EmailChange>> find_change(Session& db, std::int64_t user) const;
  // Of several changes in a row, what was before the first of them stays.
  Result<None> put_change(Session& db, const EmailChange& change) const;
  Result<None> drop_change(Session& db, std::int64_t user) const;
  // Up to 100 users whose change was asked for before `time`.
  Result<std::vector<std::int64_t>> changed_before(Session& db, Time time) const;
};

}  // namespace gatehouse::users
