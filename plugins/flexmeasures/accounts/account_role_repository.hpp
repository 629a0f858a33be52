// The numbers of account roles in the database. Threads: any; no state. Blocking: one statement
// each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/storage.hpp>

namespace gatehouse::flexmeasures {

class AccountRoleRepository {
 public:
  Result<std::optional<std::int64_t>> find_id(Session& db, std::string_view name) const;
  Result<std::optional<std::string>> find_name(Session& db, std::int64_t id) const;
  // Gives the name a number, where it has none.
  Result<None> add(Session& db, std::string_view name) const;
};

}  // namespace gatehouse::flexmeasures
