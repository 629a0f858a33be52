// The dialect of SweatStack: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse::sweatstack {

void SweatStackPlugin::configure(Config& config) {
  mount_ = config.mount("/api/v1", "/api/v1");
}

void SweatStackPlugin::wire(Context& host) {
  host.routes().about("What clients of SweatStack call.");
  host.routes().mount(mount_, &render_problem);
}

}  // namespace gatehouse::sweatstack

GATEHOUSE_PLUGIN(gatehouse::sweatstack::SweatStackPlugin,
                 "sweatstack",
                 "1.0.0",
                 "users >= 1.0, tokens >= 1.0, managed_users >= 1.0")
