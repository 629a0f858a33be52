// The thread that runs plugins' jobs. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/claimed_job.hpp"

namespace gatehouse::runtime {

// Runs one job at a time, in the order in which they are due. Threads: any; start() and stop()
// once.
class Scheduler {
 public:
  // `guard` runs a job and keeps its exceptions.
  using Guard = std::function<void(
      const std::string& plugin, const std::string& name, const std::function<void()>& work)>;
  explicit Scheduler(Guard guard) : guard_(std::move(guard)) {}
  ~Scheduler() { stop(); }

  // With a claim, a run takes place only when that has it. std::invalid_argument: too often, or
  // the plugin has one of this name.
  void every(std::string plugin,
             std::string name,
             std::chrono::seconds period,
             std::function<void()> work,
             std::unique_ptr<ClaimedJob> claim = nullptr);
  // std::runtime_error when kMaxWaiting wait already.
  void post(std::string plugin, std::string name, std::function<void()> work);

  void start();
  // Runs every periodic job once, due or not, claimed or not, and returns when they have ended. Not
  // from a job, nor after hold().
  void run_all();
  // Begins no further job; the one that runs goes on. Threads: any.
  void hold();
  // What runs now: "job 'tidy' of plugin 'notes'", or "". Threads: any.
  std::string running() const;
  // Waits for the job that runs; those that wait are dropped.
  void stop();

  static constexpr std::size_t kMaxWaiting = 1'000;

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Job {
    std::string plugin;
    std::string name;
    std::function<void()> work;
  };
  struct Periodic {
    Job job;
    std::chrono::seconds period;
    std::unique_ptr<ClaimedJob> claim;  // null: runs in every process
    Instant due;                        // to run, or to be asked for a claim
  };
  // From the start until claims are asked for: what a process that died left over comes soon.
  static constexpr std::chrono::seconds kFirstLook{1};

  void loop();
  // Runs it without the lock, which is held before and after.
  void run(std::unique_lock<std::mutex>& lock, const Job& job, const std::function<void()>& work);
  // The same for a periodic job that is due; afterwards it is due again.
  void run(std::unique_lock<std::mutex>& lock, Periodic& periodic);

  Guard guard_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;           // under mutex_
  const Job* running_ = nullptr;    // under mutex_
  std::deque<Job> waiting_;         // under mutex_
  std::vector<Periodic> periodic_;  // under mutex_; grows only before start()
  std::thread thread_;
};

}  // namespace gatehouse::runtime
