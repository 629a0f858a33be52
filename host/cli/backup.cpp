// SPDX-License-Identifier: Apache-2.0
#include "host/cli/backup.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <gatehouse/text.hpp>

#include "host/cli/choices.hpp"
#include "host/config/network.hpp"
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

// As a shell reads it.
std::string shell_word(std::string_view word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// As the server itself asks for it; tools of PostgreSQL would do with less.
std::string ssl_mode(const PostgresqlOptions& database) {
  if (!database.sslmode.empty()) return database.sslmode;
  const bool is_here =
      std::all_of(database.hosts.begin(), database.hosts.end(), [](const std::string& host) {
        return host.starts_with('/') || host == "localhost" || is_loopback(host);
      });
  return is_here ? "prefer" : "verify-full";
}

// Says, where the engine has tools of its own, how they are called; false: it has none.
bool tell_tools(const Settings& settings, std::string_view copy) {
  const DatabaseOptions& options = settings.storage.database;
  if (options.engine != Engine::PostgreSql) return false;
  const PostgresqlOptions& database = options.postgresql;
  std::string hosts;
  for (const std::string& host : database.hosts) hosts += (hosts.empty() ? "" : ",") + host;
  const std::string where =
      format("--host={} --port={} --username={} --dbname={}",
             shell_word(hosts),
             database.port,
             shell_word(database.owner ? database.owner->user : database.role.user),
             shell_word(database.dbname));
  const std::string environment = "PGSSLMODE=" + shell_word(ssl_mode(database));
  std::cerr << format(
      "error: storage.engine is postgresql, whose own tools copy a database and bring it back. The "
      "copy:\n"
      "  {} pg_dump --format=custom {} --file={}\n"
      "And back, with all servers stopped:\n"
      "  {} pg_restore --clean --if-exists --single-transaction {} {}\n"
      "  gatehouse restore --in-place\n"
      "The master keys are not in it: keep a copy of {}, in another place.\n",
      environment,
      where,
      shell_word(copy),
      environment,
      where,
      shell_word(copy),
      settings.master_file.string());
  return true;
}

bool load(Deployment& deployment) {
  const Errors errors = deployment.load();
  for (const std::string& error : errors) std::cerr << error << '\n';
  return errors.empty();
}

int run_backup(const Words& words) {
  DeploymentOptions chosen = options(words.chosen, Preflight::Skip);
  chosen.purpose = Purpose::Bare;
  Deployment deployment(std::move(chosen));
  if (!load(deployment)) return kCannot;
  const Settings& settings = deployment.settings();
  const fs::path target = fs::absolute(words.file);
  if (tell_tools(settings, target.string())) return kCannot;
  const fs::path database = settings.storage.database.sqlite.path;
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
  DeploymentOptions bare = options(words.chosen, Preflight::Skip);
  bare.purpose = Purpose::Bare;
  Deployment configured(std::move(bare));
  if (!load(configured) || tell_tools(configured.settings(), fs::absolute(words.file).string())) {
    return kCannot;
  }
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
