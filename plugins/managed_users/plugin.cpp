// The managed_users plugin: builds managed users and share grants, and joins them to the host.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <algorithm>

#include <gatehouse/plugin.hpp>

#include "grants/grants.hpp"
#include "managed/managed_users.hpp"
#include "migrations.hpp"

namespace gatehouse::managed_users {
namespace {

// RFC 6749 3.3, without capitals.
bool is_scope(std::string_view scope) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789:._-";
  return !scope.empty() && scope.size() <= 64 &&
         scope.find_first_not_of(kLetters) == std::string_view::npos;
}

std::vector<std::string> read_scopes(Config& config, std::vector<std::string> fallback) {
  auto scopes = config.list("scopes", std::move(fallback));
  const std::size_t count = scopes.size();
  const bool valid =
      count > 0 && count <= 32 && std::all_of(scopes.begin(), scopes.end(), is_scope);
  auto sorted = scopes;
  std::sort(sorted.begin(), sorted.end());
  const bool repeats = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  if (!valid || repeats) {
    config.fail("scopes",
                "takes 1 to 32 different scopes such as data:read: a-z, 0-9 and : . _ -, at most "
                "64 characters each");
  }
  return scopes;
}

}  // namespace

// What exists from wire() on.
struct ManagedUsersPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : managed(host, settings.managed_per_user),
        grants(host, settings.scopes, settings.grants_per_user) {}

  ManagedUsersPart managed;
  GrantsPart grants;
};

ManagedUsersPlugin::ManagedUsersPlugin() = default;
ManagedUsersPlugin::~ManagedUsersPlugin() = default;

void ManagedUsersPlugin::configure(Config& config) {
  settings_.scopes = read_scopes(config, settings_.scopes);
  settings_.managed_per_user =
      config.integer("managed_per_user", 1, 10'000'000, settings_.managed_per_user);
  settings_.grants_per_user =
      config.integer("grants_per_user", 1, 1'000, settings_.grants_per_user);
}

Migrations ManagedUsersPlugin::migrations() const {
  return embedded_migrations();
}

void ManagedUsersPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  host.routes().about("People without a login who are looked after, and users who share.");
  host.permissions().declare("managed_users:read", "managed_users:write", held_by_everybody);
  parts_->managed.join(host);
  parts_->grants.join(host);
}

}  // namespace gatehouse::managed_users

GATEHOUSE_PLUGIN(gatehouse::managed_users::ManagedUsersPlugin,
                 "managed_users",
                 "1.0.0",
                 "users >= 1.0, ?tokens")
