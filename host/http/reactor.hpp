// Pistache's TCP layer as what is left of it here: a listener, I/O threads with an epoll each, and
// nothing of its HTTP (ARCHITECTURE.md says why). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

// What a socket is watched for. Level-triggered: an event repeats until it is dealt with. A
// connection that both sides have ended is reported whatever is watched.
enum class Interest : std::uint8_t { Nothing, Read, Write };

// What an I/O thread may do with its sockets. Only from that thread, in a call of IoEvents.
class IoSockets {
 public:
  virtual void watch(int fd, std::uint64_t id, Interest interest) = 0;
  // The number may stand for another connection right afterwards.
  virtual void close(int fd) = 0;

 protected:
  ~IoSockets() = default;
};

struct Readiness {
  bool readable = false;
  bool writable = false;
  bool hung_up = false;
};

// One I/O thread's side. All calls come from that thread, and none may throw.
class IoEvents {
 public:
  // Readable when on_wake() is wanted. Must live as long as the reactor runs.
  virtual int wake_fd() const = 0;
  // Comes first, before the thread runs.
  virtual void attach(IoSockets& sockets) = 0;

  virtual void on_batch() = 0;  // before the events of one wait
  // The id is chosen by on_accept, at least kFirstConnectionId and never used again, so that an
  // event cannot meet the next owner of a file descriptor. 0: do not watch, close() has been
  // called.
  virtual std::uint64_t on_accept(int fd, std::string address) = 0;
  virtual void on_ready(std::uint64_t id, Readiness readiness) = 0;
  virtual void on_wake() = 0;
  virtual void on_tick() = 0;

 protected:
  ~IoEvents() = default;
};

// Below it are file descriptors, by which Pistache knows its own queues.
constexpr std::uint64_t kFirstConnectionId = std::uint64_t{1} << 32;

class Reactor {
 public:
  Reactor();
  ~Reactor();  // as stop()

  // Binds and listens, for one thread for each of `threads` (which must outlive stop()). The port,
  // or an Error that says what the address lacks.
  Result<std::uint16_t> listen(const std::string& address,
                               std::uint16_t port,
                               std::chrono::milliseconds tick,
                               const std::vector<IoEvents*>& threads);
  // Starts the threads. After listen(), once.
  void start();

  // Ends accepting and the I/O threads; open sockets stay open and are the caller's to close.
  void stop();

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace gatehouse::host
