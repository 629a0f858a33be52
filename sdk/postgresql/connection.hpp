// One session of a PostgreSQL server. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include <gatehouse/runtime/database.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

// What all connections of a back end share; outlives them.
struct PostgresqlSetUp {
  std::string conninfo;
  PreparedStatements prepared;
  std::chrono::milliseconds time_limit;
  std::size_t statement_cache;
};

class PostgresqlConnection final : public Connection {
 public:
  // Connects. Throws DbError. Blocking: no longer than the connection time-out of each host.
  explicit PostgresqlConnection(const PostgresqlSetUp& set_up);
  ~PostgresqlConnection() override;

  void interrupt() noexcept override;
  bool is_alive() override;
  bool is_broken() const override;

  void begin(Turn turn) override;
  std::shared_ptr<SharedCommit> commit() override;
  void rollback() noexcept override;
  bool in_transaction() const override;

  void begin_migration() override;
  void run_script(std::string_view script) override;
  std::map<std::string, std::string> schema_without(std::string_view prefix) override;

  bool prepares() const override { return prepares_; }
  std::optional<Shape> shape(soci::statement& prepared) override;
  std::vector<std::string> columns_of_result(soci::statement& executed) override;
  void fill(Statement& statement, void* row) override;
  void reset(soci::statement& used) noexcept override;
  DbError failure(const soci::soci_error& error,
                  std::string_view sql,
                  soci::statement* failed) override;

  // For PostgresqlWaiter. `channel` is a plain word. Throws DbError.
  void listen(const char* channel);
  int socket() const { return socket_; }
  // Reads what has arrived; false: the connection is gone.
  bool consume();
  // Whether some were there.
  bool take_notifications();

  // Whether something between us and the server hands connections around.
  bool is_pooled() const { return is_pooled_; }

 private:
  void find_pooler();
  void set_limits(std::chrono::milliseconds time_limit);
  std::string quoted(std::string_view text);  // as a literal
  struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using ResultPointer = std::unique_ptr<PGresult, FreeResult>;
  // For what is said outside a use; null when no answer comes within a second.
  ResultPointer ask(const char* sql) noexcept;
  // Runs statements without parameters. Throws DbError.
  void run(const std::string& sql);
  DbError last_error(const PGresult* result, std::string_view sql) const;

  PGconn* conn_ = nullptr;  // the session's
  int socket_ = -1;
  bool is_pooled_ = false;
  bool prepares_ = true;
};

}  // namespace gatehouse::storage
