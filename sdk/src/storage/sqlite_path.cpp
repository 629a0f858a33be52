// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_path.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::storage {
namespace {

Error wrong_path(std::string message) {
  return {ErrorCode::InvalidArgument, "storage_path", std::move(message), {}, {}};
}

std::string reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

Result<None> make_folders(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return None{};
  if (folder.has_relative_path()) GATEHOUSE_CHECK(make_folders(folder.parent_path()));
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return wrong_path(
        format("storage.sqlite.path: the folder {} cannot be made: {}; make it, or name "
               "another path",
               folder.string(),
               reason(errno)));
  }
  return None{};
}

}  // namespace

Result<std::filesystem::path> prepare_sqlite_path(const std::string& path, Log& log) {
  // SOCI splits its connection string at blanks and quotes; a quote inside cannot be told from its
  // end.
  const auto unreadable = [](char c) {
    return c == '"' || c == '\'' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  };
  if (std::any_of(path.begin(), path.end(), unreadable)) {
    return wrong_path(
        "storage.sqlite.path: quotes and control characters are not possible in the path of a "
        "database; "
        "choose another name");
  }
  std::error_code error;
  const std::filesystem::path absolute =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  if (error || !absolute.has_filename() || std::filesystem::is_directory(absolute, error)) {
    return wrong_path(
        format("storage.sqlite.path: {} is no file; name a file, such as data/gatehouse.db", path));
  }
  GATEHOUSE_CHECK(make_folders(absolute.parent_path()));

  // SQLite gives its -wal and -shm files the mode of the database file.
  const int file =
      ::open(absolute.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
  if (file < 0) {
    return wrong_path(
        format("storage.sqlite.path: {} cannot be opened for writing: {}; mend its owner "
               "or its mode, or name another path",
               absolute.string(),
               reason(errno)));
  }
  struct stat status {};
  if (::fstat(file, &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    log.warning(
        "storage_file_mode", "{} can be read by others; chmod 600 mends it", absolute.string());
  }
  ::close(file);
  return absolute;
}

std::filesystem::path make_private_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "gatehouse-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "storage: mkdtemp " + name);
  }
  return name;
}

}  // namespace gatehouse::storage
