// Being woken by another session of the database. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>

namespace gatehouse::storage {

// Listens from its making on, on a connection of its own beside the pool. Threads: one, but for
// interrupt().
class NotificationWaiter {
 public:
  enum class Outcome : std::uint8_t {
    Woken,     // somebody has announced something since the last call
    TimedOut,  // or was interrupted
    Lost,      // the connection is gone: this one is of no use any more
  };
  virtual ~NotificationWaiter() = default;
  NotificationWaiter() = default;
  NotificationWaiter(const NotificationWaiter&) = delete;
  NotificationWaiter& operator=(const NotificationWaiter&) = delete;

  virtual Outcome wait(std::chrono::milliseconds timeout) = 0;
  // wait() returns soon, now and ever after. Threads: any.
  virtual void interrupt() noexcept = 0;
};

}  // namespace gatehouse::storage
