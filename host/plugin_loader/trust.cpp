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

}  // namespace

Result<std::vector<std::string>> check_trust(const std::filesystem::path& file, OwnWritable own) {
  std::error_code ignored;
  // The real place: what a link points to is what would be run.
  std::filesystem::path place = std::filesystem::canonical(file, ignored);
  if (place.empty()) place = file;
  std::vector<std::string> warnings;
  for (int level = 0; !place.empty(); ++level) {
    const char* const what = level == 0 ? "file" : "folder";
    struct stat status {};
    if (::stat(place.c_str(), &status) != 0) {
      return refused("{} {} cannot be examined: {}", what, place.string(), std::strerror(errno));
    }
    // In a sticky folder (/tmp) others can add files, but not replace ours: no matter higher up.
    const bool sticky_above = level > 1 && (status.st_mode & S_ISVTX) != 0;
    if ((status.st_mode & S_IWOTH) != 0 && !sticky_above) {
      return refused("{} {} can be changed by everybody: chmod o-w it", what, place.string());
    }
    if ((status.st_mode & S_IWGRP) != 0 && !sticky_above && status.st_gid != 0 &&
        status.st_gid != ::getegid()) {
      return refused("{} {} can be changed by the group with number {}: chmod g-w it",
                     what,
                     place.string(),
                     status.st_gid);
    }
    if (level <= 1 && may_change(place, status)) {
      std::string text = format(
          "{} {} can be changed by the user the host runs as: it should belong "
          "to root, as installed packages do",
          what,
          place.string());
      if (own == OwnWritable::Refuse) return refused("{}", text);
      warnings.push_back(std::move(text));
    }
    if (!place.has_relative_path()) break;
    place = place.parent_path();
  }
  return warnings;
}

}  // namespace gatehouse::host
