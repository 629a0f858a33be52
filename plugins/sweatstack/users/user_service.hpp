// Users as this dialect has them: a manager's own to work with, and all that are accessible to see.
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database.
// Errors:    NotFound user_not_managed for whoever is not managed by the caller: the caller, users
//            who share, and everybody else, of admins too;
//            Conflict too_many_managed_users; Unavailable too_many_rows, list_in_progress; and
//            those of ManagedUsers.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/managed_users.hpp>
#include <gatehouse/services/shared_access.hpp>
#include <gatehouse/turns.hpp>

namespace gatehouse::sweatstack {

struct UserFilter {
  bool managed = true;
  bool shared = true;
  std::string name;  // in the display name, whatever the case; "": any
};

class UserService {
 public:
  // `max_rows`: of a list.
  UserService(Context& host, std::int64_t max_rows) : host_(host), max_rows_(max_rows) {}

  // Oneself, those one manages as they were made, those who share as the grants were made. All of
  // them, or an error. Where more than 1,000 are looked at, each user has one list made at a time,
  // and list_in_progress tells others to wait.
  Result<std::vector<AccessibleUser>> list(const Principal& who, const UserFilter& filter);

  // `id`: as in the path; what has no form of an id is nobody's.
  Result<UserRecord> find(const Principal& who, std::string_view id) const;
  Result<UserRecord> create(const Principal& who, const ManagedUserDraft& draft);
  Result<UserRecord> change(const Principal& who,
                            std::string_view id,
                            const ManagedUserChange& change);
  Result<None> erase(const Principal& who, std::string_view id);

 private:
  ManagedUsers& managed() const;

  Context& host_;
  const std::int64_t max_rows_;
  Turns lists_;
};

}  // namespace gatehouse::sweatstack
