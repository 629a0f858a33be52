// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_error.hpp"

#include <string>

#include <soci/sqlite3/soci-sqlite3.h>

#include <gatehouse/text.hpp>

namespace gatehouse::storage {
namespace {

// "UNIQUE constraint failed: users_user.username_key" -> "users_user.username_key"
std::string named_in(std::string_view message, std::string_view otherwise) {
  const std::size_t colon = message.find(": ");
  return std::string(colon == std::string_view::npos ? otherwise : message.substr(colon + 2));
}

DbError constraint_error(int code, std::string_view message) {
  const std::string text = format("storage: {}", message);
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {DbErrorKind::Conflict, text, named_in(message, "unique")};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {DbErrorKind::Invalid, text, "foreign_key"};
    default:
      return {DbErrorKind::Invalid, text, named_in(message, "constraint")};
  }
}

}  // namespace

DbError sqlite_error(int code,
                     std::string_view message,
                     std::string_view sql,
                     std::string_view file) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return constraint_error(code, message);
    case SQLITE_BUSY:  // with it SQLITE_BUSY_SNAPSHOT, which comes at once whatever the busy
                       // time-out
    case SQLITE_LOCKED:
      return {DbErrorKind::Retry, format("storage: {}: {} ({})", file, message, code)};
    case SQLITE_INTERRUPT:  // is_too_late() in the backend, the only one that interrupts
      return {
          DbErrorKind::Unavailable,
          format("storage: a statement ran longer than one use of the database may take, in: {}",
                 sql)};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {DbErrorKind::Unavailable, format("storage: {}: {} ({})", file, message, code)};
    default:
      return {DbErrorKind::Internal, format("storage: {} ({}) in: {}", message, code, sql)};
  }
}

}  // namespace gatehouse::storage
