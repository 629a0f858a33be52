// The part of the plugin about managed users and acting for others, put together.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include <gatehouse/context.hpp>

#include "delegation_service.hpp"
#include "managed_user_service.hpp"

namespace gatehouse::managed_users {

// Made and joined to the host in Plugin::wire().
class ManagedUsersPart {
 public:
  // `most`: how many one user may manage.
  ManagedUsersPart(Context& host, std::int64_t most)
      : managed_(host, most), delegations_(host, managed_) {}

  void join(Context& host);

 private:
  ManagedUserService managed_;
  DelegationService delegations_;
};

}  // namespace gatehouse::managed_users
