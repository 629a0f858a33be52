// SPDX-License-Identifier: Apache-2.0
#include "runtime/rights.hpp"

#include <algorithm>
#include <stdexcept>

#include <gatehouse/text.hpp>

namespace gatehouse::runtime {
namespace {

constexpr std::string_view kEverybody = "everybody";

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_held(const HeldBy& held_by, Roles roles) {
  const std::uint32_t bits = roles.bits();
  if ((bits & held_by.roles.bits()) != 0) return true;
  return held_by.everybody && (bits & held_by.narrowed.bits()) == 0;
}

}  // namespace

bool is_permission(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != text.npos && is_word(text.substr(0, colon)) && is_word(text.substr(colon + 1));
}

void Rights::configure(const ConfigNode* policy, std::vector<std::string>& mistakes) {
  Config section = ConfigAccess::open(policy, "policy", "", mistakes);
  settings_.members_may_edit_account = section.flag("members_may_edit_account", false);
  settings_.members_may_read_each_other = section.flag("members_may_read_each_other", false);
  settings_.grant_admin_over_api = section.flag("grant_admin_over_api", false);
  Config roles = section.section("roles");
  std::vector<std::string> known{std::string(kEverybody)};
  for (const Role role : all_roles()) known.emplace_back(role_name(role));
  const ConfigNode* node = policy == nullptr ? nullptr : policy->find("roles");
  for (const std::string& role : roles.keys()) {
    std::vector<std::string> permissions = roles.list(role, {});
    if (std::find(known.begin(), known.end(), role) == known.end()) {
      const std::string_view nearest = did_you_mean(role, known);
      roles.fail(role,
                 nearest.empty() ? std::string("unknown role")
                                 : format("unknown role (did you mean '{}'?)", nearest));
    } else if (role == "admin") {
      roles.fail(role, "admins hold every permission; this cannot be changed");
    } else {
      overrides_.push_back({node->find(role)->origin, role, std::move(permissions)});
    }
  }
  ConfigAccess::finish(section);
}

void Rights::declare(std::string_view plugin, std::string_view permission, Holders holders) {
  if (!is_permission(permission)) {
    throw std::invalid_argument(
        format("permission '{}' does not read 'area:verb' in lower case", permission));
  }
  if (permission.ends_with(":read")) holders.roles.add(Role::AdminReader);
  holders.roles.add(Role::Admin);
  holders.roles.add(Role::Staff);
  const auto [place, added] = declared_.try_emplace(
      std::string(permission),
      Declared{std::string(plugin), HeldBy{holders.everybody, holders.roles, {}}});
  if (!added) {
    throw std::invalid_argument(format(
        "permission '{}' is already declared by plugin '{}'", permission, place->second.plugin));
  }
}

std::vector<Rights::Trespass> Rights::trespasses(const std::vector<std::string>& plugins) const {
  std::vector<Trespass> found;
  for (const auto& [permission, declared] : declared_) {
    const std::string_view area = std::string_view(permission).substr(0, permission.find(':'));
    const bool is_of_a_plugin = std::find(plugins.begin(), plugins.end(), area) != plugins.end();
    if (is_of_a_plugin && area != declared.plugin) found.push_back({declared.plugin, permission});
  }
  return found;
}

std::vector<std::string> Rights::freeze() {
  std::vector<std::string> mistakes;
  for (const Override& change : overrides_) {
    const auto role = parse_role(change.role);
    for (auto& [permission, declared] : declared_) {
      const bool listed =
          std::find(change.permissions.begin(), change.permissions.end(), permission) !=
          change.permissions.end();
      if (!role) {
        declared.held_by.everybody = listed;
      } else {
        const auto bit = static_cast<std::uint32_t>(*role);
        const std::uint32_t others = declared.held_by.roles.bits() & ~bit;
        declared.held_by.roles = Roles::from_bits(others | (listed ? bit : 0));
        declared.held_by.narrowed.add(*role);
      }
    }
    for (const std::string& permission : change.permissions) {
      if (find(permission) != nullptr) continue;
      const std::string_view near = nearest(permission);
      mistakes.push_back(
          format("{}: policy.roles.{}: no enabled plugin declares the permission "
                 "'{}'{}",
                 change.origin,
                 change.role,
                 permission,
                 near.empty() ? "" : format(" (did you mean '{}'?)", near)));
    }
  }
  for (std::uint32_t bits = 0; bits < Roles::kSets; ++bits) {
    for (const auto& [permission, declared] : declared_) {
      if (is_held(declared.held_by, Roles::from_bits(bits))) {
        settings_.held[bits].push_back(permission);
      }
    }
  }
  return mistakes;
}

const HeldBy* Rights::find(std::string_view permission) const {
  const auto found = declared_.find(permission);
  return found == declared_.end() ? nullptr : &found->second.held_by;
}

std::string_view Rights::nearest(std::string_view permission) const {
  std::vector<std::string> names;
  for (const auto& [name, declared] : declared_) names.push_back(name);
  const std::string_view found = did_you_mean(permission, names);
  const auto place = declared_.find(found);
  return place == declared_.end() ? std::string_view() : std::string_view(place->first);
}

std::vector<std::string> Rights::of(Role role) const {
  std::vector<std::string> held;
  for (const auto& [permission, declared] : declared_) {
    if (is_held(declared.held_by, role)) held.push_back(permission);
  }
  return held;
}

Holding holding(const Principal& principal, const HeldBy& held_by, std::string_view permission) {
  // Who acts for somebody else has no roles, whatever the principal says (security.md 3).
  if (!is_held(held_by, principal.actor != 0 ? Roles() : principal.roles)) return Holding::NotHeld;
  if (!principal.scopes) return Holding::Held;
  return has_scope(*principal.scopes, permission) ? Holding::Held : Holding::NotInScope;
}

bool holds(const Principal& principal, const HeldBy& held_by, std::string_view permission) {
  return holding(principal, held_by, permission) == Holding::Held;
}

}  // namespace gatehouse::runtime
