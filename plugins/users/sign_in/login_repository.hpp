// Who tried to sign in, when and from where, in the database.
//
// Threads: any; no state. Blocking: one or two statements each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::users {

// A sign-in of a user, or a failed one; a row, in the order of the columns.
struct Login {
  std::int64_t number = 0;
  std::int64_t user_number = 0;
  Time attempted_at;
  bool success = false;
  std::string method;
  std::string mount;
  std::string remote_address;
  std::optional<std::string> user_agent;
};

// Where a walk through the newest first stands: after this one.
struct LoginPosition {
  std::int64_t at = 0;  // microseconds since 1970
  std::int64_t number = 0;
};

// When a user was seen.
struct SeenUser {
  std::int64_t number = 0;
  std::int64_t at = 0;  // microseconds since 1970
};

class LoginRepository {
 public:
  static constexpr std::int64_t kBatch = 1'000;

  // As a failure, until succeed() says otherwise. Its number; nothing, and no row, when there is no
  // such user.
  Result<std::optional<std::int64_t>> insert(Session& db, const Login& login) const;
  // False: one that is like it succeeded after `since`, and stands for it; it is gone.
  Result<bool> succeed(Session& db, const Login& login, Time since) const;
  // The attempt has not come to a judgement.
  Result<None> remove(Session& db, std::int64_t number) const;

  // The newest first.
  Result<std::vector<Login>> list(Session& db,
                                  std::int64_t user,
                                  const std::optional<LoginPosition>& after,
                                  std::int64_t limit) const;
  // The same by their places, from 0.
  Result<std::vector<Login>> slice(Session& db,
                                   std::int64_t user,
                                   std::int64_t offset,
                                   std::int64_t limit) const;
  Result<std::int64_t> count(Session& db, std::int64_t user) const;
  // Of those before `time` at most kBatch. How many.
  Result<std::int64_t> drop_before(Session& db, Time time) const;

  // In the user's own row: this sign-in is the last, the last one the previous.
  Result<None> note_sign_in(Session& db, std::int64_t user, Time now) const;
  // Of users who were seen a minute ago or later already nothing is written.
  Result<None> note_seen(Session& db, const std::vector<SeenUser>& seen) const;
};

}  // namespace gatehouse::users
