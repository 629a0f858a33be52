// The database as the host and the test harness own it: opening, migrating, health, and one Db for
// each plugin. Not for plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

namespace storage {
class NotificationWaiter;
}

// What a commit waits for. Normal may lose the last commits when the power fails (never when the
// process does), Full loses none.
enum class Synchronous : std::uint8_t { Normal, Full };

struct SqliteOptions {
  std::string path;  // empty: a private file that is never synced and deleted at the end
  Synchronous synchronous = Synchronous::Full;
  std::size_t readers = 4;  // connections that read beside the one that writes
  // How long another process may hold the file before a write gives up.
  std::chrono::milliseconds busy_timeout{5'000};
};

struct PostgresqlRole {
  std::string user;
  std::string password;  // empty: the server asks for none, or knows the user otherwise
};

// Whether statements are prepared once for each connection. Automatic: unless something between us
// and the server hands connections around (pgbouncer), where one client would run another's.
enum class PreparedStatements : std::uint8_t { Automatic, On, Off };

struct PostgresqlOptions {
  // Names, addresses, or folders of Unix sockets, tried in this order.
  std::vector<std::string> hosts;
  std::uint16_t port = 5432;  // of all hosts
  std::string dbname = "gatehouse";
  PostgresqlRole role{"gatehouse", {}};  // that serves
  std::optional<PostgresqlRole> owner;   // that migrates; nothing: `role` does
  // As libpq has them. Empty: verify-full, or prefer when all hosts are this machine.
  std::string sslmode;
  std::string sslrootcert;                          // a file; empty: libpq's default
  std::string target_session_attrs = "read-write";  // which of the hosts will do
  std::chrono::seconds connect_timeout{2};          // for each host; libpq knows nothing below 2
  std::size_t connections = 8;                      // at most, for reading and writing
  PreparedStatements prepared = PreparedStatements::Automatic;
  std::string application_name = "gatehouse";  // of the sessions, in pg_stat_activity
};

// What migrate() does about steps that are missing. Check: it applies none, and refuses.
enum class MigrationMode : std::uint8_t { Auto, Check };

struct DatabaseOptions {
  Engine engine = Engine::Sqlite;
  MigrationMode migrations = MigrationMode::Auto;
  SqliteOptions sqlite;
  PostgresqlOptions postgresql;
  std::chrono::milliseconds pool_wait{500};      // for a connection; longer: Unavailable
  std::chrono::milliseconds time_limit{10'000};  // of one read() or write(); longer: Unavailable
  std::chrono::milliseconds slow_lease{1'000};   // a use longer than this is logged
  std::size_t statement_cache = 128;             // prepared statements kept per connection
};

struct AppliedMigration {
  std::string plugin;
  std::string version;
  std::string name;
  std::string checksum;  // SHA-256 of the script, hex
  Time applied_at;
};

// A step as the plugin and the database know it.
struct MigrationStep {
  std::string plugin;
  std::string version;
  std::string name;
  std::string script;  // for the engine in use; "" when the plugin does not know the step
  std::optional<Time> applied_at;  // nothing: missing
  std::string trouble;             // why nothing can be applied, a sentence; "": none
};

// The steps that a plugin has, then those that only the database has. `applied` may hold other
// plugins' steps too. Touches nothing.
GATEHOUSE_API std::vector<MigrationStep> migration_steps(
    Engine engine,
    std::string_view plugin,
    const Migrations& migrations,
    const std::vector<AppliedMigration>& applied);

// Ownership: whoever opens it; log, metrics and clock must outlive it, and it must outlive every
// use of what for_plugin() returned. Threads: any, but for what is marked. Blocking: yes, all but
// for_plugin().
class GATEHOUSE_API Database {
 public:
  // An open database, or an error as connect() and the next have them.
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options,
                                                Log& log,
                                                Metrics& metrics,
                                                Clock& clock);
  // One that is not open yet and has touched nothing: only for_plugin() and connect() may be
  // called, and every use is a std::logic_error. InvalidArgument: the options are wrong (the
  // message names the key and the cure).
  static Result<std::unique_ptr<Database>> prepare(const DatabaseOptions& options,
                                                   Log& log,
                                                   Metrics& metrics,
                                                   Clock& clock);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Opens what prepare() made; once, before any use. InvalidArgument: the path is wrong.
  // Unavailable: the database cannot be opened now.
  Result<None> connect();

  // The door for one plugin, the same object for the same name, valid as long as the Database.
  Db& for_plugin(std::string_view name);

  // The SDK's own door to a connection that no request can take: what must not wait behind them
  // reads through it. Its writes are as all others.
  Db& reserved();

  // Applies the steps that are missing, in one transaction under a lock that holds across
  // processes, as the owner where there is one; then the role that serves gets its rights on the
  // plugin's tables. With MigrationMode::Check it only looks. Returns what stands against it, each
  // a whole sentence for the operator; empty: all are applied.
  std::vector<std::string> migrate(std::string_view plugin, const Migrations& migrations);

  // All applied steps, by plugin and version.
  Result<std::vector<AppliedMigration>> status();

  // Runs `work` in one transaction as the owner of the tables, under the lock of migrations,
  // without a time limit; its Error rolls back.
  Result<None> change_as_owner(const std::function<Result<None>(Session&)>& work);

  // A round trip to the database.
  Result<None> health();

  // See storage::Backend. For the SDK library itself.
  std::unique_ptr<storage::NotificationWaiter> make_waiter(const char* channel);

  // What Session::audit() calls, inside the transaction. Only before the first write().
  void set_audit_sink(std::function<void(Session&, const AuditEvent&)> sink);

  // Every later use is Unavailable; uses that run end first, so never call it from inside one. The
  // destructor does it too.
  void close();

 private:
  class State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse
