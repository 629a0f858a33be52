// The dialect of FlexMeasures: its routes, over the services of the identity plugins.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse::flexmeasures {

void FlexMeasuresPlugin::configure(Config& config) {
  mount_ = config.mount("/api/v3_0", "/api/v3_0");
}

void FlexMeasuresPlugin::wire(Context& host) {
  host.routes().about("What clients of FlexMeasures call.");
  host.routes().mount(mount_, &render_problem);
}

}  // namespace gatehouse::flexmeasures

GATEHOUSE_PLUGIN(gatehouse::flexmeasures::FlexMeasuresPlugin,
                 "flexmeasures",
                 "1.0.0",
                 "users >= 1.0, accounts >= 1.0, tokens >= 1.0, audit >= 1.0")
