// The threads on which requests are worked on: workers, and slots for password hashing.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <gatehouse/metrics.hpp>

#include "host/http/job.hpp"
#include "host/http/options.hpp"
#include "host/http/waiting.hpp"

namespace gatehouse::host {

// Runs jobs where their exchanges ask to be run, and posts them home when they are done or need the
// I/O thread. A job that asks for hashing waits for a slot in a queue of its own and holds no
// worker while it waits. Hashing threads have a lower priority, so that a storm of sign-ins does
// not slow what needs none. There are more of them than slots (HttpOptions::hashing_spares), so
// that a slot hashes on while a request before or after its hash waits for a database.
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
// Hashing is shared between clients, too (security.md 14): one address has at most as many threads
// as half of the slots, and half of the queue, rounded up, and known devices wait in a queue of
// their own (waiting.hpp).
//
// Threads: submit() any. Blocking: submit() never, stop() until the running handlers return.
class Lanes {
 public:
  Lanes(const HttpOptions& options, Metrics& metrics);
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

  // To be called now and then: starts stand-ins for threads that are lost, and tells how many wait.
  void look_after();

  // Jobs that wait are dropped. After it nothing is posted any more.
  void stop();

 private:
  enum class Priority : std::uint8_t { Normal, Low };

  using TimePoint = std::chrono::steady_clock::time_point;

  // Of one line of one pool.
  struct LineMetrics {
    LineMetrics(Metrics& metrics, std::string_view lane);
    Gauge& length;
    Counter& queue_refusals;
    Counter& group_refusals;
    Counter& address_refusals;
  };
  // What one thread does.
  struct Slot {
    Place place = {};
    TimePoint since = TimePoint::max();  // max(): nothing
    bool has_stand_in = false;           // for what it does now
    bool ended = false;                  // its thread holds nothing any more and can be joined
    std::thread thread = {};
  };

  struct Pool {
    explicit Pool(const Waiting::Bounds& bounds) : waiting(bounds) {}

    std::vector<LineMetrics> metrics;  // by Line; constant
    std::mutex mutex;
    std::condition_variable filled;
    Waiting waiting;            // guarded by mutex, as is all below
    std::list<Slot> slots;      // one a thread
    std::size_t stand_ins = 0;  // threads beyond those it began with
    std::size_t sleeping = 0;   // threads
    bool waking = false;        // one has been called and is not there yet
    bool stopping = false;
    const char* name = nullptr;  // of its threads, set before the first
    Priority priority = Priority::Normal;

    // Whether the caller has to wake a thread. One at a time, which wakes the next if there is
    // still work for it: a batch of jobs costs its submitter one call of the kernel, not one each.
    bool needs_one_more();
    Waiting::Room room_for(const Place& place, std::chrono::milliseconds deadline) const;
    Counter& refusals(Line line, Waiting::Room room) const;
  };

  static Place place_of(const Job& job);
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
