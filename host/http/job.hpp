// A request on its way between threads, and the letter box in which it comes back to the I/O thread
// that owns its connection. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/runtime/exchange.hpp>

namespace gatehouse::host {

class Mailbox;

enum class Line : std::uint8_t { Ordinary, Known };

// As whose work a job waits, and in which line.
struct Place {
  std::uint32_t group = 0;
  Line line = Line::Ordinary;
  std::string address = {};  // as address_group() has it; "": nobody's
};

// An Exchange has one owner at a time, and `phase` says who: the queue while Queued, the thread
// that runs it while Running, the I/O thread once Finished. The I/O thread may give a job up at any
// time; what is Queued is then its own again, what is Running stays the runner's, who finds out at
// its next step and drops it.
class Job {
 public:
  enum class Phase : std::uint8_t { Queued, Running, Finished, Abandoned };

  // Made by the I/O thread, which counts as its runner until it is queued.
  Job(std::unique_ptr<Exchange> exchange_, std::uint64_t connection_, Mailbox& home_)
      : exchange(std::move(exchange_)),
        group(exchange->group()),
        connection(connection_),
        home(home_) {}

  // Each returns false when the job has been given up; the caller must then let go of it.
  bool queue() { return step(Phase::Running, Phase::Queued); }
  bool begin() { return step(Phase::Queued, Phase::Running); }
  bool finish() { return step(Phase::Running, Phase::Finished); }

  // Returns the phase it was in; after anything but Running the exchange is the caller's.
  Phase abandon() { return phase_.exchange(Phase::Abandoned, std::memory_order_acq_rel); }

  std::unique_ptr<Exchange> exchange;
  const std::uint32_t group;
  Place place;  // the queue's, from then on when it is Queued
  const std::uint64_t connection;
  Mailbox& home;

 private:
  bool step(Phase from, Phase to) {
    return phase_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
  }

  std::atomic<Phase> phase_{Phase::Running};
};

// Threads: post() and wake() any, the rest the I/O thread. Blocking: never for long.
class Mailbox {
 public:
  Mailbox();  // throws std::system_error without a file descriptor to be had
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Readable when there is something to take, or after wake().
  int fd() const { return fd_; }
  void post(std::shared_ptr<Job> job);
  void wake();

  // Empties the letter box into `jobs`, which must be empty.
  void take(std::vector<std::shared_ptr<Job>>& jobs);

 private:
  const int fd_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Job>> jobs_;  // guarded by mutex_
};

}  // namespace gatehouse::host
