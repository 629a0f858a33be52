// Permissions: "plugin:verb" words that routes name and roles hold.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/principal.hpp>

namespace gatehouse {

// Who holds a permission unless `policy.roles` of the configuration says otherwise.
struct Holders {
  bool everybody = false;  // every signed-in user
  Roles roles;
};
inline constexpr Holders held_by_everybody{true, {}};
constexpr Holders held_by(Roles roles) {
  return {false, roles};
}

// Admins and staff hold every permission, admin-readers every one that ends in ":read", unless
// configured otherwise; admins always.
class Permissions {
 public:
  // `permission`: "area:verb", lower-case, where the area is the plugin's name, or a noun that is
  // no other plugin's name. Only in Plugin::wire().
  void declare(std::string_view permission, Holders holders) { add(permission, holders); }
  void declare(std::string_view first, std::string_view second, Holders holders) {
    add(first, holders);
    add(second, holders);
  }

  // What a role holds, in alphabetical order. From Plugin::start() on, any thread.
  virtual std::vector<std::string> of(Role role) const = 0;

 protected:
  ~Permissions() = default;
  virtual void add(std::string_view permission, Holders holders) = 0;
};

}  // namespace gatehouse
