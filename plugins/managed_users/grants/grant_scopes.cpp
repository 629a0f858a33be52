// SPDX-License-Identifier: Apache-2.0
#include "grant_scopes.hpp"

#include <algorithm>

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
  std::string text;
  for (const std::string& name : names_of(scopes)) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

ScopeBits GrantScopes::parse(std::string_view text) const {
  ScopeBits scopes = 0;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    scopes |= bit_of(text.substr(0, blank)).value_or(0);
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return scopes;
}

}  // namespace gatehouse::managed_users
