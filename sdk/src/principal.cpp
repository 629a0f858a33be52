// The names of roles, and scopes as text. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
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

bool has_scope(const std::vector<std::string>& scopes, std::string_view scope) {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::string join_scopes(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text.append(text.empty() ? "" : " ").append(scope);
  return text;
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    scopes.emplace_back(text.substr(0, blank));
    text.remove_prefix(blank == text.npos ? text.size() : blank + 1);
  }
  return scopes;
}

std::optional<Time> end_of_credential(const Principal& who) {
  return who.signed_in_at ? std::nullopt : who.expires_at;
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
