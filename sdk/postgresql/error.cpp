// SPDX-License-Identifier: Apache-2.0
#include "postgresql/error.hpp"

#include <algorithm>
#include <array>

#include <gatehouse/text.hpp>

namespace gatehouse::storage {
namespace {

bool is_one_of(std::string_view state, std::initializer_list<std::string_view> states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

DbErrorKind kind_of(std::string_view state, std::string_view message) {
  if (state == "23505" || state == "23P01") return DbErrorKind::Conflict;
  // Integrity; texts that no encoding, JSON or number can hold; numbers out of range.
  if (state.starts_with("23") || is_one_of(state, {"22021", "22P02", "22P05", "22003", "22001"})) {
    return DbErrorKind::Invalid;
  }
  if (is_one_of(state, {"40001", "40P01", "55P03"})) return DbErrorKind::Retry;
  // libpq's own, when it could not reach the server; SOCI makes blanks of a state that is missing.
  if (state.find_first_not_of(' ') == state.npos) return DbErrorKind::Lost;
  // 08P01, a wrong number of parameters, is class 08, but no fault of the connection.
  if (state.starts_with("08") && state != "08P01") return DbErrorKind::Lost;
  // Shut down, crashed, starting; idle in a transaction for too long; a server that only reads now,
  // so that another one writes; a statement that this connection does not know any more, or whose
  // result has another shape since a migration.
  if (is_one_of(state, {"57P01", "57P02", "57P03", "57P05", "25P03", "25006", "26000"})) {
    return DbErrorKind::Lost;
  }
  if (state == "0A000" && (message.find("cached plan") != std::string_view::npos ||
                           message.find("standby") != std::string_view::npos)) {
    return DbErrorKind::Lost;
  }
  // Out of disk, memory, connections; cancelled by its time limit; the disk itself.
  if (state.starts_with("53") || state == "57014" || state.starts_with("58")) {
    return DbErrorKind::Unavailable;
  }
  return DbErrorKind::Internal;
}

}  // namespace

DbError postgresql_error(std::string_view sqlstate,
                         std::string_view message,
                         std::string_view constraint,
                         std::string_view sql,
                         bool is_broken) {
  const std::string_view line = message.substr(0, message.find('\n'));
  const DbErrorKind kind = is_broken ? DbErrorKind::Lost : kind_of(sqlstate, line);
  if (kind == DbErrorKind::Conflict || kind == DbErrorKind::Invalid) {
    // What is wrong with a value is said with the value: "invalid input syntax ...: "x"".
    return {kind, format("storage: {} ({})", sqlstate, constraint), std::string(constraint)};
  }
  if (sqlstate.starts_with("22")) return {kind, format("storage: {} in: {}", sqlstate, sql)};
  return {kind, format("storage: {} ({}) in: {}", line, sqlstate, sql)};
}

}  // namespace gatehouse::storage
