// SPDX-License-Identifier: Apache-2.0
#include "host/cli/choices.hpp"

#include <CLI/CLI.hpp>

namespace gatehouse::host {

void add_choices(CLI::App& app, Chosen& chosen) {
  app.add_option(
         "--config,-c", chosen.file, "The configuration (default: GATEHOUSE_CONFIG, else built in)")
      ->envname("GATEHOUSE_CONFIG")
      ->type_name("FILE");
  app.add_flag("--developing",
               chosen.developing,
               "Load plugins that this user may change, print secrets for the operator");
}

std::optional<std::filesystem::path> as_path(const std::string& file) {
  if (file.empty()) return std::nullopt;
  return file;
}

DeploymentOptions options(const Chosen& chosen, Preflight preflight) {
  return {as_path(chosen.file), preflight, chosen.developing};
}

}  // namespace gatehouse::host
