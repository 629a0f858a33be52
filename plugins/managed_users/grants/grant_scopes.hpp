// The grant scopes there are (`managed_users.scopes`), in their order, and sets of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::managed_users {

// One bit for each, in their order; not stored, for the order may change.
using ScopeBits = std::uint32_t;

// Threads: any. Blocking: never.
class GrantScopes {
 public:
  static constexpr std::size_t kMost = 32;

  // `names`: different ones, at most kMost.
  explicit GrantScopes(std::vector<std::string> names) : names_(std::move(names)) {}

  const std::vector<std::string>& all() const { return names_; }
  // Nothing: there is no such scope.
  std::optional<ScopeBits> bit_of(std::string_view name) const;
  std::vector<std::string> names_of(ScopeBits scopes) const;

  // With blanks between, as they are stored. On reading, what is no scope any more is left out.
  std::string text_of(ScopeBits scopes) const;
  ScopeBits parse(std::string_view text) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace gatehouse::managed_users
