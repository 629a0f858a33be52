// The threads on which requests are worked on: workers, and slots for password hashing.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/http/job.hpp"
#include "host/http/options.hpp"

namespace gatehouse::host {

// Runs jobs where their exchanges ask to be run, and posts them home when they are done or need the
// I/O thread. A job that asks for hashing waits for a slot in a queue of its own and holds no
// worker while it waits. Hashing threads have a lower priority, so that a storm of sign-ins does
// not slow what needs none.
//
// Threads: submit() any. Blocking: submit() never, stop() until the running handlers return.
class Lanes {
 public:
  explicit Lanes(const HttpOptions& options);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  enum class Admission : std::uint8_t {
    Taken,      // queued, or given up already: the caller lets go of it
    QueueFull,  // the exchange is still the caller's
  };
  // Requires a job that the caller runs, not done, whose lane is not Io.
  Admission submit(const std::shared_ptr<Job>& job);

  // Jobs that wait are dropped. After it nothing is posted any more.
  void stop();

 private:
  enum class Priority : std::uint8_t { Normal, Low };

  struct Pool {
    std::size_t bound = 0;
    std::mutex mutex;
    std::condition_variable filled;
    std::deque<std::shared_ptr<Job>> jobs;  // guarded by mutex
    bool stopping = false;                  // guarded by mutex
    std::vector<std::thread> threads;
  };

  void start(Pool& pool, std::size_t threads, const char* name, Priority priority);
  void serve(Pool& pool);
  void run(std::shared_ptr<Job> job);
  static void stop(Pool& pool);

  Pool workers_;
  Pool hashers_;
};

// The answer to a request for which there is no room. Requires ownership of the exchange.
void refuse_for_load(Exchange& exchange);

}  // namespace gatehouse::host
