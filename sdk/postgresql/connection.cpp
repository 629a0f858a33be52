// SPDX-License-Identifier: Apache-2.0
#include "postgresql/connection.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <sys/socket.h>

#include <gatehouse/text.hpp>

#include "postgresql/error.hpp"

namespace gatehouse::storage {
namespace {

constexpr int kOldestServer = 130'000;
// Of all that migrate a database of Gatehouse; any number that nobody else uses.
constexpr std::string_view kLockForMigrations = "select pg_advisory_xact_lock(7231986034811742537)";
constexpr std::string_view kMigrationWait = "30s";
// For an answer that costs the server nothing, asked for outside a use, where no watchdog looks.
constexpr std::chrono::milliseconds kAnswerWait{1'000};

soci::postgresql_statement_backend& backend_of(soci::statement& statement) {
  // Debian's libraries hide the type information that dynamic_cast needs.
  return *static_cast<soci::postgresql_statement_backend*>(statement.get_backend());
}

// The current row, as RowLayout::fill() reads it. All values are text.
struct Columns {
  bool is_null(int i) const { return PQgetisnull(result, row, i) != 0; }
  std::int64_t integer(int i) const {
    const std::string_view value = raw(i);
    if (value.size() == 1 && (value[0] == 't' || value[0] == 'f')) return value[0] == 't' ? 1 : 0;
    return parsed<std::int64_t>(i, value);
  }
  double number(int i) const { return parsed<double>(i, raw(i)); }
  std::string_view text(int i) const {
    if (is_null(i)) return {};
    return raw(i);
  }

  PGresult* result;
  int row;

 private:
  std::string_view raw(int i) const {
    return {PQgetvalue(result, row, i), static_cast<std::size_t>(PQgetlength(result, row, i))};
  }
  template <class T>
  T parsed(int i, std::string_view value) const {
    T parsed{};
    if (value.empty() && is_null(i)) return parsed;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error == std::errc() && end == value.data() + value.size()) return parsed;
    throw std::runtime_error(format("storage: column '{}' holds no {}",
                                    std::string_view(PQfname(result, i)),
                                    std::is_integral_v<T> ? "integer" : "number"));
  }
};

// What libpq says of the password's source is about a file of ours that nobody can look at.
std::string one_line(const soci::soci_error& error) {
  const std::string text = error.get_error_message();
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = std::string_view(text).substr(at, end - at);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty() && !line.starts_with("password retrieved from")) {
      out += (out.empty() ? "" : " ") + std::string(line);
    }
    at = end + 1;
  }
  return out;
}

std::string_view field(const PGresult* result, int code) {
  const char* const value = PQresultErrorField(result, code);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// A column that must not be empty has no named constraint: "table.column", as with SQLite.
std::string constraint_of(const PGresult* result) {
  const std::string_view name = field(result, PG_DIAG_CONSTRAINT_NAME);
  const std::string_view column = field(result, PG_DIAG_COLUMN_NAME);
  if (!name.empty() || column.empty()) return std::string(name);
  return format("{}.{}", field(result, PG_DIAG_TABLE_NAME), column);
}

}  // namespace

PostgresqlConnection::PostgresqlConnection(const PostgresqlSetUp& set_up)
    : Connection(set_up.statement_cache) {
  try {
    session().open(*soci::factory_postgresql(), set_up.conninfo);
  } catch (const soci::soci_error& error) {
    throw DbError(DbErrorKind::Unavailable, format("storage: {}", one_line(error)));
  }
  conn_ = static_cast<soci::postgresql_session_backend*>(session().get_backend())->conn_;
  socket_ = PQsocket(conn_);
  // "Relation exists already, skipping" and the like are nobody's concern; the default prints them.
  PQsetNoticeProcessor(
      conn_, [](void*, const char*) {}, nullptr);
  if (PQserverVersion(conn_) < kOldestServer) {
    throw DbError(DbErrorKind::Unavailable,
                  "storage: the server is older than PostgreSQL 13; upgrade it");
  }
  find_pooler();
  prepares_ = set_up.prepared == PreparedStatements::On ||
              (set_up.prepared == PreparedStatements::Automatic && !is_pooled_);
  if (!is_pooled_) set_limits(set_up.time_limit);
}

PostgresqlConnection::~PostgresqlConnection() {
  // Statements would send a DEALLOCATE each, to a server that forgets them all now, or is not
  // there.
  auto* const backend = static_cast<soci::postgresql_session_backend*>(session().get_backend());
  if (backend == nullptr) return;
  PQfinish(std::exchange(backend->conn_, nullptr));
  statements().clear();
}

// The process that this session began with, and the one that answers.
void PostgresqlConnection::find_pooler() {
  const ResultPointer result = ask("select pg_backend_pid()");
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    throw last_error(result.get(), "select pg_backend_pid()");
  }
  is_pooled_ = std::to_string(PQbackendPID(conn_)) != PQgetvalue(result.get(), 0, 0);
}

// On the server, so that it stops by itself what nobody waits for any more. Behind a pooler they
// would be others' limits too.
void PostgresqlConnection::set_limits(std::chrono::milliseconds time_limit) {
  const std::string sql = format(
      "set statement_timeout = {}; set lock_timeout = {};"
      " set idle_in_transaction_session_timeout = {}",
      time_limit.count(),
      time_limit.count(),
      2 * time_limit.count());
  const ResultPointer result = ask(sql.c_str());
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) throw last_error(result.get(), sql);
}

void PostgresqlConnection::interrupt() noexcept {
  ::shutdown(socket_, SHUT_RDWR);
}

bool PostgresqlConnection::is_alive() {
  return PQresultStatus(ask("select 1").get()) == PGRES_TUPLES_OK;
}

// Serializable: what a callback reads is still so when it commits, as with SQLite's one writer.
// The lock is had before the transaction sees anything.
void PostgresqlConnection::begin(Turn turn) {
  run(turn != Turn::Alone
          ? "begin isolation level serializable; lock table gatehouse_turn in row share mode"
          : "begin isolation level serializable; lock table gatehouse_turn in exclusive mode");
}

std::shared_ptr<SharedCommit> PostgresqlConnection::commit() {
  // The COMMIT of a failed transaction would succeed, and store nothing.
  if (PQtransactionStatus(conn_) != PQTRANS_INTRANS) {
    throw DbError(is_broken() ? DbErrorKind::Lost : DbErrorKind::Internal,
                  "storage: the transaction ended before its commit");
  }
  const ResultPointer result(PQexec(conn_, "commit"));
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
    if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return nullptr;
    throw DbError(DbErrorKind::Internal, "storage: the transaction was rolled back by its commit");
  }
  const DbError error = last_error(result.get(), "commit");
  if (error.kind() != DbErrorKind::Lost) throw error;
  throw DbError(DbErrorKind::Unknown, error.what());
}

void PostgresqlConnection::rollback() noexcept {
  if (!in_transaction()) return;
  const ResultPointer result = ask("rollback");
}

bool PostgresqlConnection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(conn_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

// Not serializable: that would look at the database as it was before the lock was had.
void PostgresqlConnection::begin_migration() {
  end_ = std::chrono::milliseconds::max();
  run("begin isolation level read committed");
  run(format("set local statement_timeout = 0; set local lock_timeout = '{}'", kMigrationWait));
  try {
    run(std::string(kLockForMigrations));
  } catch (const DbError& error) {
    if (error.kind() != DbErrorKind::Retry) throw;
    throw DbError(DbErrorKind::Unavailable,
                  format("storage: another process has been migrating this database for {} "
                         "(pg_stat_activity shows it)",
                         kMigrationWait));
  }
  run("set local lock_timeout = 0");
}

void PostgresqlConnection::run_script(std::string_view script) {
  // Inside a function, where statements that begin or end a transaction are refused; by themselves
  // they would keep what stands before them, whatever comes after.
  const std::string body = format("begin execute {}; end", quoted(script));
  try {
    run(format("do {}", quoted(body)));
  } catch (const DbError& error) {
    if (std::string_view(error.what()).find("transaction commands") == std::string_view::npos)
      throw;
    throw DbError(DbErrorKind::Internal,
                  "a migration runs inside the host's transaction: no begin, commit, rollback or "
                  "savepoint");
  }
}

std::map<std::string, std::string> PostgresqlConnection::schema_without(std::string_view prefix) {
  // What each is made of: columns with their types, constraints, definitions of indexes and views.
  constexpr const char* kObjects =
      "select c.relname, cast(c.relkind as text) || ' ' ||"
      " coalesce((select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||"
      "   ' ' || a.attnotnull, ', ' order by a.attnum) from pg_attribute a"
      "   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
      "   and c.relkind <> 'i'), '') ||"
      " coalesce((select string_agg(pg_get_constraintdef(k.oid), ', ' order by k.conname)"
      "   from pg_constraint k where k.conrelid = c.oid), '') ||"
      " coalesce((select string_agg(pg_get_triggerdef(t.oid), ', ' order by t.tgname)"
      "   from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal), '') ||"
      " case when c.relkind = 'i' then pg_get_indexdef(c.oid)"
      "   when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) else '' end"
      " from pg_class c where c.relnamespace = current_schema()::regnamespace"
      " and left(c.relname, length($1)) <> $1 and c.relkind <> 't'";
  const std::string text(prefix);
  const char* const values[] = {text.c_str()};
  const ResultPointer result(
      PQexecParams(conn_, kObjects, 1, nullptr, values, nullptr, nullptr, 0));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) throw last_error(result.get(), kObjects);
  std::map<std::string, std::string> objects;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    objects.emplace(PQgetvalue(result.get(), row, 0), PQgetvalue(result.get(), row, 1));
  }
  return objects;
}

// Only a statement that has run tells its columns without another round trip.
std::optional<Connection::Shape> PostgresqlConnection::shape(soci::statement&) {
  return std::nullopt;
}

std::vector<std::string> PostgresqlConnection::columns_of_result(soci::statement& executed) {
  const PGresult* const result = backend_of(executed).result_.get_result();
  std::vector<std::string> columns;
  columns.reserve(static_cast<std::size_t>(PQnfields(result)));
  for (int i = 0; i < PQnfields(result); ++i) columns.emplace_back(PQfname(result, i));
  return columns;
}

void PostgresqlConnection::fill(Statement& statement, void* row) {
  auto& backend = backend_of(statement.native());
  statement.layout().fill(
      Columns{backend.result_.get_result(), backend.currentRow_}, row, statement.sql());
}

// SOCI frees what it sent for the parameters only after a success. What stays after a failure would
// be sent again by the statement's next run in the place of a NULL.
void PostgresqlConnection::reset(soci::statement& used) noexcept {
  auto& backend = backend_of(used);
  backend.result_.reset();
  for (const auto& [position, value] : backend.useByPosBuffers_) {
    delete[] std::exchange(*value, nullptr);
  }
}

DbError PostgresqlConnection::failure(const soci::soci_error& error,
                                      std::string_view sql,
                                      soci::statement* failed) {
  const auto* const known = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  // SOCI's own refusals come without a code. Its what() would show the values of parameters.
  if (known == nullptr && !is_broken()) {
    return {DbErrorKind::Internal, format("storage: {} in: {}", error.get_error_message(), sql)};
  }
  const PGresult* const result =
      failed == nullptr ? nullptr : backend_of(*failed).result_.get_result();
  return postgresql_error(known == nullptr ? std::string("08006") : known->sqlstate(),
                          error.get_error_message(),
                          constraint_of(result),
                          sql,
                          is_broken());
}

// The last of its results, as PQexec() has it; but a server that is silent for kAnswerWait is lost.
PostgresqlConnection::ResultPointer PostgresqlConnection::ask(const char* sql) noexcept {
  const auto deadline = std::chrono::steady_clock::now() + kAnswerWait;
  ResultPointer last;
  if (PQsendQuery(conn_, sql) == 0) return last;
  for (;;) {
    while (PQisBusy(conn_) == 0) {
      ResultPointer next(PQgetResult(conn_));
      if (!next) return last;
      last = std::move(next);
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd answer{socket_, POLLIN, 0};
    if (left.count() <= 0) interrupt();  // reading fails then, and the connection counts as broken
    if (left.count() > 0 && ::poll(&answer, 1, static_cast<int>(left.count())) <= 0) continue;
    if (PQconsumeInput(conn_) == 0) return nullptr;
  }
}

void PostgresqlConnection::listen(const char* channel) {
  run(format("listen {}", std::string_view(channel)));
}

bool PostgresqlConnection::consume() {
  return PQconsumeInput(conn_) == 1 && !is_broken();
}

bool PostgresqlConnection::take_notifications() {
  bool some = false;
  while (PGnotify* const notification = PQnotifies(conn_)) {
    PQfreemem(notification);
    some = true;
  }
  return some;
}

std::string PostgresqlConnection::quoted(std::string_view text) {
  char* const literal = PQescapeLiteral(conn_, text.data(), text.size());
  if (literal == nullptr) throw last_error(nullptr, "a text");
  std::string copy(literal);
  PQfreemem(literal);
  return copy;
}

void PostgresqlConnection::run(const std::string& sql) {
  const ResultPointer result(PQexec(conn_, sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw last_error(result.get(), sql);
}

DbError PostgresqlConnection::last_error(const PGresult* result, std::string_view sql) const {
  const std::string_view state = field(result, PG_DIAG_SQLSTATE);
  const std::string_view message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  return postgresql_error(state.empty() ? "08006" : state,
                          message.empty() ? std::string_view(PQerrorMessage(conn_)) : message,
                          constraint_of(result),
                          sql,
                          is_broken());
}

bool PostgresqlConnection::is_broken() const {
  return PQstatus(conn_) != CONNECTION_OK;
}

}  // namespace gatehouse::storage
