// SPDX-License-Identifier: Apache-2.0
#include "postgresql/waiter.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <gatehouse/text.hpp>

namespace gatehouse::storage {

PostgresqlWaiter::PostgresqlWaiter(std::unique_ptr<PostgresqlConnection> connection,
                                   const char* channel)
    : connection_(std::move(connection)), interrupted_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (interrupted_ < 0) {
    throw DbError(DbErrorKind::Unavailable,
                  format("storage: eventfd: {}", std::string_view(std::strerror(errno))));
  }
  try {
    connection_->listen(channel);
  } catch (...) {
    ::close(interrupted_);
    throw;
  }
}

PostgresqlWaiter::~PostgresqlWaiter() {
  ::close(interrupted_);
}

NotificationWaiter::Outcome PostgresqlWaiter::wait(std::chrono::milliseconds timeout) {
  // What came together with the last answer is in memory by now, where poll() does not see it.
  if (connection_->take_notifications()) return Outcome::Woken;
  std::array<pollfd, 2> watched{{{connection_->socket(), POLLIN, 0}, {interrupted_, POLLIN, 0}}};
  const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
  if (ready <= 0 || watched[1].revents != 0) return Outcome::TimedOut;
  // The first read after a server has gone may still succeed, with its farewell; the next does not.
  if (!connection_->consume()) return Outcome::Lost;
  return connection_->take_notifications() ? Outcome::Woken : Outcome::TimedOut;
}

void PostgresqlWaiter::interrupt() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(interrupted_, &one, sizeof one);
}

}  // namespace gatehouse::storage
