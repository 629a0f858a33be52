// Statements on a session: from parameters to rows, from SOCI's errors to ours.
// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gatehouse/storage.hpp>
#include <gatehouse/storage/native.hpp>
#include <gatehouse/text.hpp>

#include "storage/session_state.hpp"
#include "storage/statement.hpp"

namespace gatehouse {
namespace {

using storage::Connection;
using storage::DbError;
using storage::DbErrorKind;
using storage::Statement;

// A SELECT that is not reset pins its snapshot: the session reads old data and the WAL grows.
class ResetGuard {
 public:
  ResetGuard(Connection& connection, Statement& statement)
      : connection_(connection), statement_(statement) {}
  ~ResetGuard() { connection_.reset(statement_.native()); }
  ResetGuard(const ResetGuard&) = delete;
  ResetGuard& operator=(const ResetGuard&) = delete;

 private:
  Connection& connection_;
  Statement& statement_;
};

void check_access(storage::Access access, const Statement& statement) {
  if (access == storage::Access::Write || !statement.writes()) return;
  throw std::logic_error(
      format("storage: a statement that writes inside Db::read(): {}", statement.sql()));
}

// PostgreSQL refuses whatever follows a failed statement in a transaction, SQLite does not; so that
// a plugin finds out on either, nobody may.
void check_transaction(const SessionAccess::State& state, std::string_view sql) {
  if (state.access == storage::Access::Read || !state.failed) return;
  throw std::logic_error(
      format("storage: a statement of this Db::write() has failed; its callback may only return "
             "the error, not run: {}",
             sql));
}

// Conflict and Invalid become values, all else flies to Db::run().
Error value_of(Session& session, const soci::soci_error& error, Statement& statement) {
  SessionAccess::State& state = SessionAccess::state(session);
  state.failed = true;
  const DbError meaning = state.connection.failure(error, statement.sql(), &statement.native());
  switch (meaning.kind()) {
    case DbErrorKind::Conflict: {
      Error shown = conflict("conflict", "Another object has this value already.");
      shown.constraint = meaning.constraint();
      return shown;
    }
    case DbErrorKind::Invalid:
      return {ErrorCode::InvalidArgument,
              "invalid_fields",
              "A value does not fit what is stored.",
              {},
              {},
              meaning.constraint()};
    case DbErrorKind::Retry:
    case DbErrorKind::Lost:
    case DbErrorKind::Unknown:
    case DbErrorKind::Unavailable:
    case DbErrorKind::Internal:
      break;
  }
  throw meaning;
}

}  // namespace

Result<None> Session::fetch(const Sql& sql,
                            std::span<const Parameter> parameters,
                            const Type& row,
                            std::size_t max_rows,
                            void* (*next)(void* context),
                            void* context) {
  Connection& connection = state_.connection;
  const std::string_view text = sql.for_engine(state_.engine);
  check_transaction(state_, text);
  connection.check_time_limit(text);
  Statement& statement =
      connection.statements().find_or_prepare(connection, text, &row, parameters);
  check_access(state_.access, statement);
  if (auto wrong = statement.bind(parameters)) return *std::move(wrong);
  const ResetGuard guard(connection, statement);
  try {
    std::size_t rows = 0;
    for (bool there = statement.execute(); there; there = statement.fetch()) {
      if (rows == max_rows) {
        if (max_rows == 1) continue;  // a statement that writes runs to its end
        throw std::length_error(
            format("storage: more than {} rows from: {}", max_rows, statement.sql()));
      }
      connection.fill(statement, next(context));
      ++rows;
      if (max_rows == 1 && !statement.writes()) break;
    }
  } catch (const soci::soci_error& error) {
    return value_of(*this, error, statement);
  }
  return None{};
}

Result<std::int64_t> Session::change(const Sql& sql, std::span<const Parameter> parameters) {
  Connection& connection = state_.connection;
  const std::string_view text = sql.for_engine(state_.engine);
  check_transaction(state_, text);
  connection.check_time_limit(text);
  Statement& statement =
      connection.statements().find_or_prepare(connection, text, nullptr, parameters);
  check_access(state_.access, statement);
  if (auto wrong = statement.bind(parameters)) return *std::move(wrong);
  const ResetGuard guard(connection, statement);
  try {
    statement.execute();
    return statement.affected_rows();
  } catch (const soci::soci_error& error) {
    return value_of(*this, error, statement);
  }
}

void Session::audit(const AuditEvent& event) {
  if (state_.access != storage::Access::Write) {
    throw std::logic_error("storage: Session::audit() outside Db::write()");
  }
  if (state_.audit_sink != nullptr && *state_.audit_sink) (*state_.audit_sink)(*this, event);
}

Engine Session::engine() const {
  return state_.engine;
}

soci::session& native_session(Session& session) {
  return SessionAccess::state(session).connection.session();
}

}  // namespace gatehouse
