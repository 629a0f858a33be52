// SPDX-License-Identifier: Apache-2.0
#include "host/cli/plugins.hpp"

#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>

#include "host/cli/new_plugin.hpp"
#include "host/plugin_loader/plugin_loader.hpp"
#include "host/plugin_loader/preflight.hpp"

namespace gatehouse::host {
namespace {

namespace fs = std::filesystem;

constexpr int kDone = 0;
constexpr int kMistake = 2;

std::string compiled_as(const PluginFile& file) {
  std::string text = file.compiler;
  if (file.libstdcxx_release != 0) text += format(", libstdc++ {}", file.libstdcxx_release);
  if ((file.abi & Abi::kAddressSanitizer) != 0) text += ", address sanitizer";
  if ((file.abi & Abi::kThreadSanitizer) != 0) text += ", thread sanitizer";
  return text;
}

std::string needs_text(const std::vector<Need>& needs) {
  std::string text;
  for (const Need& need : needs) {
    if (!text.empty()) text += ", ";
    text += need.optional ? "?" + need.name : need.name;
    if (!need.range().empty()) text += " " + need.range();
  }
  return text.empty() ? "nothing" : text;
}

int fail(const PluginsCommand& command, std::string_view message) {
  command.err << "error: " << message << '\n';
  return kMistake;
}

int list(const PluginsCommand& command, const fs::path& config) {
  const PluginList configured = command.read_list(config);
  for (const std::string& line : configured.errors) command.err << line << '\n';
  if (!configured.errors.empty()) return kMistake;
  LoaderOptions options;
  options.own_writable = OwnWritable::Warn;  // `serve` decides; this only tells
  const Inspection inspection = inspect_plugins(configured.entries, options);
  for (const PluginEntry& entry : configured.entries) {
    if (!entry.enabled) command.out << format("{} (disabled, {})\n", entry.name, entry.origin);
  }
  for (const InspectedPlugin& plugin : inspection.plugins) {
    command.out << format("{} {} {} (requires {})\n",
                          plugin.entry.name,
                          plugin.file.version_text,
                          plugin.file.path.string(),
                          needs_text(plugin.file.needs));
  }
  for (const std::string& line : inspection.warnings) command.err << line << '\n';
  std::vector<std::string> errors = inspection.errors;
  if (errors.empty()) errors = order(inspection.plugins, configured.entries).errors;
  for (const std::string& line : errors) command.err << line << '\n';
  return errors.empty() ? kDone : kMistake;
}

int inspect_file(const PluginsCommand& command, const fs::path& path) {
  const auto file = inspect(path);
  if (!file) return fail(command, file.error().message);
  command.out << format(
      "name:      {}\n"
      "version:   {}\n"
      "requires:  {}\n"
      "SDK:       {}.{} (this host: {}.{})\n"
      "compiled:  {}\n"
      "file:      {}\n",
      file->name,
      file->version_text,
      needs_text(file->needs),
      file->sdk_major,
      file->sdk_minor,
      GATEHOUSE_SDK_MAJOR,
      GATEHOUSE_SDK_MINOR,
      compiled_as(*file),
      path.string());
  return kDone;
}

int check_file(const PluginsCommand& command, const fs::path& path) {
  const auto file = inspect(path);
  if (!file) return fail(command, file.error().message);
  const auto trusted = check_trust(path, OwnWritable::Warn);
  if (!trusted) return fail(command, trusted.error().message);
  for (const std::string& text : *trusted) command.err << "warning: " << text << '\n';
  if (auto flown = preflight(fs::absolute(path)); !flown) {
    return fail(command, format("plugin '{}': {}", file->name, flown.error().message));
  }
  command.out << format("plugin '{}' {} can be loaded and made\n", file->name, file->version_text);
  return kDone;
}

int start_new(const PluginsCommand& command, const std::string& name, const fs::path& directory) {
  const fs::path target = directory.empty() ? fs::path(name) : directory;
  const auto written = new_plugin(default_plugin_template(), name, target);
  if (!written) return fail(command, written.error().message);
  for (const fs::path& file : *written) command.out << (target / file).string() << '\n';
  const std::string folder = target.string();
  command.out << format(
      "Next, with PREFIX where the SDK is installed (from a source tree of Gatehouse: cmake "
      "--install build/release --prefix PREFIX):\n"
      "  cmake -S {} -B {}/build -DCMAKE_PREFIX_PATH=PREFIX\n"
      "  cmake --build {}/build && ctest --test-dir {}/build\n",
      folder,
      folder,
      folder,
      folder);
  return kDone;
}

}  // namespace

void add_plugins_command(CLI::App& app, PluginsCommand command, int& exit_status) {
  struct Arguments {
    PluginsCommand command;
    std::string file;
    std::string name;
    std::string directory;
  };
  const auto arguments = std::make_shared<Arguments>(Arguments{std::move(command), {}, {}, {}});
  CLI::App* group = app.add_subcommand("plugins", "Look at plugins, check them, start a new one");
  group->require_subcommand(1);

  CLI::App* lister = group->add_subcommand("list", "Print the configured plugins");
  lister
      ->add_option("--config,-c",
                   arguments->file,
                   "The configuration (default: GATEHOUSE_CONFIG, else built in)")
      ->envname("GATEHOUSE_CONFIG")
      ->type_name("FILE");
  lister->callback(
      [arguments, &exit_status] { exit_status = list(arguments->command, arguments->file); });

  CLI::App* inspector =
      group->add_subcommand("inspect", "Print what a plugin says of itself, without loading it");
  inspector->add_option("FILE", arguments->file, "Plugin (.so)")->required();
  inspector->callback([arguments, &exit_status] {
    exit_status = inspect_file(arguments->command, arguments->file);
  });

  CLI::App* checker =
      group->add_subcommand("check", "Load and make a plugin in a process of its own");
  checker->add_option("FILE", arguments->file, "Plugin (.so)")->required();
  checker->callback(
      [arguments, &exit_status] { exit_status = check_file(arguments->command, arguments->file); });

  CLI::App* starter = group->add_subcommand("new", "Start a plugin from the template");
  starter->add_option("NAME", arguments->name, "Name: lower-case letters, digits and _")
      ->required();
  starter->add_option("--dir", arguments->directory, "Folder to make (default: NAME)");
  starter->callback([arguments, &exit_status] {
    exit_status = start_new(arguments->command, arguments->name, arguments->directory);
  });
}

}  // namespace gatehouse::host
