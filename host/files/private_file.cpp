// SPDX-License-Identifier: Apache-2.0
#include "host/files/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

using std::filesystem::path;

std::string reason(int error) {
  return std::error_code(error, std::generic_category()).message();
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  const int number_;
};

Error cannot(std::string_view what, const path& file, int error) {
  return unavailable(format("{} cannot be {}: {}", file.string(), what, reason(error)));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Error exposed(const path& file, const struct stat& status, std::string_view mode) {
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return {ErrorCode::InvalidArgument,
            "private_file",
            format("{} belongs to the user with number {}, who can read and change it: it must be "
                   "the server's own (chown)",
                   file.string(),
                   status.st_uid),
            {},
            {}};
  }
  return {
      ErrorCode::InvalidArgument,
      "private_file",
      format(
          "{} can be read or changed by others: chmod {} {}", file.string(), mode, file.string()),
      {},
      {}};
}

bool is_private(const struct stat& status) {
  return (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
         (status.st_uid == ::geteuid() || status.st_uid == 0);
}

}  // namespace

// So that the file's name outlives a power cut too.
Result<None> sync_folder(const path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.number()) != 0) return cannot("synced", folder, errno);
  return None{};
}

Result<PrivateDraft> PrivateDraft::make(const std::filesystem::path& target) {
  std::string name =
      (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  const Descriptor made(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
  if (!made) return cannot("made", target, errno);
  return PrivateDraft(target, name);
}

PrivateDraft::~PrivateDraft() {
  if (!draft_.empty()) ::unlink(draft_.c_str());
}

Result<None> PrivateDraft::keep(IfThere if_there) {
  {
    const Descriptor opened(::open(draft_.c_str(), O_RDWR | O_CLOEXEC));
    if (!opened || ::fsync(opened.number()) != 0) return cannot("written", target_, errno);
  }
  // A link, unlike a rename, never takes the place of what is there.
  const int failed = if_there == IfThere::Replace ? ::rename(draft_.c_str(), target_.c_str())
                                                  : ::link(draft_.c_str(), target_.c_str());
  if (failed != 0 && errno == EEXIST) {
    return conflict("file_is_there", "{} is there already.", target_.string());
  }
  if (failed != 0) return cannot("made", target_, errno);
  return sync_folder(target_.parent_path());
}

Result<None> write_private_file(const path& file, std::string_view content, IfThere if_there) {
  GATEHOUSE_TRY(PrivateDraft draft, PrivateDraft::make(file));
  {
    const Descriptor opened(::open(draft.path().c_str(), O_WRONLY | O_CLOEXEC));
    if (!opened || !write_all(opened.number(), content)) return cannot("written", file, errno);
  }
  return draft.keep(if_there);
}

Result<None> make_private_folder(const path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return None{};
  if (folder.has_relative_path()) GATEHOUSE_CHECK(make_private_folder(folder.parent_path()));
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return cannot("made", folder, errno);
  }
  return None{};
}

Result<std::string> read_private_file(const path& file) {
  // O_NONBLOCK: a pipe in its place must not hold up the start.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!opened && errno == ENOENT) return not_found();
  if (!opened) return cannot("read", file, errno);
  struct stat status {};
  if (::fstat(opened.number(), &status) != 0) return cannot("read", file, errno);
  if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMaxPrivateFile) {
    return Error{ErrorCode::InvalidArgument,
                 "private_file",
                 format("{} is no file, or longer than {} bytes", file.string(), kMaxPrivateFile),
                 {},
                 {}};
  }
  if (!is_private(status)) return exposed(file, status, "600");
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < content.size()) {
    const ssize_t got = ::read(opened.number(), content.data() + have, content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read", file, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  content.resize(have);
  return content;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<FolderLock> lock_folder(const path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return cannot("locked", folder, errno);
  FolderLock lock(opened);
  while (::flock(opened, LOCK_EX) != 0) {
    if (errno != EINTR) return cannot("locked", folder, errno);
  }
  return lock;
}

Result<None> check_private_folder(const path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno == ENOENT) return not_found();
    return cannot("examined", folder, errno);
  }
  if (!S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::InvalidArgument,
                 "private_file",
                 format("{} is no folder: move it away, or name another", folder.string()),
                 {},
                 {}};
  }
  if (!is_private(status)) return exposed(folder, status, "700");
  return None{};
}

}  // namespace gatehouse::host
