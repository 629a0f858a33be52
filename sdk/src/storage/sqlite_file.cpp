// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <sqlite3.h>

#include <gatehouse/runtime/sqlite_file.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

// How long one waits for who uses the file for a moment.
constexpr std::chrono::milliseconds kPatience{2'000};

using Connection = std::shared_ptr<sqlite3>;
using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Error mistake(ErrorCode code, const std::filesystem::path& file, std::string_view what) {
  return {code, "storage_file", format("{}: {}", file.string(), what), {}, {}};
}

Error failure(const std::filesystem::path& file, sqlite3* connection) {
  const std::string_view message = sqlite3_errmsg(connection);
  switch (sqlite3_errcode(connection)) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return mistake(ErrorCode::InvalidArgument, file, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return mistake(ErrorCode::Conflict,
                     file,
                     "another process uses it (`fuser -v FILE` names it): end that first");
    default:
      return mistake(ErrorCode::Unavailable, file, message);
  }
}

Result<Connection> open(const std::filesystem::path& file) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  Connection connection(opened, &sqlite3_close);
  if (code != SQLITE_OK) return failure(file, opened);
  sqlite3_busy_timeout(opened, static_cast<int>(kPatience.count()));
  return connection;
}

// What the first column of the last row says.
Result<std::string> run(const std::filesystem::path& file, sqlite3* connection, const char* sql) {
  std::string answer;
  const auto take = [](void* to, int, char** values, char**) {
    *static_cast<std::string*>(to) = values[0] != nullptr ? values[0] : "";
    return 0;
  };
  if (sqlite3_exec(connection, sql, take, &answer, nullptr) != SQLITE_OK) {
    return failure(file, connection);
  }
  return answer;
}

// The journal of the source comes with its first page; a file that is to stand alone has none.
Result<None> leave_one_file(const std::filesystem::path& file, sqlite3* connection) {
  const auto mode = run(file, connection, "pragma journal_mode=delete");
  if (!mode) return mode.error();
  if (*mode == "delete") return None{};
  return mistake(ErrorCode::Conflict,
                 file,
                 "another process uses it (`fuser -v FILE` names it): end that first");
}

}  // namespace

// In one step: between two, another process would write, and the copy begin anew each time. A
// reader keeps nobody from writing.
Result<None> copy_sqlite_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  {
    GATEHOUSE_TRY(const Connection source, open(from));
    GATEHOUSE_TRY(const Connection target, open(to));
    // A copy that is not finished is thrown away.
    GATEHOUSE_CHECK(run(to, target.get(), "pragma journal_mode=off; pragma synchronous=off"));
    sqlite3_backup* const copy = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (copy == nullptr) return failure(to, target.get());
    const int step = sqlite3_backup_step(copy, -1);
    const int finished = sqlite3_backup_finish(copy);
    if (step == SQLITE_NOTADB || step == SQLITE_CORRUPT) {
      return mistake(ErrorCode::InvalidArgument, from, sqlite3_errstr(step));
    }
    if (step != SQLITE_DONE || finished != SQLITE_OK) return failure(to, target.get());
  }
  GATEHOUSE_TRY(const Connection target, open(to));
  return leave_one_file(to, target.get());
}

Result<None> check_sqlite_file(const std::filesystem::path& file) {
  GATEHOUSE_TRY(const Connection connection, open(file));
  const auto found = run(file, connection.get(), "pragma integrity_check(1)");
  if (!found) return found.error();
  if (*found != "ok") return mistake(ErrorCode::InvalidArgument, file, "is damaged: " + *found);
  const auto tables = run(file,
                          connection.get(),
                          "select count(*) from sqlite_master where name = 'gatehouse_migration'");
  if (!tables) return tables.error();
  if (*tables == "1") return None{};
  return mistake(ErrorCode::InvalidArgument, file, "is no database of Gatehouse");
}

Result<SoleSqliteUse> SoleSqliteUse::take(const std::filesystem::path& file) {
  GATEHOUSE_TRY(Connection connection, open(file));
  GATEHOUSE_CHECK(run(file, connection.get(), "pragma locking_mode=exclusive"));
  GATEHOUSE_CHECK(leave_one_file(file, connection.get()));
  GATEHOUSE_CHECK(run(file, connection.get(), "begin exclusive"));
  return SoleSqliteUse(std::move(connection));
}

Result<std::map<std::string, std::int64_t>> SoleSqliteUse::sequences() const {
  auto* const connection = static_cast<sqlite3*>(connection_.get());
  const std::filesystem::path file = sqlite3_db_filename(connection, "main");
  std::map<std::string, std::int64_t> last;
  const auto tables =
      run(file, connection, "select count(*) from sqlite_master where name = 'sqlite_sequence'");
  if (!tables) return tables.error();
  if (*tables == "0") return last;
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(
      connection, "select name, seq from sqlite_sequence", -1, &prepared, nullptr);
  const Statement statement(prepared, &sqlite3_finalize);
  if (code != SQLITE_OK) return failure(file, connection);
  int row = SQLITE_ROW;
  while ((row = sqlite3_step(statement.get())) == SQLITE_ROW) {
    const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0));
    last[name] = sqlite3_column_int64(statement.get(), 1);
  }
  if (row != SQLITE_DONE) return failure(file, connection);
  return last;
}

}  // namespace gatehouse
