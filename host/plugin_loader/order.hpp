// The order in which plugins are loaded, wired and started: each after all it needs.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_loader/plugin_file.hpp"

namespace gatehouse::host {

// One plugin of the configuration.
struct PluginEntry {
  std::string name;
  std::filesystem::path path;  // empty: NAME.so in the plugin folder
  std::string origin;          // "gatehouse.yaml:12"
  bool enabled = true;
};

struct InspectedPlugin {
  PluginEntry entry;
  PluginFile file;
};

// "error: gatehouse.yaml:12: plugin 'notes': TEXT".
std::string error_line(const PluginEntry& entry, std::string_view text);
std::string warning_line(const PluginEntry& entry, std::string_view text);

struct Order {
  std::vector<InspectedPlugin> plugins;
  std::vector<std::string> errors;  // whole lines; then `plugins` is empty
};

// Keeps the order of the configuration where requirements leave a choice. `entries` is the whole
// configuration, so that a need for a disabled plugin can be told from one for an unknown plugin.
// A plugin that is optionally used comes first as well, when it is there.
Order order(std::vector<InspectedPlugin> plugins, const std::vector<PluginEntry>& entries);

}  // namespace gatehouse::host
