// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/plugin_loader.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gatehouse/text.hpp>

#include "host/plugin_loader/library.hpp"

namespace gatehouse::host {
namespace {

// The same name, or the same file under another one, stands earlier in the list.
Result<None> check_identity(const PluginEntry& entry,
                            const PluginFile& file,
                            const std::vector<InspectedPlugin>& earlier) {
  const auto refused = [](std::string message) {
    return Error{ErrorCode::InvalidArgument, "plugin_identity", std::move(message), {}, {}};
  };
  for (const InspectedPlugin& other : earlier) {
    if (other.file.identity == file.identity) {
      return refused(format("file {} is the same file as plugin '{}' ({})",
                            file.path.string(),
                            other.entry.name,
                            other.entry.origin));
    }
  }
  if (file.name != entry.name) {
    return refused(format("file {} says its name is '{}', configured as '{}': give it its own name",
                          file.path.string(),
                          file.name,
                          entry.name));
  }
  return None{};
}

const PluginEntry* find_double(const std::vector<PluginEntry>& entries, const PluginEntry& entry) {
  const auto first = std::ranges::find(entries, entry.name, &PluginEntry::name);
  return &*first == &entry ? nullptr : &*first;
}

// " (did you mean 'users'?)" or " (there are: audit, users)", when the server's own folder has no
// plugin of this name.
std::string names_beside(const PluginEntry& entry, const std::filesystem::path& folder) {
  std::error_code error;
  if (!entry.path.empty() || std::filesystem::exists(folder / (entry.name + ".so"), error))
    return {};
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".so") names.push_back(at->path().stem().string());
  }
  if (names.empty()) return {};
  if (const auto nearest = did_you_mean(entry.name, names); !nearest.empty()) {
    return format(" (did you mean '{}'?)", nearest);
  }
  std::ranges::sort(names);
  constexpr std::size_t kMostShown = 20;
  if (names.size() > kMostShown) names.resize(kMostShown);
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return format(" (there are: {})", list);
}

}  // namespace

std::filesystem::path default_plugin_folder() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "lib" / "gatehouse" / "plugins-1";
}

Inspection inspect_plugins(const std::vector<PluginEntry>& entries, const LoaderOptions& options) {
  Inspection result;
  for (const PluginEntry& entry : entries) {
    const auto refuse = [&](std::string_view text) {
      result.errors.push_back(error_line(entry, text));
    };
    if (const PluginEntry* first = find_double(entries, entry)) {
      refuse(format("is configured twice (first at {}): remove one", first->origin));
      continue;
    }
    if (!entry.enabled) continue;
    const auto path = entry.path.empty() ? options.folder / (entry.name + ".so") : entry.path;
    auto file = inspect(path);
    if (!file) {
      refuse(file.error().message + names_beside(entry, options.folder));
      continue;
    }
    if (auto trusted = check_trust(path, options.own_writable); !trusted) {
      refuse(trusted.error().message);
      continue;
    } else {
      for (const std::string& text : *trusted) {
        result.warnings.push_back(warning_line(entry, text));
      }
    }
    if (auto identity = check_identity(entry, *file, result.plugins); !identity) {
      refuse(identity.error().message);
      continue;
    }
    result.plugins.push_back({entry, *std::move(file)});
  }
  return result;
}

Loading load_plugins(const std::vector<PluginEntry>& entries, const LoaderOptions& options) {
  Loading result;
  Inspection inspection = inspect_plugins(entries, options);
  result.warnings = std::move(inspection.warnings);
  result.errors = std::move(inspection.errors);
  if (!result.errors.empty()) return result;

  Order ordered = order(std::move(inspection.plugins), entries);
  result.errors = std::move(ordered.errors);
  if (!result.errors.empty()) return result;

  if (options.preflight == Preflight::Run) {
    for (const InspectedPlugin& plugin : ordered.plugins) {
      if (auto flown = preflight(plugin.file.path, options.preflight_limit); !flown) {
        result.errors.push_back(error_line(plugin.entry, flown.error().message));
      }
    }
    if (!result.errors.empty()) return result;
  }

  std::vector<CreatePlugin*> entry_points;
  for (const InspectedPlugin& plugin : ordered.plugins) {
    auto opened = open_library(plugin.file.path);
    if (!opened) {
      result.errors.push_back(error_line(plugin.entry, opened.error().message));
      continue;
    }
    entry_points.push_back(*opened);
  }
  if (!result.errors.empty()) return result;

  for (std::size_t i = 0; i < ordered.plugins.size(); ++i) {
    InspectedPlugin& from = ordered.plugins[i];
    auto plugin = create_plugin(entry_points[i]);
    if (!plugin) {
      result.errors.push_back(error_line(from.entry, plugin.error().message));
      continue;
    }
    result.plugins.push_back({std::move(from.entry), std::move(from.file), *std::move(plugin)});
  }
  if (!result.errors.empty()) {
    // In reverse: a plugin may lean on the ones it needs until it is gone.
    while (!result.plugins.empty()) result.plugins.pop_back();
  }
  return result;
}

}  // namespace gatehouse::host
