// Where pools, transactions, retries and the plugins' doors come together.
// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/request_scope.hpp>
#include <gatehouse/text.hpp>

#include "storage/coarse_clock.hpp"
#include "storage/failed_uses.hpp"
#include "storage/migrations.hpp"
#include "storage/pool.hpp"
#include "storage/postgresql_module.hpp"
#include "storage/sqlite_backend.hpp"
#include "storage/transaction.hpp"

namespace gatehouse {
namespace {

using storage::Access;
using storage::ActiveUse;
using storage::AuditSink;
using storage::Backend;
using storage::coarse_now;
using storage::Connection;
using storage::DbError;
using storage::FailedUses;
using storage::held_too_long;
using storage::kSecondWrite;
using storage::Pool;
using storage::Rollback;
using storage::Transaction;
using storage::Use;
using storage::UseTerms;
using storage::Watchdog;

using Work = bool (*)(void* context, Session&);

}  // namespace

class Database::State {
 public:
  State(const DatabaseOptions& options, Log& log, Metrics& metrics, Clock& clock)
      : options_(options),
        log_(log),
        metrics_(metrics),
        clock_(clock),
        failures_(options_, log, metrics),
        prepared_(metrics.counter("storage_prepared_total",
                                  "Statements prepared because no connection's cache had them.",
                                  {})) {}

  Result<None> connect() {
    GATEHOUSE_TRY(auto backend, open_backend());
    open_ = std::make_unique<Open>(std::move(backend), options_, log_, metrics_);
    try {
      GATEHOUSE_CHECK(open_->writers().lease());  // that it can be used shows now, not at a request
    } catch (const DbError& error) {
      return Error{
          ErrorCode::Unavailable,
          "storage_unavailable",
          format("{} cannot be used: {}", open_->backend->place(), std::string_view(error.what())),
          {},
          {}};
    }
    return None{};
  }

  Result<std::unique_ptr<Backend>> open_backend() {
    if (options_.engine == Engine::Sqlite) {
      return storage::open_sqlite(options_.sqlite, options_.statement_cache, log_);
    }
    return storage::open_postgresql(
        {options_.postgresql, options_.time_limit, options_.statement_cache, log_});
  }

  Result<None> read(Pool& pool, std::string_view plugin, Work work, void* context) {
    if (ActiveUse* outer = ActiveUse::find(this)) {
      // The same session: a second connection could deadlock, and would not see the transaction.
      if (outer->is_held()) return read_held(*outer, plugin, work, context);
      read_inside(*outer, work, context);
      return None{};
    }
    try {
      return use(pool, plugin, Access::Read, [&](Connection& connection, Session& session) {
        // What an expert may have begun on the native session ends, so that the next reader sees
        // the present.
        const Rollback guard(connection);
        work(context, session);
      });
    } catch (const DbError& error) {
      return failures_.give_up(plugin, error);
    }
  }

  void read_inside(ActiveUse& outer, Work work, void* context) {
    SessionAccess::State state(
        outer.state().connection, open().backend->engine(), Access::Read, &audit_sink_);
    Session session = SessionAccess::make(state);
    work(context, session);
    outer.state().failed = outer.state().failed || state.failed;
  }

  // The callback of the write() is over: nobody above it would catch a DbError.
  Result<None> read_held(ActiveUse& outer, std::string_view plugin, Work work, void* context) {
    const auto keeps_connection = outer.hold()->lock();
    if (outer.hold()->is_lost()) return held_too_long();
    RequestScope* const scope = RequestScope::current();
    const UseTerms terms = use_terms(plugin, Access::Read, end_of_use());
    Connection& connection = outer.state().connection;
    connection.set_time_limit(terms.end);
    std::optional<Watchdog::Watch> watch;  // what is held is watched only while something runs
    if (terms.watchdog != nullptr) {
      watch.emplace(*terms.watchdog, connection, plugin, terms.slow, terms.end);
    }
    try {
      read_inside(outer, work, context);
    } catch (const DbError& error) {
      outer.state().failed = true;
      return scope == nullptr ? failures_.give_up(plugin, error)
                              : failures_.give_up_held(*scope, plugin, error);
    }
    return None{};
  }

  Result<None> write(std::string_view plugin, Work work, void* context) {
    if (const ActiveUse* outer = ActiveUse::find(this)) {
      if (outer->is_held()) throw std::logic_error(std::string(kSecondWrite));
      throw std::logic_error(
          "storage: Db::write() inside Db::read() or Db::write(); pass the Session& on instead");
    }
    const RequestScope* const scope = RequestScope::current();
    WriteTries own;
    WriteTries& tries = scope != nullptr && scope->tries() != nullptr ? *scope->tries() : own;
    if (tries.collisions == 0) tries.end = end_of_use();  // of all tries together
    for (;;) {
      if (tries.collisions > 0) FailedUses::back_off(tries.collisions);
      try {
        return write_once(plugin, tries, work, context);
      } catch (const DbError& error) {
        if (!failures_.may_run_again(error, tries)) return failures_.give_up(plugin, error);
      }
    }
  }

  // Throws DbError.
  Result<None> write_once(std::string_view plugin,
                          const WriteTries& tries,
                          Work work,
                          void* context) {
    GATEHOUSE_TRY(auto lease, open().writers().lease());
    auto transaction = std::make_unique<Transaction>(
        use_terms(plugin, Access::Write, tries.end), std::move(lease), tries.collisions, failures_);
    if (!transaction->run([&](Session& session) { return work(context, session); })) {
      transaction->refuse();
      return None{};
    }
    if (transaction->is_to_be_held()) {
      Transaction::hold(std::move(transaction));
    } else {
      transaction->commit();
    }
    return None{};
  }

  std::chrono::milliseconds end_of_use() const { return coarse_now() + options_.time_limit; }

  UseTerms use_terms(std::string_view plugin, Access access, std::chrono::milliseconds end) {
    return {this,
            open().backend->engine(),
            access,
            &audit_sink_,
            plugin,
            end,
            options_.slow_lease,
            log_,
            prepared_,
            open().watchdog ? &*open().watchdog : nullptr};
  }

  // Runs `work(connection, session)` on a leased connection. Throws DbError.
  template <class F>
  Result<None> use(Pool& pool, std::string_view plugin, Access access, const F& work) {
    GATEHOUSE_TRY(auto lease, pool.lease());
    Use use(use_terms(plugin, access, end_of_use()), std::move(lease));
    try {
      work(use.connection(), use.session());
    } catch (const DbError& error) {
      use.failed(error);
      throw;
    }
    return None{};
  }

  // A connection of its own, without the limits of requests, that is closed afterwards.
  Result<None> change_as_owner(const std::function<Result<None>(Session&)>& work) {
    try {
      const auto connection = open().backend->connect_as_owner();
      SessionAccess::State state(
          *connection, open().backend->engine(), Access::Write, &audit_sink_);
      Session session = SessionAccess::make(state);
      const ActiveUse active(this, state);
      const Rollback guard(*connection);  // does nothing after commit()
      connection->begin_migration();
      GATEHOUSE_CHECK(work(session));
      connection->commit();
    } catch (const DbError& error) {
      return failures_.give_up("host", error);
    }
    return None{};
  }

  // The role that serves, where another one owns the tables; else "".
  std::string_view role_to_grant() const {
    const PostgresqlOptions& postgresql = options_.postgresql;
    const bool is_another = options_.engine == Engine::PostgreSql && postgresql.owner &&
                            postgresql.owner->user != postgresql.role.user;
    return is_another ? std::string_view(postgresql.role.user) : std::string_view();
  }

  void close() {
    if (!open_) return;
    if (open_->own_readers) open_->own_readers->close();
    open_->reserved.close();
    try {
      auto last = open_->writers().lease();
      if (last) open_->backend->shut_down(**last);
    } catch (const DbError& error) {
      log_.warning("storage_close", "{}", std::string_view(error.what()));
    }
    open_->all_or_writers.close();
  }

  Db& door(std::string_view name);
  Db& reserved() { return reserved_; }

  const DatabaseOptions options_;
  Log& log_;
  Metrics& metrics_;
  Clock& clock_;
  const FailedUses failures_;
  Counter& prepared_;
  AuditSink audit_sink_;

  // What there is after connect().
  struct Open {
    Open(std::unique_ptr<Backend> connected,
         const DatabaseOptions& options,
         Log& log,
         Metrics& metrics)
        : backend(std::move(connected)),
          all_or_writers(*backend,
                         Access::Write,
                         backend->is_remote() ? "all" : "write",
                         backend->connections(Access::Write),
                         options.pool_wait,
                         metrics),
          reserved(*backend, Access::Read, "reserved", 1, options.pool_wait, metrics) {
      if (backend->is_remote()) {
        watchdog.emplace(log);
      } else {
        own_readers.emplace(*backend,
                            Access::Read,
                            "read",
                            backend->connections(Access::Read),
                            options.pool_wait,
                            metrics);
      }
    }
    Pool& readers() { return own_readers ? *own_readers : all_or_writers; }
    Pool& reserved_reader() { return reserved; }
    Pool& writers() { return all_or_writers; }

    std::unique_ptr<Backend> backend;
    std::optional<Watchdog> watchdog;
    Pool all_or_writers;
    Pool reserved;  // opens nothing before it is used
    std::optional<Pool> own_readers;
  };
  Open& open() const {
    if (!open_)
      throw std::logic_error("storage: the database is not open yet; use it from start() on");
    return *open_;
  }

 private:
  std::unique_ptr<Open> open_;

  class Door final : public Db {
   public:
    using Readers = Pool& (Open::*)();
    Door(State& state, std::string_view plugin, Readers readers)
        : state_(state), plugin_(plugin), readers_(readers) {}

   private:
    Result<None> run(Mode mode, Work work, void* context) override {
      if (mode == Mode::Write) return state_.write(plugin_, work, context);
      return state_.read((state_.open().*readers_)(), plugin_, work, context);
    }
    State& state_;
    const std::string plugin_;
    const Readers readers_;
  };
  Door reserved_{*this, "gatehouse", &Open::reserved_reader};
  std::mutex doors_mutex_;
  std::map<std::string, Door, std::less<>> doors_;  // guarded by doors_mutex_
};

Db& Database::State::door(std::string_view name) {
  const std::lock_guard lock(doors_mutex_);
  const auto found = doors_.find(name);
  if (found != doors_.end()) return found->second;
  return doors_.try_emplace(std::string(name), *this, name, &Open::readers).first->second;
}

Result<std::unique_ptr<Database>> Database::prepare(const DatabaseOptions& options,
                                                    Log& log,
                                                    Metrics& metrics,
                                                    Clock& clock) {
  if (options.engine == Engine::PostgreSql && options.postgresql.hosts.empty()) {
    return Error{ErrorCode::InvalidArgument,
                 "storage_options",
                 "storage.postgresql.hosts: at least one is needed",
                 {},
                 {}};
  }
  if (options.sqlite.readers < 1 || options.statement_cache < 1) {
    return Error{ErrorCode::InvalidArgument,
                 "storage_options",
                 "storage.sqlite.readers: at least one connection must read",
                 {},
                 {}};
  }
  return std::unique_ptr<Database>(
      new Database(std::make_unique<State>(options, log, metrics, clock)));
}

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options,
                                                 Log& log,
                                                 Metrics& metrics,
                                                 Clock& clock) {
  GATEHOUSE_TRY(auto database, prepare(options, log, metrics, clock));
  GATEHOUSE_CHECK(database->connect());
  return database;
}

Result<None> Database::connect() {
  return state_->connect();
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}

Database::~Database() {
  state_->close();
}

Db& Database::for_plugin(std::string_view name) {
  return state_->door(name);
}

Db& Database::reserved() {
  return state_->reserved();
}

std::vector<std::string> Database::migrate(std::string_view plugin, const Migrations& migrations) {
  if (state_->options_.migrations == MigrationMode::Check) {
    const auto applied = status();
    if (!applied) {
      return {
          format("plugin '{}': cannot look at its tables: {}", plugin, applied.error().message)};
    }
    return storage::check_migrations(
        plugin, migration_steps(state_->open().backend->engine(), plugin, migrations, *applied));
  }
  std::vector<std::string> problems;
  try {
    const auto connection = state_->open().backend->connect_as_owner();
    problems = storage::migrate(
        *connection,
        {state_->open().backend->engine(), state_->clock_.now(), state_->role_to_grant()},
        plugin,
        migrations);
  } catch (const DbError& error) {
    problems = {format("plugin '{}': cannot migrate: {}", plugin, storage::reason_of(error))};
  }
  return problems;
}

Result<std::vector<AppliedMigration>> Database::status() {
  std::vector<AppliedMigration> applied;
  try {
    // The role that serves may have lost its rights, which migrate() gives back.
    if (state_->options_.migrations == MigrationMode::Auto && !state_->role_to_grant().empty()) {
      const auto owner = state_->open().backend->connect_as_owner();
      return storage::applied_migrations(*owner, Engine::PostgreSql);
    }
    GATEHOUSE_CHECK(state_->use(
        state_->open().readers(), "host", Access::Read, [&](Connection& connection, Session&) {
          applied = storage::applied_migrations(connection, state_->open().backend->engine());
        }));
  } catch (const DbError& error) {
    return state_->failures_.give_up("host", error);
  }
  return applied;
}

Result<None> Database::change_as_owner(const std::function<Result<None>(Session&)>& work) {
  return state_->change_as_owner(work);
}

Result<None> Database::health() {
  return for_plugin("host").read([](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(session.get<std::int64_t>("select 1"));
    return None{};
  });
}

std::unique_ptr<storage::NotificationWaiter> Database::make_waiter(const char* channel) {
  return state_->open().backend->make_waiter(channel);
}

void Database::set_audit_sink(AuditSink sink) {
  state_->audit_sink_ = std::move(sink);
}

void Database::close() {
  state_->close();
}

}  // namespace gatehouse
