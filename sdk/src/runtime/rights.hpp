// Which roles hold which permissions: what the plugins declared, as `policy.roles` changed it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/permissions.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/runtime/config_node.hpp>

namespace gatehouse::runtime {

// "area:verb" in lower case.
bool is_permission(std::string_view text);

// Who holds one permission in the end.
struct HeldBy {
  bool everybody = false;  // but those with a role in `narrowed`
  Roles roles;
  Roles narrowed;  // roles that the configuration lists: they hold their lists and no more
};

class Rights {
 public:
  // Reads the section `policy`: its flags, and `roles`, a map from a role (or "everybody") to the
  // list of its permissions. Whoever has such a role holds its list and what the other roles hold,
  // and nothing through "everybody"; a list of "everybody" is what all others hold. Mistakes of
  // form go to `mistakes`; unknown permissions are found by freeze(), when all plugins have
  // declared theirs.
  void configure(const ConfigNode* policy, std::vector<std::string>& mistakes);

  // Throws std::invalid_argument for a permission that is malformed or declared by another plugin.
  void declare(std::string_view plugin, std::string_view permission, Holders holders);

  struct Trespass {
    std::string plugin;
    std::string permission;
  };
  // Permissions whose area is the name of another of these plugins than the one that declared them.
  std::vector<Trespass> trespasses(const std::vector<std::string>& plugins) const;

  // Applies the configuration; returns its unknown permissions as mistakes.
  std::vector<std::string> freeze();

  // What policy.hpp judges by; which roles hold all of which is known after freeze().
  const PolicySettings& settings() const { return settings_; }

  // Null when no plugin declared it.
  const HeldBy* find(std::string_view permission) const;
  std::string_view nearest(std::string_view permission) const;
  // In alphabetical order; admins hold all of them.
  std::vector<std::string> of(Role role) const;

 private:
  struct Declared {
    std::string plugin;
    HeldBy held_by;
  };
  struct Override {
    std::string origin;
    std::string role;  // or "everybody"
    std::vector<std::string> permissions;
  };

  PolicySettings settings_;
  std::map<std::string, Declared, std::less<>> declared_;
  std::vector<Override> overrides_;
};

enum class Holding : std::uint8_t {
  NotHeld,
  NotInScope,  // the roles would do, the credential's scopes do not
  Held,
};
Holding holding(const Principal& principal, const HeldBy& held_by, std::string_view permission);

// Whether the principal's roles hold the permission and its scopes, if it has any, include it.
bool holds(const Principal& principal, const HeldBy& held_by, std::string_view permission);

}  // namespace gatehouse::runtime
