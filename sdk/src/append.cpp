// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <gatehouse/append.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

std::string_view system_words() {
  return errno == ELOOP ? "it is a symbolic link" : std::string_view(std::strerror(errno));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// One process at a time, so that what is taken back is nobody else's.
bool lock(int file) {
  while (::flock(file, LOCK_EX) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

// What went wrong, in words; "": nothing.
std::string_view append(int file, std::string_view text) {
  struct stat found {};
  if (::fstat(file, &found) != 0) return system_words();
  if (!S_ISREG(found.st_mode)) return "it is no regular file";
  if (text.empty()) return {};
  // The size may have changed until the lock was there.
  if (!lock(file) || ::fstat(file, &found) != 0) return system_words();
  char last = '\n';
  if (found.st_size > 0 && ::pread(file, &last, 1, found.st_size - 1) < 0) return system_words();
  if ((last == '\n' || write_all(file, "\n")) && write_all(file, text) && ::fsync(file) == 0) {
    return {};
  }
  const std::string_view words = system_words();
  // Refused where a file can only be appended to: then the next text begins on a new line.
  static_cast<void>(::ftruncate(file, found.st_size) == 0);
  return words;
}

}  // namespace

Result<None> append_to_file(const std::string& path, std::string_view text) {
  // O_NONBLOCK: nobody waits for the reader of a FIFO.
  constexpr int kFlags =
      O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  const int file = ::open(path.c_str(), kFlags, 0600);
  const std::string_view wrong = file < 0 ? system_words() : append(file, text);
  if (file >= 0) ::close(file);
  if (wrong.empty()) return None{};
  return unavailable(format("{} cannot be written: {}", path, wrong));
}

void append_to_syslog(std::string_view line) {
  ::syslog(LOG_AUTHPRIV | LOG_NOTICE, "%.*s", static_cast<int>(line.size()), line.data());
}

}  // namespace gatehouse
