// Users as this dialect has them: a manager's own to work with, and all that are accessible to see.
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database.
// Errors:    NotFound user_not_managed for whoever is not managed by the caller: the caller, users
//            who share, and everybody else, of admins too;
//            Conflict too_many_managed_users; Unavailable too_many_rows, list_in_progress; and
//            those of UserEditor.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "one_at_a_time.hpp"

namespace gatehouse::sweatstack {

struct UserFilter {
  bool managed = true;
  bool shared = true;
  std::string name;  // in the display name, whatever the case; "": any
};

class UserService {
 public:
  struct Limits {
    std::int64_t rows = 10'000;      // of a list
    std::int64_t managed = 100'000;  // by one user
  };

  UserService(Context& host, const Limits& limits) : host_(host), limits_(limits) {}

  // Oneself, those one manages as they were made, those who share as the grants were made. All of
  // them, or an error.
  Result<std::vector<AccessibleUser>> list(const Principal& who, const UserFilter& filter);

  // `id`: as in the path; what has no form of an id is nobody's.
  Result<UserRecord> find(const Principal& who, std::string_view id) const;
  Result<UserRecord> create(const Principal& who, const ManagedUserDraft& draft);
  Result<UserRecord> change(const Principal& who,
                            std::string_view id,
                            const ManagedUserChange& change);
  Result<None> erase(const Principal& who, std::string_view id);

 private:
  Result<UserRecord> find_managed(Session& db, const Principal& who, std::string_view id) const;

  Context& host_;
  const Limits limits_;
  OneAtATime lists_;
};

}  // namespace gatehouse::sweatstack
