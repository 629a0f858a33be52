// The numbers by which clients know the roles of users, the same in every installation: the place
// among all_roles(), from 1, as in /v1/roles. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <gatehouse/principal.hpp>

namespace gatehouse::flexmeasures {

std::vector<std::int64_t> role_numbers(Roles roles);
// Nothing where one of the numbers is no role's.
std::optional<Roles> roles_of(const std::vector<std::int64_t>& numbers);

}  // namespace gatehouse::flexmeasures
