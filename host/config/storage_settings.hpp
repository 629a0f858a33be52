// The section `storage` of the configuration. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>

#include <gatehouse/config.hpp>
#include <gatehouse/runtime/database.hpp>

namespace gatehouse::host {

struct StorageSettings {
  DatabaseOptions database;  // complete but for passwords, which stand in the files below
  std::filesystem::path password_file;        // absolute; empty: no password
  std::filesystem::path owner_password_file;  // likewise
  // Absolute. Where this server's own files are made unless they have places of their own: mail,
  // master keys, secrets shown once.
  std::filesystem::path folder;
};

// `home`: where relative paths start. With mistakes the settings hold defaults in their places.
// Threads: any. Blocking: no; the password files are not read.
StorageSettings read_storage(Config config, const std::filesystem::path& home);

// The options with the passwords. Unavailable: a file that is not there, that others can read or
// that holds no password, with its key and how to mend it. Blocking: the disk.
Result<DatabaseOptions> with_passwords(const StorageSettings& settings);

}  // namespace gatehouse::host
