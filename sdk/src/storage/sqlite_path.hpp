// Where a SQLite database may lie. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include <gatehouse/log.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::storage {

// The absolute path of a database file that exists (made when missing: folders 0700, file 0600).
// InvalidArgument for paths that SOCI's connection strings or SQLite would misread.
Result<std::filesystem::path> prepare_sqlite_path(const std::string& path, Log& log);

// A new folder of our own under the system's folder for temporary files.
std::filesystem::path make_private_folder();

}  // namespace gatehouse::storage
