// One configured set of plugins, brought up phase by phase: what every command of the program
// needs, from check-config (which stops early) to serve (which goes all the way).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/runtime.hpp>
#include <gatehouse/runtime/system_clock.hpp>

#include "host/config/settings.hpp"
#include "host/observability/log.hpp"
#include "host/observability/metrics.hpp"
#include "host/plugin_loader/plugin_loader.hpp"
#include "host/server/host_routes.hpp"
#include "host/server/serving_lock.hpp"

namespace gatehouse::host {

// Bare: for the host's own commands, without plugins. Migrate: open_storage() applies what is
// missing, also where storage.migrations is check. Restore: the same, and nobody may serve.
enum class Purpose : std::uint8_t { Command, Serve, Bare, Migrate, Restore };

struct DeploymentOptions {
  std::optional<std::filesystem::path> config;  // nothing: the built-in configuration
  Preflight preflight = Preflight::Skip;
  // ./dev run: secrets for the operator are printed, and plugins may be writable by this user.
  bool developing = false;
  Purpose purpose = Purpose::Command;  // Serve and Restore: the only one with this database
};

// What stands against it, each a whole line "error: FILE:LINE: ...". Empty: go on.
using Errors = std::vector<std::string>;

// The plugins that the settings name, as the loader wants them.
std::vector<PluginEntry> plugin_entries(const Settings& settings);

// Ownership: everything of the process but the sockets. Threads: the phases on the main thread,
// before any other thread.
class Deployment {
 public:
  explicit Deployment(DeploymentOptions options);
  ~Deployment();

  // In this order, each only after the one before returned no errors.
  Errors load();          // configuration, plugins, their settings; touches nothing outside
  Errors wire();          // routes, services, commands; still touches nothing
  Errors open_storage();  // the database and its migrations
  Errors start();         // plugins run; from now on nobody waits for who reads the log

  // The port that links name when there is no http.public_url; before start().
  void listens_on(std::uint16_t port) { settings_.http.port = port; }

  // Instead of all phases, with Purpose::Bare: accepts that a master key is lost. Conflict and
  // NotFound: it is not.
  Result<None> forget_key(std::string_view id);

  // The part of open_storage() that `gatehouse migrate` needs: the database and its tables.
  Errors open_database();
  // Between load() and wire(): another database than the configured one.
  void use_database(const std::filesystem::path& file) {
    settings_.storage.database.sqlite.path = file.string();
  }
  // After open_database(): what a restored database needs before it is served.
  Result<std::int64_t> finish_restore(const RestoreMarks& marks);
  // After wire(): every step of every plugin, as far as the database knows it. Makes no
  // database, and changes none.
  Result<std::vector<MigrationStep>> migration_steps();

  // Jobs begin no more, and /health/ready says no. Requests go on.
  void begin_drain();
  // What plugins do at this moment, for when they take too long. Threads: any.
  std::vector<std::string> running() const;
  // Stops the plugins in reverse and closes the database. No request may run any more.
  void stop();
  // The log's last records reach their reader, or are lost after two seconds (Logs::finish()).
  bool finish_log() { return logs_->finish(); }

  // After load().
  const Settings& settings() const { return settings_; }
  const std::vector<LoadedPlugin>& plugins() const { return plugins_; }
  Log& log();
  // After wire().
  Runtime& runtime() { return *runtime_; }
  // What operators see on an address of their own; null when they see it on the main one.
  Runtime* operator_runtime() { return operator_runtime_.get(); }
  Metrics& metrics() { return metrics_; }

 private:
  void choose_mail();
  Result<None> connect();
  Errors open_keys();
  Facilities facilities(bool log_requests, HashingSlots* hashing_slots);
  HostView view();
  std::string public_url() const;
  std::string ready_in_detail();
  void show_once(std::string_view name, std::string_view text);

  DeploymentOptions options_;
  Settings settings_;
  SystemClock clock_;
  PrometheusMetrics metrics_;
  std::unique_ptr<Logs> logs_;
  KernelRandom random_;
  std::unique_ptr<Argon2Passwords> passwords_;
  std::optional<HashingSlots> hashing_slots_;  // of the API; an operator waits for no client
  KeyRing keys_{random_};
  std::unique_ptr<MailTransport> mail_;
  std::function<Result<None>()> check_mail_;  // whether mail_ can be used as it is configured
  std::optional<ServingLock> serving_lock_;   // goes after the database
  std::unique_ptr<Database> database_;
  bool connected_ = false;
  std::string no_passwords_;  // why those of the database cannot be read; empty: they can
  std::vector<LoadedPlugin> plugins_;
  std::unique_ptr<PublicRoutes> public_routes_;
  std::unique_ptr<OperatorRoutes> operator_routes_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Runtime> operator_runtime_;
  std::atomic<bool> draining_ = false;
};

}  // namespace gatehouse::host
