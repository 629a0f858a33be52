// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_backend.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <soci/sqlite3/soci-sqlite3.h>

#include <gatehouse/text.hpp>

#include "storage/coarse_clock.hpp"
#include "storage/sqlite_error.hpp"
#include "storage/sqlite_path.hpp"

namespace gatehouse::storage {
namespace {

using namespace sqlite_api;

// A migration may meet other instances that migrate, on a slow disk.
constexpr int kMigrationWaitMs = 30'000;
// How many steps of SQLite's machine pass between two looks at the clock: some 0.1 ms.
constexpr int kStepsBetweenChecks = 10'000;
// How many bytes a savepoint keeps in memory of what pages were before: 30 pages, each behind its
// number, which is more than most requests change. What is beyond goes into a temporary file, the
// first so many bytes at one go; SQLite counts those of one go modulo 131,072, and takes nothing
// for a full disk.
constexpr int kSavepointMemory = 30 * (4 + 4'096);
static_assert(kSavepointMemory < 131'072);
// Changed pages go from the log to the database's file when there are so many (16 MB), which takes
// longer than a commit; up to 4,062 SQLite finds a page in the log at one look.
constexpr int kPagesToCheckpoint = 4'000;
// Several processes that open a new file at once fight for the switch to WAL, without SQLite's busy
// handler.
constexpr std::chrono::seconds kOpenWait{10};

sqlite3_stmt* handle(soci::statement& statement) {
  // Debian's libraries hide the type information that dynamic_cast needs.
  return static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_;
}

// The current row, as RowLayout::fill() reads it.
struct Columns {
  bool is_null(int i) const { return sqlite3_column_type(statement, i) == SQLITE_NULL; }
  std::int64_t integer(int i) const { return sqlite3_column_int64(statement, i); }
  double number(int i) const { return sqlite3_column_double(statement, i); }
  std::string_view text(int i) const {
    const auto* begin = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
    if (begin == nullptr) return {};
    return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement, i))};
  }
  sqlite3_stmt* statement;
};

struct Settings {
  std::filesystem::path path;
  const char* synchronous;  // the pragma
  std::chrono::milliseconds busy_timeout;
  std::size_t statement_cache;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const Settings& settings, Access access)
      : Connection(settings.statement_cache), settings_(settings), access_(access) {
    try {
      session().open(soci::sqlite3, format("db=\"{}\"", settings_.path.string()));
    } catch (const soci::soci_error& error) {
      throw DbError(DbErrorKind::Unavailable,
                    format("storage: {} cannot be opened: {}",
                           settings_.path.string(),
                           error.get_error_message()));
    }
    db_ = static_cast<soci::sqlite3_session_backend*>(session().get_backend())->conn_;
    set_up();
  }

  ~SqliteConnection() override {
    // sqlite3_close() refuses, unheard, while statements live, and leaks the file.
    statements().clear();
    for (sqlite3_stmt* statement : {begin_, commit_, rollback_, savepoint_, release_, go_back_}) {
      sqlite3_finalize(statement);
    }
  }

  void begin(Turn turn) override {
    if (turn == Turn::InARow && row_) return join();
    settle();
    step(begin_);
    is_in_a_row_ = turn == Turn::InARow;
  }

  std::shared_ptr<SharedCommit> commit() override {
    // Some errors end the transaction inside SQLite; what followed them was committed one by one.
    if (!in_transaction()) {
      throw DbError(DbErrorKind::Internal, "storage: the transaction ended before its commit");
    }
    end_without_limit();
    if (!is_in_a_row_) {
      step(commit_);
      return nullptr;
    }
    require_references();
    if (row_) {
      step(release_);
      in_savepoint_ = false;
    } else {
      row_ = std::make_shared<SharedCommit>();
    }
    return row_;
  }

  void rollback() noexcept override {
    end_without_limit();
    const bool is_part = std::exchange(in_savepoint_, false);
    if (in_transaction() && row_) {
      if (!is_part) return;  // nothing of it is the caller's
      if (done(go_back_) && done(release_)) return;
    }
    if (in_transaction()) done(rollback_);
    end_row(DbError(DbErrorKind::Retry, "storage: a commit that was to be shared did not come"));
  }

  std::shared_ptr<SharedCommit> row() const override { return row_; }

  void settle() noexcept override {
    if (!row_) return;
    const auto end = end_;  // of who comes next
    is_in_a_row_ = false;
    try {
      commit();
      end_row(std::nullopt);
    } catch (const DbError& error) {
      is_broken_ = error.kind() == DbErrorKind::Unavailable;
      if (in_transaction()) done(rollback_);
      end_row(error);
    }
    end_ = end;
  }

  bool is_broken() const override { return is_broken_; }

  bool in_transaction() const override { return sqlite3_get_autocommit(db_) == 0; }

  void begin_migration() override {
    end_ = std::chrono::milliseconds::max();
    sqlite3_busy_timeout(db_, kMigrationWaitMs);
    try {
      step(begin_);
    } catch (const DbError& error) {
      set_busy_timeout();
      if (error.kind() != DbErrorKind::Retry) throw;
      throw DbError(DbErrorKind::Unavailable,
                    format("storage: {} is locked by another process, for {} s by now; end what "
                           "holds it (`fuser -v FILE` names it)",
                           settings_.path.string(),
                           kMigrationWaitMs / 1'000));
    }
    set_busy_timeout();
  }

  void run_script(std::string_view script) override {
    sqlite3_set_authorizer(db_, &authorise_script, nullptr);
    const int code = sqlite3_exec(db_, std::string(script).c_str(), nullptr, nullptr, nullptr);
    const std::string message = code == SQLITE_OK ? "" : sqlite3_errmsg(db_);
    const int extended = sqlite3_extended_errcode(db_);
    sqlite3_set_authorizer(db_, nullptr, nullptr);
    if (code == SQLITE_AUTH) {
      throw DbError(DbErrorKind::Internal,
                    "a migration runs inside the host's transaction: no begin, commit, rollback, "
                    "savepoint, pragma or attach");
    }
    if (code != SQLITE_OK) throw DbError(sqlite_error(extended, "", "", "").kind(), message);
  }

  std::map<std::string, std::string> schema_without(std::string_view prefix) override {
    // What SQLite makes itself (sqlite_sequence, automatic indexes) belongs to nobody.
    constexpr const char* kObjects =
        "select name, type || ' ' || coalesce(sql, '') from sqlite_master"
        " where name not like 'sqlite\\_%' escape '\\'"
        " and substr(name, 1, length(?1)) <> ?1";
    sqlite3_stmt* statement = prepare(kObjects);
    sqlite3_bind_text(statement, 1, prefix.data(), static_cast<int>(prefix.size()), nullptr);
    std::map<std::string, std::string> objects;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      const auto text = [statement](int column) {
        return reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      };
      objects.emplace(text(0), text(1));
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) fail(kObjects);
    return objects;
  }

  std::optional<Shape> shape(soci::statement& prepared) override {
    sqlite3_stmt* statement = handle(prepared);
    Shape shape;
    const int columns = sqlite3_column_count(statement);
    shape.columns.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) shape.columns.emplace_back(sqlite3_column_name(statement, i));
    shape.writes = sqlite3_stmt_readonly(statement) == 0;
    return shape;
  }

  void fill(Statement& statement, void* row) override {
    statement.layout().fill(Columns{handle(statement.native())}, row, statement.sql());
  }

  void reset(soci::statement& used) noexcept override { sqlite3_reset(handle(used)); }

  DbError failure(const soci::soci_error& error, std::string_view sql, soci::statement*) override {
    const int code = sqlite3_extended_errcode(db_);
    // SOCI's own refusals come without a code. Its what() would show the values of parameters.
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) {
      return {DbErrorKind::Internal, format("storage: {} in: {}", error.get_error_message(), sql)};
    }
    return error_now(sql);
  }

  void checkpoint() noexcept {
    settle();
    sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  }

 private:
  void set_up() {
    // SOCI reads its connection string with rules of its own; make sure it was read as it was
    // meant.
    const char* opened = sqlite3_db_filename(db_, "main");
    if (opened == nullptr || settings_.path != opened) {
      throw DbError(DbErrorKind::Internal,
                    format("storage: {} was opened instead of {}",
                           std::string_view(opened != nullptr ? opened : "nothing"),
                           settings_.path.string()));
    }
    set_busy_timeout();
    demand("pragma journal_mode=wal", "wal");
    run(settings_.synchronous);
    run("pragma foreign_keys=on");
    demand("pragma foreign_keys", "1");
    run("pragma trusted_schema=off");
    demand("pragma trusted_schema", "0");
    if (access_ == Access::Read) {
      run("pragma query_only=on");
    } else {
      sqlite3_wal_autocheckpoint(db_, kPagesToCheckpoint);
      begin_ = prepare("begin immediate");
      commit_ = prepare("commit");
      savepoint_ = prepare("savepoint gatehouse_row");
      release_ = prepare("release gatehouse_row");
      go_back_ = prepare("rollback to gatehouse_row");
    }
    rollback_ = prepare("rollback");
    // The first look into the file opens the log. Without one that has it open, whoever closes last
    // removes the log, and each read until the next write asks the disk whether it is there.
    run("pragma schema_version");
    sqlite3_progress_handler(db_, kStepsBetweenChecks, &is_too_late, this);
  }

  // SQLite adds up the steps of all runs of a statement, so that it looks at the clock in one
  // COMMIT of some thousand, which then would be stopped for what it ends.
  void end_without_limit() { end_ = std::chrono::milliseconds::max(); }

  // Behind others, who wait for the end of it.
  void join() {
    step(savepoint_);
    in_savepoint_ = true;
    if (const auto end = coarse_now() + SharedCommit::kLongestTurn; end < end_) {
      end_ = end;
      late_ = DbErrorKind::Retry;
    }
  }

  // A reference that is checked at the commit would fail for all who share it.
  void require_references() const {
    int unresolved = 0;
    int highest = 0;
    sqlite3_db_status(db_, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &highest, 0);
    if (unresolved == 0) return;
    throw sqlite_error(
        SQLITE_CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed", "commit", file());
  }

  void end_row(const std::optional<DbError>& error) {
    const auto row = std::exchange(row_, nullptr);
    if (!row) return;
    if (error) {
      row->fail(*error);
    } else {
      row->succeed();
    }
  }

  static int is_too_late(void* self) {
    return coarse_now() > static_cast<SqliteConnection*>(self)->end_ ? 1 : 0;
  }

  void set_busy_timeout() {
    sqlite3_busy_timeout(db_, static_cast<int>(settings_.busy_timeout.count()));
  }

  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
  }

  // Runs a pragma and throws unless it answers `wanted`.
  void demand(const char* sql, std::string_view wanted) {
    std::string answer;
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) = values[0] != nullptr ? values[0] : "";
      return 0;
    };
    if (sqlite3_exec(db_, sql, take, &answer, nullptr) != SQLITE_OK) fail(sql);
    if (answer != wanted) {
      throw DbError(
          DbErrorKind::Unavailable,
          format("storage: '{}' answered '{}'; the database needs a local file system that "
                 "can do what it asks",
                 std::string_view(sql),
                 answer));
    }
  }

  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) fail(sql);
    return statement;
  }

  void step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code != SQLITE_DONE) {
      const DbError error = error_now(sqlite3_sql(statement));
      sqlite3_reset(statement);
      throw error;
    }
    sqlite3_reset(statement);
  }

  static bool done(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
  }

  DbError error_now(std::string_view sql) const {
    const int code = sqlite3_extended_errcode(db_);
    const DbError error = sqlite_error(code, sqlite3_errmsg(db_), sql, file());
    return (code & 0xff) == SQLITE_INTERRUPT ? DbError(late_, error.what()) : error;
  }

  [[noreturn]] void fail(std::string_view sql) { throw error_now(sql); }
  std::string file() const { return settings_.path.string(); }

  static int authorise_script(
      void*, int action, const char* argument, const char*, const char*, const char*) {
    switch (action) {
      case SQLITE_TRANSACTION:
      case SQLITE_SAVEPOINT:
      case SQLITE_ATTACH:
      case SQLITE_DETACH:
        return SQLITE_DENY;
      case SQLITE_PRAGMA:  // full-text tables ask for data_version themselves
        return std::string_view(argument) == "data_version" ? SQLITE_OK : SQLITE_DENY;
      default:
        return SQLITE_OK;
    }
  }

  const Settings& settings_;
  const Access access_;
  sqlite3* db_ = nullptr;  // the session's
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* rollback_ = nullptr;
  sqlite3_stmt* savepoint_ = nullptr;
  sqlite3_stmt* release_ = nullptr;
  sqlite3_stmt* go_back_ = nullptr;
  bool is_in_a_row_ = false;           // what is done now may share its commit
  std::shared_ptr<SharedCommit> row_;  // of whom the transaction holds work, or null
  bool in_savepoint_ = false;          // of who has joined
  bool is_broken_ = false;
};

class SqliteBackend final : public Backend {
 public:
  SqliteBackend(Settings settings, std::size_t readers, std::filesystem::path private_folder)
      : settings_(std::move(settings)),
        readers_(readers),
        private_folder_(std::move(private_folder)) {}

  ~SqliteBackend() override {
    std::error_code ignored;
    if (!private_folder_.empty()) std::filesystem::remove_all(private_folder_, ignored);
  }

  Engine engine() const override { return Engine::Sqlite; }
  std::string place() const override {
    return format("storage.sqlite.path: {}", settings_.path.string());
  }

  std::size_t connections(Access access) const override {
    return access == Access::Read ? readers_ : 1;
  }

  std::unique_ptr<Connection> connect(Access access) override {
    const auto deadline = std::chrono::steady_clock::now() + kOpenWait;
    std::minstd_rand random(std::random_device{}());
    for (;;) {
      try {
        return std::make_unique<SqliteConnection>(settings_, access);
      } catch (const DbError& error) {
        if (error.kind() != DbErrorKind::Retry) throw;
        if (std::chrono::steady_clock::now() > deadline) {
          throw DbError(DbErrorKind::Unavailable, error.what());
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1 + random() % 20));
    }
  }

  void shut_down(Connection& last) override { static_cast<SqliteConnection&>(last).checkpoint(); }

 private:
  const Settings settings_;
  const std::size_t readers_;
  const std::filesystem::path private_folder_;  // removed at the end; empty: none
};

// SQLite locks a connection for each column that is read, a tenth of what a request costs; ours are
// leased to one thread at a time (pool.hpp). It counts its memory under one lock of the process.
// And it makes a temporary file for what a savepoint would bring back, beyond 64 kB. For the whole
// process, once, and before SQLite is used: where something has used it already, all that stays,
// and nothing else changes.
void configure_sqlite() {
  [[maybe_unused]] static const bool done = [] {
    return sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, kSavepointMemory) == SQLITE_OK;
  }();
}

const char* synchronous_pragma(const SqliteOptions& options) {
  if (options.path.empty()) return "pragma synchronous=off";  // nobody will read it after a crash
  return options.synchronous == Synchronous::Full ? "pragma synchronous=full"
                                                  : "pragma synchronous=normal";
}

}  // namespace

Result<std::unique_ptr<Backend>> open_sqlite(const SqliteOptions& options,
                                             std::size_t statement_cache,
                                             Log& log) {
  configure_sqlite();
  std::filesystem::path private_folder;
  std::string wanted = options.path;
  if (wanted.empty()) {
    private_folder = make_private_folder();
    wanted = (private_folder / "gatehouse.db").string();
  }
  GATEHOUSE_TRY(std::filesystem::path path, prepare_sqlite_path(wanted, log));
  return std::unique_ptr<Backend>(std::make_unique<SqliteBackend>(
      Settings{std::move(path), synchronous_pragma(options), options.busy_timeout, statement_cache},
      options.readers,
      std::move(private_folder)));
}

}  // namespace gatehouse::storage
