// Whole files of SQLite databases, for backup and restore. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// Of all of these: Threads: one at a time. Blocking: the disk. Errors are for the operator:
//   InvalidArgument  the file is damaged, or no such database;
//   Conflict         another process uses it;
//   Unavailable      the disk or its rights stand against it.

// Writes the database `from`, as it is at one moment, into the empty file `to`: byte by byte, one
// file without companions, not synced. Others go on writing to `from` meanwhile.
GATEHOUSE_API Result<None> copy_sqlite_file(const std::filesystem::path& from,
                                            const std::filesystem::path& to);

// Whether the file is whole, and a database of Gatehouse.
GATEHOUSE_API Result<None> check_sqlite_file(const std::filesystem::path& file);

// As long as it lives nobody else can use the database, and all of it stands in the one file.
class GATEHOUSE_API SoleSqliteUse {
 public:
  static Result<SoleSqliteUse> take(const std::filesystem::path& file);

  // The last number that each table gave, by the table's name.
  Result<std::map<std::string, std::int64_t>> sequences() const;

 private:
  explicit SoleSqliteUse(std::shared_ptr<void> connection) : connection_(std::move(connection)) {}
  std::shared_ptr<void> connection_;
};

}  // namespace gatehouse
