// SPDX-License-Identifier: Apache-2.0
#include "host/cli/revoke.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include <gatehouse/text.hpp>

#include "host/cli/choices.hpp"

namespace gatehouse::host {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kCannot = 2;

struct Words {
  Chosen chosen;
  bool all = false;
  bool api_tokens = false;
};

int tell() {
  std::cerr
      << "Nothing was revoked. With --all this ends, for everybody, sessions and codes that were\n"
         "mailed; with --api-tokens also what programs sign in with, so that they need new ones.\n"
         "Passwords stay as they are, and servers may run meanwhile.\n";
  return kCannot;
}

int fail(const Error& error) {
  std::cerr << "error: " << error.message << '\n';
  return error.code == ErrorCode::Unavailable ? kCannot : kRefused;
}

int revoke(const Words& words) {
  if (!words.all) return tell();
  Deployment deployment(options(words.chosen, Preflight::Skip));
  for (const auto phase : {&Deployment::load, &Deployment::wire, &Deployment::open_storage}) {
    const Errors errors = (deployment.*phase)();
    for (const std::string& error : errors) std::cerr << error << '\n';
    if (!errors.empty()) return kCannot;
  }
  const auto epoch = deployment.runtime().revoke_all(words.api_tokens);
  if (!epoch) return fail(epoch.error());
  std::cout << format(
      "Revoked: every session, and every code that was mailed{}. The deployment's epoch is {}; "
      "servers that run keep to it within two seconds.\n",
      words.api_tokens ? ", and every API token" : "; every API token still holds",
      *epoch);
  return kDone;
}

}  // namespace

void add_revoke_command(CLI::App& app, int& exit_status) {
  const auto words = std::make_shared<Words>();
  CLI::App* command = app.add_subcommand(
      "revoke", "After an incident: end all sessions and mailed codes, also while servers run");
  add_choices(*command, words->chosen);
  command->add_flag("--all", words->all, "Of everybody; without it nothing is done");
  command->add_flag("--api-tokens", words->api_tokens, "And every API token");
  command->callback([words, &exit_status] { exit_status = revoke(*words); });
}

}  // namespace gatehouse::host
