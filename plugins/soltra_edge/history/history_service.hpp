// The sign-ins of a user as this mount shows them, over gatehouse/services/login_history.hpp, which
// judges rights.
//
// Threads:  any.
// Blocking: the database.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/login_history.hpp>

#include "users/user_service.hpp"

namespace gatehouse::soltra_edge {

class HistoryService {
 public:
  HistoryService(Context& host, const UserService& users) : host_(host), users_(users) {}

  struct Page {
    std::vector<LoginRecord> attempts;
    std::string owner;       // the user's id
    std::int64_t total = 0;  // on all pages
  };
  // The newest first. Errors: NotFound; PermissionDenied.
  Result<Page> list(const Principal& who, const IdOrNumber& user, const LoginSlice& slice) const;

 private:
  Context& host_;
  const UserService& users_;
};

}  // namespace gatehouse::soltra_edge
