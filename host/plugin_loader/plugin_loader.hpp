// From the plugins that the configuration names to plugins that exist: inspect, order, load,
// create. What follows (configure, migrate, wire, start, stop) is the server's.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gatehouse/plugin.hpp>

#include "host/plugin_loader/order.hpp"
#include "host/plugin_loader/preflight.hpp"
#include "host/plugin_loader/trust.hpp"

namespace gatehouse::host {

// lib/gatehouse/plugins-1 beside the folder of this program, installed or in a build tree.
std::filesystem::path default_plugin_folder();

enum class Preflight : std::uint8_t { Skip, Run };

struct LoaderOptions {
  std::filesystem::path folder = default_plugin_folder();
  OwnWritable own_writable = OwnWritable::Refuse;
  Preflight preflight = Preflight::Skip;                        // Run: check-config
  std::chrono::milliseconds preflight_limit = kPreflightLimit;  // for each plugin
};

// A plugin's code stays in the process for ever; the object goes with its owner, before main()
// ends.
struct LoadedPlugin {
  PluginEntry entry;
  PluginFile file;  // its `path` is where it came from, its `sdk_minor` what may be called on it
  std::unique_ptr<Plugin> plugin;
};

// All texts are whole lines: "error: gatehouse.yaml:12: plugin 'notes': ...", "warning: ...".
struct Inspection {
  std::vector<InspectedPlugin> plugins;  // the enabled ones, in the order of the configuration
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};
struct Loading {
  std::vector<LoadedPlugin> plugins;  // each after all it needs; empty when there are errors
  std::vector<std::string> errors;    // all of the first phase that has any
  std::vector<std::string> warnings;
};

// The first phase alone: who may change the files, what they say of themselves, and whether each is
// what its entry says. No code of a plugin runs.
Inspection inspect_plugins(const std::vector<PluginEntry>& entries, const LoaderOptions& options);

// All phases. Threads: one, before others start. Blocking: on the disk; with preflight up to
// its limit for each plugin.
Loading load_plugins(const std::vector<PluginEntry>& entries, const LoaderOptions& options);

}  // namespace gatehouse::host
