// SPDX-License-Identifier: Apache-2.0
#include "host/cli/backup.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <gatehouse/text.hpp>

#include "host/cli/choices.hpp"
#include "host/server/backup.hpp"

namespace gatehouse::host {
namespace {

namespace fs = std::filesystem;

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kCannot = 2;

struct Words {
  Chosen chosen;
  std::string file;
  bool in_place = false;
};

int fail(const Error& error) {
  std::cerr << "error: " << error.message << '\n';
  return error.code == ErrorCode::Unavailable ? kCannot : kRefused;
}

// Whether the engine has tools of its own, which are told of then.
bool tell_of_postgresql(const Settings& settings, std::string_view file) {
  if (settings.storage.engine != "postgresql") return false;
  std::cerr << format(
      "error: storage.engine is postgresql, whose own tools make copies and bring them back:\n"
      "  pg_dump --format=custom --file={} {}\n"
      "With all servers stopped, pg_restore --clean --if-exists brings it back; then "
      "`gatehouse restore --in-place` readies it for use. keys.master_file is not in it.\n",
      file,
      std::string_view("DATABASE"));
  return true;
}

int run_backup(const Words& words) {
  DeploymentOptions chosen = options(words.chosen, Preflight::Skip);
  chosen.purpose = Purpose::Bare;
  Deployment deployment(std::move(chosen));
  if (const Errors errors = deployment.load(); !errors.empty()) {
    for (const std::string& error : errors) std::cerr << error << '\n';
    return kCannot;
  }
  const Settings& settings = deployment.settings();
  const fs::path target = fs::absolute(words.file);
  if (tell_of_postgresql(settings, target.string())) return kCannot;
  const fs::path& database = settings.storage.sqlite_path;
  if (const auto done = back_up(database, target); !done) return fail(done.error());
  std::cout << format(
      "{}: a whole copy of {}\n"
      "The master keys are not in it: keep a copy of {}, in another place.\n",
      target.string(),
      database.string(),
      settings.master_file.string());
  return kDone;
}

int run_restore_in_place(const Words& words) {
  const auto done = restore_in_place(options(words.chosen, Preflight::Skip));
  if (!done) return fail(done.error());
  std::cout << "The database is ready: what was given out before is void, and numbers go on "
               "further up.\n";
  return kDone;
}

int run_restore(const Words& words) {
  if (words.in_place) return run_restore_in_place(words);
  const auto restored = restore(options(words.chosen, Preflight::Skip), fs::absolute(words.file));
  if (!restored) return fail(restored.error());
  if (!restored->unread.empty()) {
    std::cerr << "warning: which numbers were given last is not known (" << restored->unread
              << "), so they go on a million further up\n";
  }
  std::cout << words.file << " is restored into " << restored->database.string() << '\n';
  if (!restored->kept.empty()) {
    std::cout << "What was there is now " << restored->kept.string() << '\n';
  }
  return kDone;
}

}  // namespace

void add_backup_commands(CLI::App& app, int& exit_status) {
  const auto copied = std::make_shared<Words>();
  CLI::App* backup = app.add_subcommand(
      "backup", "Copy the SQLite database into a new file, also while it serves");
  add_choices(*backup, copied->chosen);
  backup->add_option("FILE", copied->file, "The copy, which must not be there yet")->required();
  backup->callback([copied, &exit_status] { exit_status = run_backup(*copied); });

  const auto brought_back = std::make_shared<Words>();
  CLI::App* restoring = app.add_subcommand(
      "restore", "Put a backup in the place of the database, with the server stopped");
  add_choices(*restoring, brought_back->chosen);
  CLI::App* what = restoring->add_option_group("what", "One of");
  what->add_option("FILE", brought_back->file, "A copy made by `gatehouse backup`");
  what->add_flag("--in-place",
                 brought_back->in_place,
                 "Ready the database as it stands, after other tools brought it back");
  what->require_option(1);
  restoring->callback([brought_back, &exit_status] { exit_status = run_restore(*brought_back); });
}

}  // namespace gatehouse::host
