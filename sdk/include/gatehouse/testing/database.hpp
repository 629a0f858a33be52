// A database for one test: real, fresh, and gone at its end. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/export.hpp>
#include <gatehouse/runtime/database.hpp>

namespace gatehouse::testing {

// A SQLite file in a folder of its own; or, when the environment variable GATEHOUSE_TEST_POSTGRESQL
// names a file, a database on the PostgreSQL server that this tells of by lines host= (a folder of
// sockets, or a name), port= and user= (who may make databases, without a password). So the same
// tests run on either engine; the harness uses it too.
//
// Threads: any. Blocking: the disk; on PostgreSQL psql, which has to be installed. Exceptions:
// std::runtime_error when it cannot be made.
class GATEHOUSE_API TestDatabase {
 public:
  TestDatabase();
  // Throws out whoever still uses it.
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // May be opened more than once, for several instances on one database.
  const DatabaseOptions& options() const { return options_; }

 private:
  DatabaseOptions options_;
  std::string folder_;  // of SQLite
};

}  // namespace gatehouse::testing
