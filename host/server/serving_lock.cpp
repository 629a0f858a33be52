// SPDX-License-Identifier: Apache-2.0
#include "host/server/serving_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <gatehouse/text.hpp>

namespace gatehouse::host {
namespace {

// " (process 123)", when the holder has written its number already.
std::string holder_of(int file) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  std::string number(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  number.erase(number.find_last_not_of('\n') + 1);
  const bool is_number = !number.empty() && number.find_first_not_of("0123456789") == number.npos;
  return is_number ? format(" (process {})", number) : std::string();
}

}  // namespace

Result<ServingLock> ServingLock::take(const std::filesystem::path& file) {
  const std::string path = file.string() + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return Error{ErrorCode::Unavailable,
                 "storage_lock",
                 format("storage.sqlite.path: {} cannot be opened: {}; mend its owner or its mode",
                        path,
                        std::strerror(errno)),
                 {},
                 {}};
  }
  ServingLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return conflict("storage_lock",
                    "storage.sqlite.path: another server{} has {}: stop it, or give this one a "
                    "database of its own",
                    holder_of(descriptor),
                    file.string());
  }
  const std::string number = std::to_string(::getpid()) + "\n";
  // The number is only for people: without it the lock holds as well.
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, number.data(), number.size(), 0);
  }
  return lock;
}

ServingLock::~ServingLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace gatehouse::host
