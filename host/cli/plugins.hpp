// `gatehouse plugins ...`: what is configured, what a file is, whether it loads, and a new one.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "host/plugin_loader/order.hpp"

namespace CLI {
class App;
}

namespace gatehouse::host {

// What the section `plugins` of a configuration says.
struct PluginList {
  std::vector<PluginEntry> entries;
  std::vector<std::string> errors;  // whole lines; then the list is not used
};

struct PluginsCommand {
  // Of the file, or with an empty path of the built-in configuration.
  std::function<PluginList(const std::filesystem::path& config)> read_list;
  std::ostream& out;
  std::ostream& err;
};

// Adds the group to `app`. The subcommand runs while `app` parses, and leaves in `exit_status` 0,
// or 2 when it found a mistake. `exit_status` and the streams must outlive `app`.
void add_plugins_command(CLI::App& app, PluginsCommand command, int& exit_status);

}  // namespace gatehouse::host
