// From a YAML file and the environment to one tree. What the tree means is settings.hpp's.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/runtime/config_node.hpp>

namespace gatehouse::host {

using Environment = std::map<std::string, std::string>;

struct Configuration {
  ConfigNode root;
  std::string name;  // as mistakes show it: the path as given, or "built-in gatehouse.yaml"
  std::filesystem::path folder;       // where relative paths in it start
  std::vector<std::string> mistakes;  // each a whole line; the tree is of no use unless empty
};

// Reads `file`, or the built-in configuration when there is none, and lays the overrides of the
// environment over it: GATEHOUSE_HTTP__PORT=8080 sets http.port. Relative paths start at the file's
// folder; with the built-in configuration at the working directory.
// Threads: any. Blocking: reads one file. Limits: 1 MiB, 32 levels, 100,000 values with aliases.
Configuration load_configuration(const std::optional<std::filesystem::path>& file,
                                 const Environment& environment);

// The same from a text. `name` begins the places in mistakes.
Configuration parse_configuration(std::string_view yaml,
                                  std::string_view name,
                                  const Environment& environment);

// The text of config/gatehouse.yaml as it was when the program was built.
std::string_view default_configuration();

// All variables of this process.
Environment process_environment();

}  // namespace gatehouse::host
