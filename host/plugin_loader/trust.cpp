// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/trust.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::host {
namespace {

template <class... A>
Error refused(std::string_view pattern, const A&... arguments) {
  return {ErrorCode::InvalidArgument, "plugin_trust", format(pattern, arguments...), {}, {}};
}

bool may_change(const std::filesystem::path& path, const struct stat& status) {
  const uid_t self = ::geteuid();
  if (self == 0) return false;
  return status.st_uid == self || ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

enum class Place : std::uint8_t { File, Folder, Above };

// Looks at `path` and all folders above it.
Result<None> check_upwards(std::filesystem::path path,
                           Place place,
                           OwnWritable own,
                           std::vector<std::string>& warnings) {
  for (;; path = path.parent_path(), place = place == Place::File ? Place::Folder : Place::Above) {
    const char* const what = place == Place::File ? "file" : "folder";
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      return refused("{} {} cannot be examined: {}", what, path.string(), std::strerror(errno));
    }
    // In a sticky folder (/tmp) others can add files, but not replace ours: no matter higher up.
    const bool sticky_above = place == Place::Above && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & S_IWOTH) != 0 && !sticky_above) {
      return refused("{} {} can be changed by everybody: chmod o-w it", what, path.string());
    }
    if ((status.st_mode & S_IWGRP) != 0 && !sticky_above && status.st_gid != 0 &&
        status.st_gid != ::getegid()) {
      return refused("{} {} can be changed by the group with number {}: chmod g-w it",
                     what,
                     path.string(),
                     status.st_gid);
    }
    if (place != Place::Above && may_change(path, status)) {
      std::string text = format(
          "{} {} can be changed by the user the host runs as: it should belong to root, as "
          "installed "
          "packages do",
          what,
          path.string());
      if (own == OwnWritable::Refuse) {
        return refused("{}; with --developing the host loads it all the same", text);
      }
      warnings.push_back(std::move(text));
    }
    if (place != Place::Above && status.st_uid != 0 && status.st_uid != ::geteuid()) {
      warnings.push_back(format("{} {} belongs to the user with number {}, who can change it",
                                what,
                                path.string(),
                                status.st_uid));
    }
    if (!path.has_relative_path()) return None{};
  }
}

}  // namespace

Result<std::vector<std::string>> check_trust(const std::filesystem::path& file, OwnWritable own) {
  std::error_code error;
  const std::filesystem::path named = std::filesystem::absolute(file, error).lexically_normal();
  const std::filesystem::path real = std::filesystem::canonical(named, error);
  if (error) return refused("file {} cannot be examined: {}", file.string(), error.message());
  std::vector<std::string> warnings;
  GATEHOUSE_CHECK(check_upwards(real, Place::File, own, warnings));
  // Whoever may change where a link stands decides what it names.
  if (named != real) {
    GATEHOUSE_CHECK(check_upwards(named.parent_path(), Place::Folder, own, warnings));
  }
  return warnings;
}

}  // namespace gatehouse::host
