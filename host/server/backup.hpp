// Copies of the database, and the way back. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <gatehouse/result.hpp>

#include "host/server/deployment.hpp"

namespace gatehouse::host {

// Both: Errors: Conflict, NotFound and InvalidArgument are refusals, after which everything is as
// it was; else Unavailable. Blocking: the disk, for as long as the database is large.

// Writes a copy of the SQLite database `source` to the new file `target` (0600), whole and synced
// when it has its name, while others go on writing to `source`.
Result<None> back_up(const std::filesystem::path& source, const std::filesystem::path& target);

struct Restored {
  std::filesystem::path database;
  std::filesystem::path kept;  // the database that was there; "": none
  std::string unread;          // why that one's numbers are not known; "": they are
};

// Puts the backup `file` in the place of the configured SQLite database: readied under a name of
// its own by the plugins (gatehouse/deployment.hpp), then renamed. Whenever it is interrupted, the
// old database or the new one is there, whole.
Result<Restored> restore(DeploymentOptions options, const std::filesystem::path& file);

// Readies the configured database as it stands: it was restored by other means.
Result<None> restore_in_place(DeploymentOptions options);

}  // namespace gatehouse::host
