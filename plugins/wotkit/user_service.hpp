// The rules of WoTKit's users: they are for admins alone, and only users with a username are there.
// All else is the rules of /v1/users (UserEditor).
//
// Ownership: plugin.cpp's; lives until the process ends.
// Threads:   any.
// Blocking:  the database; create() hashes, and change() where there is a password.
// Errors:    PermissionDenied for who is no admin; NotFound; and those of UserEditor.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/services/user_editor.hpp>

namespace gatehouse::wotkit {

// How a path names a user.
struct UserName {
  IdOrNumber object;     // where `username` is empty
  std::string username;  // whatever the case
};

// What a list shows.
struct UserFilter {
  std::string text;  // occurs in username, first or last name, whatever the case; "": any
  bool oldest_first = false;
  std::int64_t offset = 0;
  std::int64_t limit = 1000;  // 0..1,000
};

class UserService {
 public:
  // What is to be different, of a user who looks like this. Called before anything is changed.
  using ChangeOf = std::function<Result<UserChange>(const UserRecord&)>;

  explicit UserService(Context& host) : host_(host) {}

  Result<std::vector<UserRecord>> list(const Principal& who, const UserFilter& filter) const;
  Result<UserRecord> find(const Principal& who, const UserName& user) const;
  Result<UserRecord> create(const Principal& who, const UserDraft& draft);
  Result<None> change(const Principal& who, const UserName& user, const ChangeOf& change_of);
  Result<None> erase(const Principal& who, const UserName& user);

 private:
  const UserDirectory& directory() const;
  UserEditor& editor() const;

  Context& host_;
};

}  // namespace gatehouse::wotkit
