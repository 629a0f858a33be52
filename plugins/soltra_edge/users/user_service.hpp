// What this mount lets people do with users, over the services of the users plugin, which judge
// rights and fields.
//
// Threads:  any.
// Blocking: the database; create() a hash, on a route with Route::hashing().
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "user_wire.hpp"

namespace gatehouse::soltra_edge {

class UserService {
 public:
  explicit UserService(Context& host) : host_(host) {}

  struct Page {
    std::vector<UserRecord> users;
    std::int64_t total = 0;  // on all pages
  };
  // PermissionDenied for who does not administer.
  Result<Page> list(const Principal& who, const UserListing& listing) const;
  // Errors: NotFound; PermissionDenied.
  Result<UserRecord> find(const Principal& who, const IdOrNumber& user) const;
  // The same in a session of the caller's.
  Result<UserRecord> find(Session& db, const Principal& who, const IdOrNumber& user) const;

  // Errors of the three: those of UserEditor, in this dialect's words.
  Result<UserRecord> create(const Principal& who, const UserDraft& draft) const;
  Result<UserRecord> change(const Principal& who,
                            const IdOrNumber& user,
                            const UserPatch& patch) const;
  Result<None> erase(const Principal& who, const IdOrNumber& user) const;

 private:
  const UserDirectory& directory() const;
  UserEditor& editor() const;
  Context& host_;
};

}  // namespace gatehouse::soltra_edge
