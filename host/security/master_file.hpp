// `keys.master_file`: the master keys, outside the database. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

#include <gatehouse/result.hpp>
#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::host {

// Of all of these: Threads: one at a time. Blocking: the disk. Errors are whole sentences for the
// operator, that begin with the name of the setting.
//
// A line is a key: its id, when it was made (RFC 3339), 32 bytes in base64. The last one is used.
// Lines that begin with # say what the file is.

// NotFound: there is none.
Result<std::vector<MasterKey>> read_master_file(const std::filesystem::path& file);

// Conflict: there is one, and it stays as it was. Never in pieces, also when the power fails.
Result<None> make_master_file(const std::filesystem::path& file, const MasterKey& key);

// Adds `key` as the one that is used. Two at once both add theirs.
Result<None> add_to_master_file(const std::filesystem::path& file, const MasterKey& key);

// The keys that the database was used with are all in `keys` and are the same; new ones are noted.
// Otherwise what is lost, and how to mend it. With no `keys` at all: whether none were ever used.
Result<None> match_with_database(const std::filesystem::path& file,
                                 const std::vector<MasterKey>& keys,
                                 Db& db);

// Accepts that a key is lost. Conflict: it is in `keys`. NotFound: the database was never used with
// it.
Result<None> forget_key(std::string_view id, const std::vector<MasterKey>& keys, Db& db);

}  // namespace gatehouse::host
