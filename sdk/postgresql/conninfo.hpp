// How libpq is told where to connect. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include <gatehouse/runtime/database.hpp>

namespace gatehouse::storage {

// A password where libpq reads it: a file in memory, which other users cannot open and which no
// message shows, as a connection string might. Throws DbError when the system will not.
class PasswordFile {
 public:
  // Empty: an empty file, so that libpq does not look into the home folder, for what the
  // configuration does not say is not used.
  explicit PasswordFile(const std::string& password);
  ~PasswordFile();
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;
  std::string path() const;

 private:
  int descriptor_ = -1;
};

// The string for SOCI, which takes it apart once by rules of its own before libpq sees it. Throws
// DbError (Internal) for a value that cannot stand in it: one with a quote or a control character.
std::string conninfo(const PostgresqlOptions& options,
                     const PostgresqlRole& role,
                     const PasswordFile& password);

}  // namespace gatehouse::storage
