// Environment variables over a configuration. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include <gatehouse/runtime/config_node.hpp>

#include "host/config/configuration.hpp"

namespace gatehouse::host {

// GATEHOUSE_HTTP__PORT=8080 sets http.port, whether the file has it or not: two underscores join
// levels, single ones belong to names. Not overrides: GATEHOUSE_CONFIG, GATEHOUSE_ADMIN_PASSWORD
// and GATEHOUSE_ADMIN_PASSWORD_FILE. Whether a key exists is found out when the settings are read.
void apply_environment(const Environment& environment,
                       ConfigNode& root,
                       std::vector<std::string>& mistakes);

}  // namespace gatehouse::host
