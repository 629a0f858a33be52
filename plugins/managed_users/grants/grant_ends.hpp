// How grants end, or begin to wait, by what happens to their people or by age.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/context.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/services/user_editor.hpp>

#include "grant_repository.hpp"

namespace gatehouse::managed_users {

// Threads: any. Blocking: the database.
class GrantEnds {
 public:
  GrantEnds(Context& host, const GrantRepository& grants) : host_(host), grants_(grants) {}

  // In Plugin::wire().
  void listen();
  void drop_expired();

 private:
  Result<None> end_all_of(Session& db, const UserDeleted& user) const;
  Result<None> tell_of_waiting(Session& db, const UserHandedOver& user) const;

  Context& host_;
  const GrantRepository& grants_;
};

}  // namespace gatehouse::managed_users
