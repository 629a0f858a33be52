// The dialect of WoTKit: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse::wotkit {

void WotkitPlugin::configure(Config& config) {
  mount_ = config.mount("/wotkit/api");
}

void WotkitPlugin::wire(Context& host) {
  host.routes().about("What clients of WoTKit call.");
  host.routes().mount(mount_, &render_problem);
}

}  // namespace gatehouse::wotkit

GATEHOUSE_PLUGIN(gatehouse::wotkit::WotkitPlugin, "wotkit", "1.0.0", "users >= 1.0, ?tokens")
