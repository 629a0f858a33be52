// The threads on which requests are worked on: workers, and slots for password hashing.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
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
// The threads are shared between groups of exchanges (plugins) so that the slowness of one stays
// its own: a group holds at most all workers but a quarter (and but one), at most all hashing
// slots, and of each queue all but a quarter; groups that wait take turns. A thread that one
// handler has held for half of the handlers' deadline counts as lost and gets a stand-in, so that
// those who wait behind it are still in time; it counts against its group until it returns, and is
// then the one too many that ends. So whoever hangs costs its own share, also when several do. A
// group whose share is held by handlers that run longer than their deadline is refused at once, for
// nothing says that they will ever return.
//
// Threads: submit() any. Blocking: submit() never, stop() until the running handlers return.
class Lanes {
 public:
  explicit Lanes(const HttpOptions& options);
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  enum class Admission : std::uint8_t {
    Taken,   // queued, or given up already: the caller lets go of it
    NoRoom,  // the exchange is still the caller's
  };
  // Requires a job that the caller runs, not done, whose lane is not Io.
  Admission submit(const std::shared_ptr<Job>& job);

  // Takes a job out of its queue that was Queued when it was given up, so that what nobody waits
  // for holds neither a place nor memory. The exchange is the caller's.
  void withdraw(const Job& job);

  // To be called now and then: starts stand-ins for threads that are lost.
  void replace_lost();

  // Jobs that wait are dropped. After it nothing is posted any more.
  void stop();

 private:
  enum class Priority : std::uint8_t { Normal, Low };

  using TimePoint = std::chrono::steady_clock::time_point;

  struct Group {
    std::deque<std::shared_ptr<Job>> jobs;
    std::size_t running = 0;
  };
  // What one thread does.
  struct Slot {
    std::uint32_t group = 0;
    TimePoint since = TimePoint::max();  // max(): nothing
    bool has_stand_in = false;           // for what it does now
    bool ended = false;                  // its thread holds nothing any more and can be joined
    std::thread thread = {};
  };

  struct Pool {
    std::size_t bound = 0;             // of `waiting`
    std::size_t bound_of_group = 0;    // the same for each group but 0
    std::size_t threads_of_group = 0;  // likewise for Group::running
    std::mutex mutex;
    std::condition_variable filled;
    std::vector<Group> groups;  // guarded by mutex, as is all below
    std::list<Slot> slots;      // one a thread
    std::size_t stand_ins = 0;  // threads beyond those it began with
    std::size_t waiting = 0;
    std::size_t turn = 0;      // the group after the last that was served
    std::size_t sleeping = 0;  // threads
    bool waking = false;       // one has been called and is not there yet
    bool stopping = false;
    const char* name = nullptr;  // of its threads, set before the first
    Priority priority = Priority::Normal;

    // The next group that has a job and may run it; groups.size() when there is none.
    std::size_t next() const;
    // Whether the caller has to wake a thread. One at a time, which wakes the next if there is
    // still work for it: a batch of jobs costs its submitter one call of the kernel, not one each.
    bool needs_one_more();
    bool has_room(std::uint32_t group, std::chrono::milliseconds deadline) const;
  };

  Pool& pool_of(const Exchange& exchange);
  void start(Pool& pool, std::size_t threads, const char* name, Priority priority);
  void add_thread(Pool& pool);
  void replace_lost(Pool& pool);
  void serve(Pool& pool, Slot& slot);
  void run(std::shared_ptr<Job> job);
  static void stop(Pool& pool);

  const std::chrono::milliseconds deadline_;
  Pool workers_;
  Pool hashers_;
};

// The answer to a request for which there is no room. Requires ownership of the exchange.
void refuse_for_load(Exchange& exchange);

}  // namespace gatehouse::host
