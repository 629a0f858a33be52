// From a started deployment to a process that answers until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "host/server/deployment.hpp"

namespace gatehouse::host {

// Serves until SIGTERM or SIGINT, then drains: what runs is answered, new requests get 503, at most
// for http.timeouts.drain; a second signal ends at once. Returns the exit code: 0, or 2 when it
// could not start, with the reasons on standard error. What plugins still do five seconds after the
// drain is logged, and the process ends with 3.
int serve(DeploymentOptions options);

}  // namespace gatehouse::host
