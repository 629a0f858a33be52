// The bare work behind `gatehouse audit verify`: reads all rows of the trail in the order of its
// chains, and takes the SHA-256 of each, without asking whether it is right. Usage:
//   audit_raw FILE   (a SQLite database)
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <stdexcept>
#include <string>

#include <sqlite3.h>

#include <gatehouse/digest.hpp>

namespace {

// Hashes every row of the query; how many there were.
long hash_rows(sqlite3* database, const char* query) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, query, -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
  long rows = 0;
  std::string row;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    row.clear();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.append(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
    }
    if (gatehouse::sha256_hex(row).empty()) throw std::runtime_error("no digest");
    ++rows;
  }
  sqlite3_finalize(statement);
  return rows;
}

}  // namespace

int main(int count, char** arguments) {
  sqlite3* database = nullptr;
  if (count != 2 ||
      sqlite3_open_v2(arguments[1], &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) {
    std::fprintf(stderr, "usage: audit_raw FILE, a SQLite database\n");
    return 2;
  }
  const long events = hash_rows(database, "select * from audit_event order by chain, sequence");
  const long parts =
      hash_rows(database, "select * from audit_personal order by person, part, number");
  std::printf("%ld events, %ld personal parts\n", events, parts);
  sqlite3_close(database);
  return 0;
}
