// The numbers of account roles in the database. Threads: any; no state. Blocking: one statement
// each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::flexmeasures {

struct AccountRoleRow {
  std::int64_t id = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(AccountRoleRow, (), (id, name))

class AccountRoleRepository {
 public:
  // Those that there are, in no order.
  Result<std::vector<AccountRoleRow>> find_by_names(Session& db,
                                                    const std::vector<std::string>& names) const;
  Result<std::vector<AccountRoleRow>> find_by_ids(Session& db,
                                                  const std::vector<std::int64_t>& ids) const;
  // Gives the name a number, where it has none.
  Result<None> add(Session& db, std::string_view name) const;
};

}  // namespace gatehouse::flexmeasures
