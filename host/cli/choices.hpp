// What every command knows that reads the configuration. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "host/server/deployment.hpp"

namespace CLI {
class App;
}

namespace gatehouse::host {

struct Chosen {
  std::string file;  // --config, or GATEHOUSE_CONFIG, or nothing (the built-in configuration)
  bool developing = false;
};

// `chosen` must outlive `app`.
void add_choices(CLI::App& app, Chosen& chosen);

std::optional<std::filesystem::path> as_path(const std::string& file);  // nothing for ""
DeploymentOptions options(const Chosen& chosen, Preflight preflight);

}  // namespace gatehouse::host
