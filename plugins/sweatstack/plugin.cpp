// The dialect of SweatStack: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/authenticator.hpp>
#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

#include "cookie_renewal.hpp"
#include "errors.hpp"
#include "oauth/oauth_routes.hpp"
#include "token_authenticator.hpp"
#include "users/user_routes.hpp"

namespace gatehouse::sweatstack {

// What exists from wire() on.
struct SweatStackPlugin::Parts {
  Parts(Context& host, const Settings& settings)
      : authenticator(host,
                      settings.principal_from_delegated
                          ? settings.mount + std::string(kPrincipalTokenPath)
                          : std::string()),
        renewal(host, settings.renew_cookie_before),
        users(host, settings.max_unpaged_rows),
        oauth(host, settings.password_grant) {}

  TokenAuthenticator authenticator;
  CookieRenewal renewal;
  UserService users;
  OAuthService oauth;
};

SweatStackPlugin::SweatStackPlugin() = default;
SweatStackPlugin::~SweatStackPlugin() = default;

void SweatStackPlugin::configure(Config& config) {
  settings_.mount = config.mount("/api/v1", "/api/v1");
  settings_.max_unpaged_rows =
      config.integer("max_unpaged_rows", 1, 100'000, settings_.max_unpaged_rows);
  settings_.password_grant = config.flag("password_grant", false);
  settings_.principal_from_delegated = config.flag("principal_from_delegated", false);
  settings_.renew_cookie_before = config.duration("renew_cookie_before",
                                                  std::chrono::seconds(0),
                                                  std::chrono::minutes(5),
                                                  settings_.renew_cookie_before);
}

void SweatStackPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, settings_);
  host.routes().about("What clients of SweatStack call.");
  host.routes().mount(settings_.mount, &render_error);
  host.authenticators().add(parts_->authenticator, settings_.mount);
  Routes& api = host.routes().below(settings_.mount);
  add_user_routes(api, parts_->users, parts_->renewal);
  add_oauth_routes(api, parts_->oauth, parts_->renewal);
}

}  // namespace gatehouse::sweatstack

GATEHOUSE_PLUGIN(gatehouse::sweatstack::SweatStackPlugin,
                 "sweatstack",
                 "1.0.0",
                 "users >= 1.0, tokens >= 1.0, managed_users >= 1.0")
