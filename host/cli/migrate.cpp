// SPDX-License-Identifier: Apache-2.0
#include "host/cli/migrate.hpp"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <gatehouse/text.hpp>

#include "host/cli/choices.hpp"

namespace gatehouse::host {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kCannot = 2;

enum class Action : std::uint8_t {
  Apply,
  Status,  // every step, and when it was applied
  DryRun,  // the scripts that Apply would run
  Check,   // only what is missing
};

using Steps = std::vector<MigrationStep>;

int fail(const Errors& errors) {
  for (const std::string& error : errors) std::cerr << error << '\n';
  return kCannot;
}

std::string title(const MigrationStep& step) {
  return format("{} {} {}", step.plugin, step.version, step.name);
}

bool tell_troubles(const Steps& steps) {
  bool any = false;
  for (const MigrationStep& step : steps) {
    if (step.trouble.empty()) continue;
    std::cerr << format("error: plugin '{}': {}\n", step.plugin, step.trouble);
    any = true;
  }
  return any;
}

void print_status(const Steps& steps) {
  std::size_t widest = 0;
  for (const MigrationStep& step : steps) widest = std::max(widest, title(step).size());
  for (const MigrationStep& step : steps) {
    const std::string name = title(step);
    std::cout << name << std::string(widest - name.size() + 2, ' ')
              << (step.applied_at ? to_rfc3339(*step.applied_at) : "missing")
              << (step.trouble.empty() ? "" : "  in trouble") << '\n';
  }
}

// A script may end without a semicolon.
void print_script(const MigrationStep& step) {
  std::string_view script = step.script;
  script = script.substr(0, script.find_last_not_of(" \n;") + 1);
  std::cout << "-- " << title(step) << '\n' << script << ";\n\n";
}

int tell(const Steps& steps, Action action) {
  if (action == Action::Status) print_status(steps);
  if (tell_troubles(steps)) return kRefused;
  bool is_missing = false;
  for (const MigrationStep& step : steps) {
    if (step.applied_at) continue;
    is_missing = true;
    if (action == Action::DryRun) print_script(step);
    if (action == Action::Check) std::cout << title(step) << " is missing\n";
  }
  return action == Action::Check && is_missing ? kRefused : kDone;
}

int migrate(DeploymentOptions options, Action action) {
  options.purpose = Purpose::Migrate;
  Deployment deployment(std::move(options));
  for (const auto phase : {&Deployment::load, &Deployment::wire}) {
    if (const Errors errors = (deployment.*phase)(); !errors.empty()) return fail(errors);
  }
  const auto steps = deployment.migration_steps();
  if (!steps) return fail({"error: " + steps.error().message});
  if (action != Action::Apply) return tell(*steps, action);

  if (const Errors errors = deployment.open_database(); !errors.empty()) return fail(errors);
  for (const MigrationStep& step : *steps) {
    if (!step.applied_at) std::cout << title(step) << " is applied\n";
  }
  return kDone;
}

struct Words {
  Chosen chosen;
  bool status = false;
  bool dry_run = false;
  bool check = false;

  Action action() const {
    return status    ? Action::Status
           : dry_run ? Action::DryRun
           : check   ? Action::Check
                     : Action::Apply;
  }
};

}  // namespace

void add_migrate_command(CLI::App& app, int& exit_status) {
  const auto words = std::make_shared<Words>();
  CLI::App* command =
      app.add_subcommand("migrate", "Bring the tables of all plugins to where they are expected");
  add_choices(*command, words->chosen);
  CLI::App* actions = command->add_option_group("instead", "Change nothing, and");
  actions->add_flag("--status", words->status, "print every step, and when it was applied");
  actions->add_flag("--dry-run", words->dry_run, "print the scripts that would run");
  actions->add_flag("--check", words->check, "print what is missing; exit with 1 if anything is");
  actions->require_option(0, 1);
  command->callback([words, &exit_status] {
    exit_status = migrate(options(words->chosen, Preflight::Skip), words->action());
  });
}

}  // namespace gatehouse::host
