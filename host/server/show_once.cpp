// SPDX-License-Identifier: Apache-2.0
#include "host/server/show_once.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <gatehouse/text.hpp>

#include "host/files/private_file.hpp"

namespace gatehouse::host {
namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

void show_once(std::string_view name,
               std::string_view text,
               const std::filesystem::path& folder,
               bool developing,
               Log& log) {
  const std::string line = std::string(text) + "\n";
  if (developing || ::isatty(STDOUT_FILENO) == 1) {
    if (write_all(STDOUT_FILENO, line)) return;
  }
  if (const auto made = make_private_folder(folder); !made) {
    throw std::runtime_error(made.error().message);
  }
  const std::filesystem::path path = folder / name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    throw std::runtime_error(
        format("cannot make {} to show a secret in: {} (move an old one away, or make the folder "
               "writable)",
               path.string(),
               std::strerror(errno)));
  }
  const bool written = write_all(file, line) && ::fsync(file) == 0;
  ::close(file);
  if (!written) throw std::runtime_error(format("cannot write {}", path.string()));
  log.warning("secret_in_file", "read {} and delete it", path.string());
}

}  // namespace gatehouse::host
