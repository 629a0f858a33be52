// Files with secrets: for their owner alone, whole or not there, and on the disk when that is said.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

// Of all of these: Threads: any. Blocking: the disk. Errors are for the operator: the path, what is
// wrong, how to mend it.

enum class IfThere : std::uint8_t { Refuse, Replace };

// A new, empty file (0600) beside the one that it is to become, under a name of its own; gone again
// unless it was kept.
class PrivateDraft {
 public:
  static Result<PrivateDraft> make(const std::filesystem::path& target);
  PrivateDraft(PrivateDraft&& other) noexcept
      : target_(std::move(other.target_)), draft_(std::exchange(other.draft_, {})) {}
  ~PrivateDraft();

  const std::filesystem::path& path() const { return draft_; }
  // Whole and synced it gets the target's name. Errors as write_private_file() has them.
  Result<None> keep(IfThere if_there);

 private:
  PrivateDraft(std::filesystem::path target, std::filesystem::path draft)
      : target_(std::move(target)), draft_(std::move(draft)) {}
  std::filesystem::path target_;
  std::filesystem::path draft_;
};

// The names in it outlive a power cut.
Result<None> sync_folder(const std::filesystem::path& folder);

// Makes `path` (0600) with that content, through a file beside it that gets the name when it is
// whole and synced. Errors: Conflict     there is one, and it stays as it was;
//                           Unavailable  the disk or its rights stand against it.
Result<None> write_private_file(const std::filesystem::path& path,
                                std::string_view content,
                                IfThere if_there);

// Makes the folder, and those above it that are missing, for their owner alone (0700).
Result<None> make_private_folder(const std::filesystem::path& folder);

// What stands in a file that belongs to this process's user (or root) and that nobody else can read
// or change. Errors: NotFound         there is none;
//                    InvalidArgument  others can get at it, it is no regular file or too long;
//                    Unavailable      it cannot be read.
Result<std::string> read_private_file(const std::filesystem::path& path);
constexpr std::size_t kMaxPrivateFile = 65'536;

// Holds others off who lock the same folder, until it goes. Waits for them.
class FolderLock {
 public:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~FolderLock();

 private:
  int descriptor_;
};
Result<FolderLock> lock_folder(const std::filesystem::path& folder);

// As read_private_file() has it, for a folder.
Result<None> check_private_folder(const std::filesystem::path& folder);

}  // namespace gatehouse::host
