// SPDX-License-Identifier: Apache-2.0
#include "host/cli/cli.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <gatehouse/text.hpp>

#include "host/cli/backup.hpp"
#include "host/cli/choices.hpp"
#include "host/cli/keys.hpp"
#include "host/cli/migrate.hpp"
#include "host/cli/plugins.hpp"
#include "host/cli/revoke.hpp"
#include "host/cli/terminal.hpp"
#include "host/server/deployment.hpp"
#include "host/server/serve.hpp"

namespace gatehouse::host {
namespace {

constexpr int kGood = 0;
constexpr int kRefused = 1;
constexpr int kCannotStart = 2;
constexpr int kUsage = 64;

int print(const Errors& errors) {
  for (const std::string& error : errors) std::cerr << error << '\n';
  return errors.empty() ? kGood : kCannotStart;
}

CLI::App* find_command(CLI::App& app, const std::string& name) {
  const auto all = [](CLI::App*) { return true; };
  for (CLI::App* command : app.get_subcommands(all)) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* command : app.get_subcommands(all)) names.push_back(command->get_name());
  return names;
}

// The first word that names no command where one has to stand: CLI11 only says that one is missing.
std::optional<std::string> unknown_command(CLI::App& app,
                                           const std::vector<std::string>& words,
                                           const std::vector<std::string>& others = {}) {
  CLI::App* at = &app;
  std::vector<std::string> known = others;  // what one may have meant besides
  std::string before;
  for (const std::string& word : words) {
    if (at->get_require_subcommand_min() == 0 || word.starts_with('-')) return {};
    CLI::App* const next = find_command(*at, word);
    if (next == nullptr) {
      for (std::string& name : command_names(*at)) known.push_back(std::move(name));
      const std::string_view nearest = did_you_mean(word, known);
      return format("unknown command '{}{}'{}",
                    before,
                    word,
                    nearest.empty() ? "" : format(" (did you mean '{}{}'?)", before, nearest));
    }
    before += word + " ";
    known.clear();
    at = next;
  }
  return {};
}

bool is_help(std::string_view word) {
  return word == "help" || word == "--help" || word == "-h";
}

int refuse_usage(std::string_view message) {
  std::cerr << "error: " << message << "\nRun with --help for more information.\n";
  return kUsage;
}

int check_config(const Chosen& chosen) {
  Deployment deployment(options(chosen, Preflight::Run));
  Errors errors = deployment.load();
  if (errors.empty()) errors = deployment.wire();
  if (errors.empty()) {
    for (const LoadedPlugin& loaded : deployment.plugins()) {
      std::cout << "plugin " << loaded.entry.name << ' ' << loaded.file.version_text << ": good\n";
    }
    std::cout << (chosen.file.empty() ? "the built-in configuration" : chosen.file) << ": good\n";
  }
  return print(errors);
}

PluginList read_plugin_list(const std::filesystem::path& file) {
  const Configuration configuration =
      load_configuration(as_path(file.string()), process_environment());
  const SettingsReading reading = read_settings(configuration);
  PluginList list;
  list.entries = plugin_entries(reading.settings);
  for (const std::string& mistake : reading.mistakes) list.errors.push_back("error: " + mistake);
  return list;
}

Result<std::filesystem::path> find_master_file(const std::filesystem::path& file) {
  const SettingsReading reading =
      read_settings(load_configuration(as_path(file.string()), process_environment()));
  if (!reading.mistakes.empty()) return unavailable(reading.mistakes.front());
  return reading.settings.master_file;
}

Result<None> forget_key(const std::filesystem::path& file, std::string_view id) {
  Deployment deployment({as_path(file.string()), Preflight::Skip, false, Purpose::Bare});
  return deployment.forget_key(id);
}

// One command of a plugin as CLI11 sees it: "user create" is `create` below `user`.
void add_command(CLI::App& app,
                 const CommandEntry& command,
                 Terminal& terminal,
                 int& exit_code,
                 Deployment& deployment) {
  CLI::App* parent = &app;
  std::string_view name = command.name;
  if (const std::size_t blank = name.find(' '); blank != name.npos) {
    const std::string group(name.substr(0, blank));
    parent = find_command(app, group);
    if (parent == nullptr) {
      parent = app.add_subcommand(group, format("Commands of the plugin {}", command.plugin));
      parent->require_subcommand(1);
    }
    name.remove_prefix(blank + 1);
  }
  CLI::App* words = parent->add_subcommand(std::string(name), command.summary);
  for (const CommandArgument& argument : command.arguments) {
    using Kind = CommandArgument::Kind;
    switch (argument.kind) {
      case Kind::Required:
        words->add_option(argument.name, terminal.values[argument.name], argument.text)->required();
        break;
      case Kind::Optional:
        words->add_option(argument.name, terminal.values[argument.name], argument.text);
        break;
      case Kind::Option:
        words->add_option("--" + argument.name, terminal.values[argument.name], argument.text);
        break;
      case Kind::Flag:
        words->add_flag("--" + argument.name, terminal.flags[argument.name], argument.text);
        break;
    }
  }
  words->callback([&command, &terminal, &exit_code, &deployment, words] {
    // Only what was given is a value; the places for the rest have been filled with "".
    for (const CommandArgument& argument : command.arguments) {
      const bool named = argument.kind == CommandArgument::Kind::Option;
      if (argument.kind == CommandArgument::Kind::Flag) continue;
      if (words->count(named ? "--" + argument.name : argument.name) == 0) {
        terminal.values.erase(argument.name);
      }
    }
    // Only now: a word that is misspelt, or --help, makes no database.
    if (const Errors errors = deployment.open_storage(); !errors.empty()) {
      exit_code = print(errors);
      return;
    }
    exit_code = deployment.runtime().run_command(command, terminal);
  });
}

// What was chosen, wherever it stands, and what was typed besides.
struct Typed {
  Chosen chosen;
  std::vector<std::string> words;
};

Typed read_choices(int argc, char** argv) {
  Typed typed;
  CLI::App finder;
  finder.allow_extras();
  finder.set_help_flag();
  add_choices(finder, typed.chosen);
  finder.parse(argc, argv);
  typed.words = finder.remaining();
  return typed;
}

// The commands of the configured plugins, and what they stand on.
class PluginCommands {
 public:
  explicit PluginCommands(DeploymentOptions options) : deployment_(std::move(options)) {}

  // Before the next; touches no database.
  Errors wire() {
    Errors errors = deployment_.load();
    if (errors.empty()) errors = deployment_.wire();
    return errors;
  }
  void add_to(CLI::App& app) {
    for (const CommandEntry& command : deployment_.runtime().commands()) {
      terminals_.push_back(std::make_unique<Terminal>());
      add_command(app, command, *terminals_.back(), exit_code_, deployment_);
    }
  }
  int exit_code() const { return exit_code_; }

 private:
  Deployment deployment_;
  std::vector<std::unique_ptr<Terminal>> terminals_;
  int exit_code_ = kGood;
};

// The first word is no command of the host: the configured plugins may know it.
int run_plugin_command(const Typed& typed,
                       const std::vector<std::string>& own_commands,
                       int argc,
                       char** argv) {
  PluginCommands commands(options(typed.chosen, Preflight::Skip));
  if (const Errors errors = commands.wire(); !errors.empty()) return print(errors);

  CLI::App app("Commands of the configured plugins");
  app.fallthrough();
  app.require_subcommand(1);
  Chosen known;
  add_choices(app, known);
  commands.add_to(app);
  if (const auto unknown = unknown_command(app, typed.words, own_commands)) {
    return refuse_usage(*unknown);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kGood : kUsage;
  }
  return commands.exit_code();
}

// `gatehouse --help` with a configuration: with the commands of its plugins, if it can be read.
int print_help(CLI::App& app, const Typed& typed) {
  if (typed.chosen.file.empty()) {
    std::cout << app.help();
    return kGood;
  }
  PluginCommands commands(options(typed.chosen, Preflight::Skip));
  const Errors errors = commands.wire();
  if (errors.empty()) commands.add_to(app);
  std::cout << app.help();
  print(errors);
  return kGood;
}

// What was printed has to arrive: a list that is cut short must not look whole to a script.
int flush_output(int exit_code) {
  std::cout.flush();
  if (std::cout) return exit_code;
  std::cerr << "error: standard output cannot be written\n";
  return exit_code == kGood ? kRefused : exit_code;
}

int run_words(int argc, char** argv) {
  CLI::App app(
      "Gatehouse, an identity server.\n"
      "Plugins add commands of their own (user create, ...): `gatehouse --config FILE user "
      "--help`");
  app.set_version_flag("--version", std::string("gatehouse ") + GATEHOUSE_VERSION);
  app.require_subcommand(1);
  int exit_code = kGood;
  // One each: CLI11 reads GATEHOUSE_CONFIG also for the command that is not called.
  Chosen for_serving;
  Chosen for_checking;

  CLI::App* serving = app.add_subcommand("serve", "Serve until SIGTERM or SIGINT");
  add_choices(*serving, for_serving);
  serving->callback([&] { exit_code = serve(options(for_serving, Preflight::Skip)); });

  CLI::App* checking = app.add_subcommand(
      "check-config", "Read the configuration and try to load its plugins, without serving");
  add_choices(*checking, for_checking);
  checking->callback([&] { exit_code = check_config(for_checking); });

  add_migrate_command(app, exit_code);
  add_backup_commands(app, exit_code);
  add_revoke_command(app, exit_code);
  add_plugins_command(app, {&read_plugin_list, std::cout, std::cerr}, exit_code);

  SystemClock clock;
  KernelRandom random;
  add_keys_command(
      app, {&find_master_file, &forget_key, clock, random, std::cout, std::cerr}, exit_code);

  try {
    const Typed typed = read_choices(argc, argv);
    if (!typed.words.empty() && is_help(typed.words.front())) return print_help(app, typed);
    const bool is_own = typed.words.empty() || typed.words.front().starts_with('-') ||
                        find_command(app, typed.words.front()) != nullptr;
    if (!is_own) return run_plugin_command(typed, command_names(app), argc, argv);
    if (const auto unknown = unknown_command(app, typed.words)) return refuse_usage(*unknown);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kGood : kUsage;
  }
  return exit_code;
}

}  // namespace

int run(int argc, char** argv) {
  return flush_output(run_words(argc, argv));
}

}  // namespace gatehouse::host
