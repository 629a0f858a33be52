// The users plugin: builds repositories, service, routes, commands and the Basic authenticator, and
// joins them to the host. SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <stdexcept>

#include <gatehouse/plugin.hpp>
#include <gatehouse/services/user_directory.hpp>

#include "basic_authenticator.hpp"
#include "first_admin.hpp"
#include "migrations.hpp"
#include "name_rules.hpp"
#include "user_commands.hpp"
#include "user_directory.hpp"
#include "user_routes.hpp"

namespace gatehouse::users {

// What exists from wire() on.
struct UsersPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : users(settings.unique_email ? Emails::Unique : Emails::Repeatable),
        service(host, users, credentials, settings.default_timezone),
        directory(users),
        basic(host, credentials, settings.remembered_passwords),
        first_admin(host, users, service) {}

  UserRepository users;
  CredentialRepository credentials;
  UserService service;
  StoredUserDirectory directory;
  BasicAuthenticator basic;
  FirstAdmin first_admin;
};

UsersPlugin::UsersPlugin() = default;
UsersPlugin::~UsersPlugin() = default;

void UsersPlugin::configure(Config& config) {
  settings_.default_timezone = config.text("default_timezone", "UTC");
  const std::string_view mistake = check_timezone(settings_.default_timezone);
  if (!mistake.empty()) config.fail("default_timezone", mistake);
  settings_.unique_email = config.flag("unique_email", true);
  settings_.remembered_passwords =
      static_cast<std::size_t>(config.integer("remembered_passwords", 0, 10'000'000, 10'000));
}

Migrations UsersPlugin::migrations() const {
  return embedded_migrations();
}

void UsersPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  add_user_routes(host, parts_->service);
  add_user_commands(host.commands(), parts_->service);
  host.authenticators().add(parts_->basic);
  host.services().provide<UserDirectory>(parts_->directory);
  // Another process may change the password: a command, another instance.
  host.jobs().every(
      "first_password", std::chrono::seconds(60), [this] { parts_->first_admin.refresh(); });
  host.jobs().every(
      "decoy_costs", std::chrono::seconds(60), [this] { parts_->basic.refresh_decoys(); });
}

void UsersPlugin::start(Context& host) {
  const auto aligned =
      host.storage().write([&](Session& db) { return parts_->users.align_names(db); });
  if (!aligned && aligned.error().code == ErrorCode::Conflict) {
    throw std::runtime_error(
        "several users have one e-mail address, or one has another's username as address: give "
        "them different ones, or set users.unique_email to false");
  }
  if (!aligned) throw std::runtime_error(aligned.error().message);
  parts_->first_admin.start();
  parts_->basic.refresh_decoys();
}

}  // namespace gatehouse::users

GATEHOUSE_PLUGIN(gatehouse::users::UsersPlugin, "users", "1.0.0")
