// The dialect of Soltra Edge: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse::soltra_edge {

void SoltraEdgePlugin::configure(Config& config) {
  mount_ = config.mount("/api", "/api");
}

void SoltraEdgePlugin::wire(Context& host) {
  host.routes().about("What clients of Soltra Edge call.");
  host.routes().mount(mount_, &render_problem);
}

}  // namespace gatehouse::soltra_edge

GATEHOUSE_PLUGIN(gatehouse::soltra_edge::SoltraEdgePlugin,
                 "soltra_edge",
                 "1.0.0",
                 "users >= 1.0, tokens >= 1.0")
