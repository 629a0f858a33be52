// The dialect of FlexMeasures: builds its services over those of the identity plugins, and joins
// its routes to the host. SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <chrono>

#include "accounts/account_routes.hpp"
#include "api/answers.hpp"
#include "migrations.hpp"
#include "sign_in/password_routes.hpp"
#include "sign_in/sign_in_routes.hpp"
#include "sign_in/token_authenticator.hpp"
#include "trail/trail_routes.hpp"
#include "users/user_routes.hpp"

namespace gatehouse::flexmeasures {

// What exists from wire() on.
struct FlexMeasuresPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : places(settings.mount),
        lists(settings.max_unpaged_rows),
        roles(host),
        accounts(host, roles, lists),
        users(host, accounts, settings.own_reset),
        trail(host, accounts, users, lists),
        sign_in(host, settings.sign_in),
        authenticator(host, settings.token_in_query) {}

  Places places;
  WholeLists lists;
  AccountRoles roles;
  AccountService accounts;
  UserService users;
  TrailService trail;
  SignInService sign_in;
  TokenAuthenticator authenticator;
};

FlexMeasuresPlugin::FlexMeasuresPlugin() = default;
FlexMeasuresPlugin::~FlexMeasuresPlugin() = default;

void FlexMeasuresPlugin::configure(Config& config) {
  settings_.mount = config.mount("/api/v3_0", "/api/v3_0");
  settings_.max_unpaged_rows =
      config.integer("max_unpaged_rows", 1, 10'000'000, settings_.max_unpaged_rows);
  settings_.token_in_query = config.flag("token_in_query", false);
  if (config.flag("reset_without_recent_sign_in", false)) {
    settings_.own_reset = UserPasswords::OwnPassword::AnyTime;
  }
  settings_.sign_in.reveal_unknown_email = config.flag("reveal_unknown_email", false);
  settings_.sign_in.token_lifetime = config.duration("token_lifetime",
                                                     std::chrono::minutes(5),
                                                     std::chrono::hours(24 * 400),
                                                     settings_.sign_in.token_lifetime);
}

Migrations FlexMeasuresPlugin::migrations() const {
  return embedded_migrations();
}

void FlexMeasuresPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  host.routes().about("What clients of FlexMeasures call.");
  host.routes().mount(settings_.mount, &render_error);
  host.authenticators().add(parts_->authenticator, settings_.mount);
  Routes& routes = host.routes().below(settings_.mount);
  add_user_routes(routes, parts_->users, parts_->roles, parts_->lists);
  add_account_routes(routes, parts_->accounts, parts_->roles, parts_->lists);
  add_trail_routes(routes, parts_->trail);
  add_sign_in_routes(host, parts_->places, parts_->sign_in, parts_->authenticator);
  add_password_routes(host, parts_->places);
}

}  // namespace gatehouse::flexmeasures

GATEHOUSE_PLUGIN(gatehouse::flexmeasures::FlexMeasuresPlugin,
                 "flexmeasures",
                 "1.0.0",
                 "users >= 1.0, accounts >= 1.0, tokens >= 1.0, audit >= 1.0")
