// Finds the Gatehouse note in a shared library without loading it. Reads headers and notes only,
// and trusts none of them. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include <gatehouse/descriptor.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::host {

// Which file it is, whatever its path says.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

struct DescribedFile {
  FileIdentity identity;
  Descriptor descriptor;  // as it stands in the file; every text ends with NUL
};

// Threads: any. Blocking: a few small reads of a regular file; any other file is refused unread.
// Limits: at most 1 MiB of notes is looked at. Errors: InvalidArgument, whose message continues
// "plugin 'x': ".
Result<DescribedFile> read_descriptor(const std::filesystem::path& path);

}  // namespace gatehouse::host
