// Managed users for other plugins: to their manager they are there, to all others they are not, as
// at /v1/managed-users. Provided by the managed_users plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/body/values.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_editor.hpp>

namespace gatehouse {

struct Principal;

// Ownership: the managed_users plugin's; valid until Plugin::stop(). Threads: any. Blocking: some
// indexed statements; what changes something does so in a transaction of its own, which is the one
// a request has. Errors: NotFound for whoever is not managed by `who`, admins and the user
// included; Conflict too_many_managed_users (`managed_users.managed_per_user`); and those of
// UserEditor.
class ManagedUsers {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.managed_users/1";

  virtual Result<UserRecord> create(const Principal& who, const ManagedUserDraft& draft) = 0;
  virtual Result<UserRecord> find(const Principal& who, const IdOrNumber& user) const = 0;
  virtual Result<UserRecord> change(const Principal& who,
                                    const IdOrNumber& user,
                                    const ManagedUserChange& change,
                                    const UserEditor::Check& is_as_seen) = 0;
  virtual Result<None> erase(const Principal& who,
                             const IdOrNumber& user,
                             const UserEditor::Check& is_as_seen) = 0;

 protected:
  ~ManagedUsers() = default;
};

}  // namespace gatehouse
