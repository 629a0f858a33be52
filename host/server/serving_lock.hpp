// One server for one database file. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <utility>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

// Says to other servers that this one has the database: they remember passwords and signed-in users
// in memory, and would not hear of what is changed elsewhere for minutes. Commands need no lock.
// Held until it is destroyed or the process ends, however that comes. Blocking: no.
class ServingLock {
 public:
  // Takes FILE.lock beside the database `file`, whose folder must exist. Error: Conflict, a
  // sentence that names the file and the process that has it.
  static Result<ServingLock> take(const std::filesystem::path& file);

  ~ServingLock();
  ServingLock(ServingLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  ServingLock& operator=(ServingLock&&) = delete;

 private:
  explicit ServingLock(int file) : file_(file) {}
  int file_;
};

}  // namespace gatehouse::host
