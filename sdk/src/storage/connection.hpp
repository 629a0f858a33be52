// What an engine must provide behind Session: one connection, and how connections are made. A
// second engine implements these two and nothing else. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/storage/sql.hpp>

#include "storage/db_error.hpp"
#include "storage/notification_waiter.hpp"
#include "storage/shared_commit.hpp"
#include "storage/statement_cache.hpp"

namespace gatehouse::storage {

enum class Access : std::uint8_t { Read, Write };
// InARow: where the engine has one writer, behind others whose work is done, with one COMMIT for
// all of them (shared_commit.hpp). Alone: no other begins to write before this one has ended, in no
// process.
enum class Turn : std::uint8_t { InARow, WithOthers, Alone };

// Threads: one at a time (a lease), but for what is marked. Statements and session are thrown away
// together: SOCI's reconnect() leaves statements dangling.
class GATEHOUSE_API Connection {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements that run beyond `end` (of coarse_now()) fail as Unavailable, until the next call;
  // the engine stops them, or the watchdog.
  void set_time_limit(std::chrono::milliseconds end) {
    end_ = end;
    late_ = DbErrorKind::Unavailable;
  }
  // Throws DbError: no statement may begin.
  void check_time_limit(std::string_view sql) const;
  // Whatever runs now, and all that comes after, fails soon as Lost. Threads: any, during a lease.
  virtual void interrupt() noexcept {}
  // A round trip. After false it may only be destroyed.
  virtual bool is_alive() { return true; }
  // Known without asking: nobody may have it any more.
  virtual bool is_broken() const { return false; }

  // Takes the write lock, where the engine has one: there everyone is alone.
  virtual void begin(Turn turn) = 0;
  // Null: it is committed. Else it stands in a row, which is committed by settle(), or lost with a
  // Retry for everyone. Throws DbError also when the engine has rolled back on its own; Unknown
  // when nobody can say.
  virtual std::shared_ptr<SharedCommit> commit() = 0;
  // What was done since begin(), and no more; nothing when no transaction is open.
  virtual void rollback() noexcept = 0;
  // The row that waits for settle(), or null.
  virtual std::shared_ptr<SharedCommit> row() const { return nullptr; }
  virtual void settle() noexcept {}
  virtual bool in_transaction() const = 0;

  // begin() for a migration: under a lock that holds across processes, without a time limit.
  virtual void begin_migration() = 0;
  // All statements of a migration's script; it may neither end the transaction nor leave its
  // database.
  virtual void run_script(std::string_view script) = 0;
  // Tables, indexes, views and triggers that do not belong to `prefix`, with what they are made of.
  virtual std::map<std::string, std::string> schema_without(std::string_view prefix) = 0;

  // Whether the engine keeps prepared statements for this connection alone.
  virtual bool prepares() const { return true; }
  struct Shape {
    std::vector<std::string> columns;
    bool writes = false;
  };
  // Nothing: known only of a statement that has run, and then without `writes`.
  virtual std::optional<Shape> shape(soci::statement& prepared) = 0;
  virtual std::vector<std::string> columns_of_result(soci::statement&) { return {}; }
  // Fills the new object `row` from the statement's current row.
  virtual void fill(Statement& statement, void* row) = 0;
  // Ends the use of a statement, so that it holds no snapshot.
  virtual void reset(soci::statement& used) noexcept = 0;
  // What the call that has just failed means; `failed`: the statement, null while it is prepared.
  virtual DbError failure(const soci::soci_error& error,
                          std::string_view sql,
                          soci::statement* failed) = 0;

  soci::session& session() { return session_; }
  StatementCache& statements() { return statements_; }

  // The pool's notes: when it was opened and last given back, and how many losses it had seen then.
  struct Age {
    std::chrono::milliseconds opened{};
    std::chrono::milliseconds returned{};
    std::uint64_t losses = 0;
  };
  Age age;

 protected:
  explicit Connection(std::size_t statement_cache) : statements_(statement_cache) {}
  std::chrono::milliseconds end_ = std::chrono::milliseconds::max();
  DbErrorKind late_ = DbErrorKind::Unavailable;  // what runs beyond it fails as

 private:
  soci::session session_;
  StatementCache statements_;  // after the session: it goes first
};

class GATEHOUSE_API Backend {
 public:
  virtual ~Backend() = default;
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  virtual Engine engine() const = 0;
  // What the operator calls it, for errors: the key of the configuration, and what stands there.
  virtual std::string place() const = 0;
  // Throws DbError. Threads: any. Blocking: for a bounded time.
  virtual std::unique_ptr<Connection> connect(Access access) = 0;
  // One that may change tables; not from a pool.
  virtual std::unique_ptr<Connection> connect_as_owner() { return connect(Access::Write); }
  virtual std::size_t connections(Access access) const = 0;
  // A server elsewhere: connections both read and write, grow old, break, and hang.
  virtual bool is_remote() const { return false; }
  // One that waits for notifications of `channel`. Null: there are none, now or ever. Throws
  // DbError. Threads: any. Blocking: as connect() does.
  virtual std::unique_ptr<NotificationWaiter> make_waiter([[maybe_unused]] const char* channel) {
    return nullptr;
  }
  // After the last connection but `last` is closed.
  virtual void shut_down(Connection& last) = 0;
};

}  // namespace gatehouse::storage
