// Roles of accounts as clients know them: by numbers that never change.
//
// Ownership: plugin.cpp's. Threads: any. Blocking: the database, for what was not asked before.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>

#include "account_role_repository.hpp"

namespace gatehouse::flexmeasures {

class AccountRoles {
 public:
  using Ids = std::map<std::string, std::int64_t>;

  explicit AccountRoles(Context& host) : host_(host) {}

  // Gives numbers to those that have none yet, in a write beside the request's. Not inside a
  // callback of Db.
  Result<Ids> ids_of(const std::vector<std::string>& names);
  // Each once, in no order; nothing where one of the numbers is no role's. Not inside a callback of
  // Db.
  Result<std::optional<std::vector<std::string>>> names_of(std::vector<std::int64_t> ids);

 private:
  std::optional<std::int64_t> remembered(const std::string& name) const;
  Result<Ids> add(const std::vector<std::string>& names);

  Context& host_;
  AccountRoleRepository rows_;
  mutable std::mutex mutex_;
  Ids known_;  // a name keeps its number for ever
};

}  // namespace gatehouse::flexmeasures
