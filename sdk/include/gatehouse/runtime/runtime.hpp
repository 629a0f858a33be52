// Runs plugins: walks them through their phases, keeps what they registered and answers requests
// with it. The host puts a socket in front of it, the test harness a function call. Not for
// plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/commands.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/runtime/config_node.hpp>
#include <gatehouse/runtime/exchange.hpp>
#include <gatehouse/runtime/mail.hpp>
#include <gatehouse/storage/sql.hpp>

namespace gatehouse {

class Clock;
class Database;
class HashingSlots;
struct AppliedMigration;
struct MigrationStep;
class KeyRing;
class Log;
class Metrics;
class Passwords;
class Plugin;
class Random;

// What the runtime stands on; all outlive it.
struct Facilities {
  std::function<Log&(std::string_view plugin)> log_for;  // the same object for the same name
  Metrics& metrics;
  Clock& clock;
  Random& random;
  Passwords& passwords;
  KeyRing& keys;  // loaded before start()
  MailFacilities mail;
  std::function<void(std::string_view name, std::string_view text)> show_once;
  bool log_requests = true;  // one line a request
  // Whose pages may read answers, exactly as browsers write an Origin. Empty: nobody else's.
  std::vector<std::string> cors_origins = {};
  // For the head of the API's document: the server's version, and its URL for clients (may be
  // empty).
  std::string version = "0";
  std::string public_url = {};
  // Of what requests hash. Null: as many as there are threads in the lane for hashing.
  HashingSlots* hashing_slots = nullptr;
};

// A plugin to run. `plugin`, `config` and `mount` (may be null: all defaults) outlive the runtime.
struct RunningPlugin {
  std::string name;
  std::string version;
  Plugin* plugin = nullptr;
  const ConfigNode* config = nullptr;
  std::string origin;  // "gatehouse.yaml:12", begins every message about it
  const ConfigNode* mount = nullptr;
};

// What a restored database must not give again.
struct RestoreMarks {
  // The last number that each table of the lost database gave, as far as it could be read.
  std::map<std::string, std::int64_t> sequences = {};
  std::int64_t margin = 0;  // beyond what is known, where that may not be all
};

struct CommandEntry {
  std::string plugin;
  std::string name;
  std::string summary;
  std::vector<CommandArgument> arguments;
  std::function<int(CommandLine&)> run;
};

// Threads: the phases and stop() on one thread; open() and the exchanges on any.
class GATEHOUSE_API Runtime final : public Application {
 public:
  explicit Runtime(Facilities facilities);
  ~Runtime();

  // In the order of requirements: a plugin comes after those it needs.
  void add(RunningPlugin plugin);

  // Before wire(): the mount of a plugin that is not to run. Paths at or below it that nobody has
  // are answered as outside all mounts, whatever shorter mount they are below, too.
  void keep_free(std::string_view prefix);

  // The phases, each for all plugins, in this order. What goes wrong comes back as whole lines, all
  // of the phase at once; with any, the next phase must not run. `policy` is the section `policy`
  // of the configuration (null: defaults). start() stops in reverse what had started when one
  // fails.
  std::vector<std::string> configure(const ConfigNode* policy);
  std::vector<std::string> wire(Database& database);  // which need not be open yet
  std::vector<std::string> migrate(Database& database);
  // After wire(), instead of migrate(): all plugins' steps, of which a database knows `applied`.
  // Error: a plugin fails to say its own.
  Result<std::vector<MigrationStep>> migration_steps(Engine engine,
                                                     const std::vector<AppliedMigration>& applied);
  // After migrate(), instead of start(): readies a database that was restored from a backup, all or
  // nothing (gatehouse/deployment.hpp). Returns the new epoch.
  Result<std::int64_t> finish_restore(Database& database, const RestoreMarks& marks);
  // After migrate(), without start(), also beside servers: `gatehouse revoke --all`, all or nothing
  // (AllRevoked in gatehouse/deployment.hpp). Returns the new epoch.
  Result<std::int64_t> revoke_all(bool with_api_tokens);
  std::vector<std::string> start();

  // Runs every periodic job once, now; for tests. Between start() and begin_drain().
  void run_jobs();

  // From now on no job begins. Exchanges go on. Threads: any.
  void begin_drain();
  // What runs at this moment: "job 'tidy' of plugin 'notes'", "GET /notes of plugin 'notes'".
  // Threads: any.
  std::vector<std::string> running() const;

  // Sends the mail that is due, on this thread; after start(), and only with MailSending::OnDemand.
  void send_mail();

  // Ends the jobs, then stops the plugins in reverse. No exchange may be open any more.
  void stop() noexcept;

  std::unique_ptr<Exchange> open(RequestHead head) override;
  Answer unreadable(int status,
                    std::string_view reason,
                    std::string_view message,
                    RequestHead known) override;

  // After wire(). Runs where hashing is allowed; an exception becomes a line on `line` and 1.
  const std::vector<CommandEntry>& commands() const;
  int run_command(const CommandEntry& command, CommandLine& line);
  // The OpenAPI 3.1 document of all routes, after wire().
  const std::string& openapi() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The id of the request that this thread works on, or "".
GATEHOUSE_API std::string_view current_request_id();

}  // namespace gatehouse
