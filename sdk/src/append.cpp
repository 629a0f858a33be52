// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <gatehouse/append.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

bool write_and_sync(int file, std::string_view text) {
  const ssize_t written = ::write(file, text.data(), text.size());
  if (written >= 0 && static_cast<std::size_t>(written) != text.size()) errno = ENOSPC;
  return written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
}

}  // namespace

Result<None> append_to_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  const bool is_kept = file >= 0 && write_and_sync(file, text);
  const int error = errno;
  if (file >= 0) ::close(file);
  if (is_kept) return None{};
  return unavailable(
      format("{} cannot be written: {}", path, std::string_view(std::strerror(error))));
}

void append_to_syslog(std::string_view line) {
  ::syslog(LOG_AUTHPRIV | LOG_NOTICE, "%.*s", static_cast<int>(line.size()), line.data());
}

}  // namespace gatehouse
