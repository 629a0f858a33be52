// The names of the roles. SPDX-License-Identifier: Apache-2.0
#include <array>

#include <gatehouse/principal.hpp>
#include <gatehouse/services/live_users.hpp>

namespace gatehouse {
namespace {

constexpr std::array kRoles = {
    Role::Admin, Role::AdminReader, Role::Staff, Role::AccountAdmin, Role::Consultant};

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::Admin:
      return "admin";
    case Role::AdminReader:
      return "admin-reader";
    case Role::Staff:
      return "staff";
    case Role::AccountAdmin:
      return "account-admin";
    case Role::Consultant:
      return "consultant";
  }
  return "";  // bits that are no single role
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : kRoles) {
    if (role_name(role) == name) return role;
  }
  return std::nullopt;
}

std::vector<Role> all_roles() {
  return {kRoles.begin(), kRoles.end()};
}

std::vector<std::string> role_names(Roles roles) {
  std::vector<std::string> names;
  for (const Role role : kRoles) {
    if (roles.has(role)) names.emplace_back(role_name(role));
  }
  return names;
}

Principal principal_of(const LiveUser& user) {
  Principal who;
  who.user = user.number;
  who.user_id = user.id;
  who.username = user.username;
  who.account = user.account;
  who.roles = user.roles;
  who.api_access = user.api_access;
  who.epoch = user.epoch;
  return who;
}

}  // namespace gatehouse
