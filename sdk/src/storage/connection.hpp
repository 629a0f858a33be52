// What an engine must provide behind Session: one connection, and how connections are made. A
// second engine implements these two and nothing else. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

#include <gatehouse/result.hpp>
#include <gatehouse/storage/sql.hpp>

#include "storage/db_error.hpp"
#include "storage/statement_cache.hpp"

namespace gatehouse::storage {

enum class Access : std::uint8_t { Read, Write };

// Threads: one at a time (a lease). Statements and session are thrown away together: SOCI's
// reconnect() leaves statements dangling.
class Connection {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements that run beyond `end` (of the coarse monotonic clock, since its epoch) fail as
  // Unavailable, until the next call.
  virtual void set_time_limit(std::chrono::milliseconds end) = 0;

  virtual void begin() = 0;   // takes the write lock, where the engine has one
  virtual void commit() = 0;  // throws DbError also when the engine has rolled back on its own
  virtual void rollback() noexcept = 0;  // nothing when no transaction is open
  virtual bool in_transaction() const = 0;

  // begin() for a migration: under a lock that holds across processes, without a time limit.
  virtual void begin_migration() = 0;
  // All statements of a migration's script; it may neither end the transaction nor leave its
  // database.
  virtual void run_script(std::string_view script) = 0;
  // Tables, indexes, views and triggers that do not belong to `prefix`, with what they are made of.
  virtual std::map<std::string, std::string> schema_without(std::string_view prefix) = 0;

  struct Shape {
    std::vector<std::string> columns;
    bool writes = false;
  };
  virtual Shape shape(soci::statement& prepared) = 0;
  // Fills the new object `row` from the statement's current row.
  virtual void fill(Statement& statement, void* row) = 0;
  // Ends the use of a statement, so that it holds no snapshot.
  virtual void reset(soci::statement& used) noexcept = 0;
  // What the call that has just failed means.
  virtual DbError failure(const soci::soci_error& error, std::string_view sql) = 0;

  soci::session& session() { return session_; }
  StatementCache& statements() { return statements_; }

 protected:
  explicit Connection(std::size_t statement_cache) : statements_(statement_cache) {}

 private:
  soci::session session_;
  StatementCache statements_;  // after the session: it goes first
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Engine engine() const = 0;
  // Throws DbError. Threads: any.
  virtual std::unique_ptr<Connection> connect(Access access) = 0;
  virtual std::size_t connections(Access access) const = 0;
  // After the last connection but `last` is closed.
  virtual void shut_down(Connection& last) = 0;
};

}  // namespace gatehouse::storage
