// The dialect of WoTKit: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/authenticator.hpp>
#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

#include "error_wire.hpp"
#include "sign_in.hpp"
#include "user_routes.hpp"
#include "user_service.hpp"

namespace gatehouse::wotkit {

// What exists from wire() on.
struct WotkitPlugin::Parts {
  explicit Parts(Context& host) : basic(host), query(host), users(host) {}

  BasicSignIn basic;
  QuerySignIn query;
  UserService users;
};

WotkitPlugin::WotkitPlugin() = default;
WotkitPlugin::~WotkitPlugin() = default;

void WotkitPlugin::configure(Config& config) {
  mount_ = config.mount("/wotkit/api");
  token_in_query_ = config.flag("token_in_query", false);
}

void WotkitPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host);
  host.routes().about("What clients of WoTKit call.");
  host.routes().mount(mount_, &render_error);
  host.authenticators().add(parts_->basic, mount_);
  if (token_in_query_) host.authenticators().add(parts_->query, mount_);
  add_user_routes(host.routes().below(mount_), parts_->users, host.clock());
}

}  // namespace gatehouse::wotkit

GATEHOUSE_PLUGIN(gatehouse::wotkit::WotkitPlugin, "wotkit", "1.0.0", "users >= 1.0, ?tokens")
