// Who is asking. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

// The roles of contracts/v1.md. Which permissions they hold is `policy.roles`; how far they reach
// is policy.hpp. Stored as bits, so an enumerator never changes its value.
enum class Role : std::uint32_t {
  Admin = 1,
  AdminReader = 2,
  Staff = 4,
  AccountAdmin = 8,
  Consultant = 16,
};

// A set of roles.
class Roles {
 public:
  static constexpr std::size_t kSets = 32;  // bits() is less

  constexpr Roles() = default;
  constexpr Roles(Role role) : bits_(static_cast<std::uint32_t>(role)) {}
  static constexpr Roles from_bits(std::uint32_t bits) {
    Roles roles;
    roles.bits_ = bits & kAll;
    return roles;
  }
  constexpr std::uint32_t bits() const { return bits_; }
  constexpr bool has(Role role) const { return (bits_ & static_cast<std::uint32_t>(role)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr void add(Role role) { bits_ |= static_cast<std::uint32_t>(role); }
  constexpr bool contains(Roles others) const { return (others.bits_ & ~bits_) == 0; }
  friend constexpr Roles operator|(Roles a, Roles b) { return from_bits(a.bits_ | b.bits_); }
  friend constexpr bool operator==(Roles, Roles) = default;

 private:
  static constexpr std::uint32_t kAll = kSets - 1;
  std::uint32_t bits_ = 0;
};

// "admin", "admin-reader", "staff", "account-admin", "consultant".
GATEHOUSE_API std::string_view role_name(Role role);
GATEHOUSE_API std::optional<Role> parse_role(std::string_view name);
GATEHOUSE_API std::vector<Role> all_roles();
GATEHOUSE_API std::vector<std::string> role_names(Roles roles);

// Scopes, permissions or grant scopes: whether one is among them, and all as one text with a blank
// between two (RFC 6749 3.3).
GATEHOUSE_API bool has_scope(const std::vector<std::string>& scopes, std::string_view scope);
GATEHOUSE_API std::string join_scopes(const std::vector<std::string>& scopes);
GATEHOUSE_API std::vector<std::string> split_scopes(std::string_view text);

// A signed-in user and the credential that says so. Made by an authenticator for one request, never
// kept. Frozen for SDK 1.
struct Principal {
  std::int64_t user = 0;     // number, > 0
  std::string user_id;       // 24 hex digits
  std::string username;      // may be empty (managed users)
  std::int64_t account = 0;  // number; 0: none
  Roles roles;
  bool api_access = true;  // false: only routes that say without_api_access() (policy.hpp)
  std::string method;      // "basic", "session", "token", "delegated"
  std::string credential;  // id of the session or token; empty with Basic
  std::optional<std::vector<std::string>> scopes;  // nothing: all that the roles allow
  // > 0: delegated; the number of who acts for `user`, without any role of theirs (security.md 3).
  std::int64_t actor = 0;
  std::optional<Time> expires_at;
  // When the password was last shown for this credential; nothing: never (an API token).
  std::optional<Time> signed_in_at;
  // LiveUser::epoch that the credential is good for: who stores something for the principal
  // compares it in the same transaction. 0: not known.
  std::int64_t epoch = 0;
  // Of who acts for `user`: what they may do with the user's data ("data:read"), now.
  std::vector<std::string> grant_scopes = {};
};

// No exchange upwards (security.md 3): what is made with this credential ends then at the latest.
// Nothing: a password stands behind it, and it bounds nothing.
GATEHOUSE_API std::optional<Time> end_of_credential(const Principal& who);

}  // namespace gatehouse
