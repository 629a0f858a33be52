// SPDX-License-Identifier: Apache-2.0
#include "role_numbers.hpp"

#include <cstddef>

namespace gatehouse::flexmeasures {

std::vector<std::int64_t> role_numbers(Roles roles) {
  std::vector<std::int64_t> numbers;
  std::int64_t number = 0;
  for (const Role role : all_roles()) {
    ++number;
    if (roles.has(role)) numbers.push_back(number);
  }
  return numbers;
}

std::optional<Roles> roles_of(const std::vector<std::int64_t>& numbers) {
  const std::vector<Role> all = all_roles();
  Roles roles;
  for (const std::int64_t number : numbers) {
    if (number < 1 || number > static_cast<std::int64_t>(all.size())) return std::nullopt;
    roles.add(all[static_cast<std::size_t>(number - 1)]);
  }
  return roles;
}

}  // namespace gatehouse::flexmeasures
