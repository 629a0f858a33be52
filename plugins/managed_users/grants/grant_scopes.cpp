// SPDX-License-Identifier: Apache-2.0
#include "grant_scopes.hpp"

#include <algorithm>

#include <gatehouse/principal.hpp>

namespace gatehouse::managed_users {

std::optional<ScopeBits> GrantScopes::bit_of(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return ScopeBits{1} << (found - names_.begin());
}

std::vector<std::string> GrantScopes::names_of(ScopeBits scopes) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if ((scopes >> i & 1) != 0) names.push_back(names_[i]);
  }
  return names;
}

std::string GrantScopes::text_of(ScopeBits scopes) const {
  return join_scopes(names_of(scopes));
}

ScopeBits GrantScopes::parse(std::string_view text) const {
  ScopeBits scopes = 0;
  for (const std::string& name : split_scopes(text)) scopes |= bit_of(name).value_or(0);
  return scopes;
}

}  // namespace gatehouse::managed_users
