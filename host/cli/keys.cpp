// SPDX-License-Identifier: Apache-2.0
#include "host/cli/keys.hpp"

#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <gatehouse/text.hpp>

#include "host/security/master_file.hpp"

namespace gatehouse::host {
namespace {

namespace fs = std::filesystem;

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kMistake = 2;

struct Arguments {
  KeysCommand command;
  std::string config;
  std::string id;
};

int fail(const Arguments& arguments, const Error& error) {
  arguments.command.err << "error: " << error.message << '\n';
  return error.code == ErrorCode::Conflict || error.code == ErrorCode::NotFound ? kRefused
                                                                                : kMistake;
}

Error missing(const fs::path& file) {
  return {ErrorCode::NotFound,
          "no_master_file",
          format("keys.master_file: {} is not there: `gatehouse keys init` makes it, and with "
                 "SQLite the first `gatehouse serve` too",
                 file.string()),
          {},
          {}};
}

Result<std::vector<MasterKey>> read(const fs::path& file) {
  auto keys = read_master_file(file);
  if (!keys && keys.error().code == ErrorCode::NotFound) return missing(file);
  return keys;
}

Result<None> init(const Arguments& arguments) {
  const KeysCommand& command = arguments.command;
  GATEHOUSE_TRY(const fs::path file, command.find_file(arguments.config));
  const MasterKey key = MasterKey::make(command.random, command.clock.now(), {});
  GATEHOUSE_CHECK(make_master_file(file, key));
  command.out << format("{}: made, with the key {}\n", file.string(), key.id);
  return None{};
}

Result<None> rotate(const Arguments& arguments) {
  const KeysCommand& command = arguments.command;
  GATEHOUSE_TRY(const fs::path file, command.find_file(arguments.config));
  GATEHOUSE_TRY(const auto keys, read(file));
  const MasterKey key = MasterKey::make(command.random, command.clock.now(), keys);
  GATEHOUSE_CHECK(add_to_master_file(file, key));
  command.out << format(
      "{}: the key {} is used from now on, {} older open what they sealed. Put the file on all "
      "instances, and restart them.\n",
      file.string(),
      key.id,
      keys.size());
  return None{};
}

Result<None> list(const Arguments& arguments) {
  const KeysCommand& command = arguments.command;
  GATEHOUSE_TRY(const fs::path file, command.find_file(arguments.config));
  GATEHOUSE_TRY(const auto keys, read(file));
  for (const MasterKey& key : keys) {
    command.out << format(
        "{}  {}{}\n", key.id, to_rfc3339(key.created_at), key.id == keys.back().id ? "  used" : "");
  }
  return None{};
}

Result<None> forget(const Arguments& arguments) {
  const KeysCommand& command = arguments.command;
  GATEHOUSE_CHECK(command.forget(arguments.config, arguments.id));
  command.out << format("{}: forgotten; what was sealed under it is lost\n", arguments.id);
  return None{};
}

}  // namespace

void add_keys_command(CLI::App& app, KeysCommand command, int& exit_status) {
  const auto arguments = std::make_shared<Arguments>(Arguments{std::move(command), {}, {}});
  CLI::App* group = app.add_subcommand("keys", "The file of master keys, keys.master_file");
  group->require_subcommand(1);

  const auto add = [&](const char* name, const char* summary, auto run) {
    CLI::App* words = group->add_subcommand(name, summary);
    words
        ->add_option("--config,-c",
                     arguments->config,
                     "The configuration (default: GATEHOUSE_CONFIG, else built in)")
        ->envname("GATEHOUSE_CONFIG")
        ->type_name("FILE");
    words->callback([arguments, run, &exit_status] {
      const Result<None> done = run(*arguments);
      exit_status = done ? kDone : fail(*arguments, done.error());
    });
    return words;
  };
  add("init", "Make the file with a first key; refused when it is there", &init);
  add("rotate", "Add a key that is used from the next start on", &rotate);
  add("list", "Print the ids and the dates of the keys, never the keys", &list);
  add("forget", "Go on without a key that is lost, and what was sealed under it", &forget)
      ->add_option("ID", arguments->id, "The key's id, as the error at the start names it")
      ->required();
}

}  // namespace gatehouse::host
