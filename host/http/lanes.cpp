// SPDX-License-Identifier: Apache-2.0
#include "host/http/lanes.hpp"

#include <algorithm>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace gatehouse::host {

namespace {

constexpr int kHashingNice = 10;

}  // namespace

Lanes::Lanes(const HttpOptions& options) {
  workers_.bound = options.worker_queue;
  hashers_.bound = options.hashing_queue;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  start(workers_, std::max<std::size_t>(1, options.worker_threads), "gh-work", Priority::Normal);
  start(hashers_,
        options.hashing_slots == 0 ? cores : options.hashing_slots,
        "gh-hash",
        Priority::Low);
}

Lanes::~Lanes() {
  stop();
}

void Lanes::start(Pool& pool, std::size_t threads, const char* name, Priority priority) {
  pool.threads.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) {
    pool.threads.emplace_back([this, &pool, name, priority] {
      ::pthread_setname_np(::pthread_self(), name);
      // On Linux a nice value is a thread's own. Where it may not be set, hashing just is not
      // slower.
      if (priority == Priority::Low) {
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kHashingNice);
      }
      serve(pool);
    });
  }
}

Lanes::Admission Lanes::submit(const std::shared_ptr<Job>& job) {
  Pool& pool = job->exchange->lane() == Lane::Hashing ? hashers_ : workers_;
  {
    const std::lock_guard lock(pool.mutex);
    if (pool.jobs.size() >= pool.bound || pool.stopping) return Admission::QueueFull;
    if (!job->queue()) return Admission::Taken;
    pool.jobs.push_back(job);
  }
  pool.filled.notify_one();
  return Admission::Taken;
}

void Lanes::serve(Pool& pool) {
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(pool.mutex);
      pool.filled.wait(lock, [&pool] { return pool.stopping || !pool.jobs.empty(); });
      if (pool.stopping) return;
      job = std::move(pool.jobs.front());
      pool.jobs.pop_front();
    }
    run(std::move(job));
  }
}

void Lanes::run(std::shared_ptr<Job> job) {
  if (!job->begin()) return;  // the client has left, or has its time-out already
  job->exchange->run();
  if (!job->exchange->done() && job->exchange->lane() != Lane::Io) {
    if (submit(job) == Admission::Taken) return;
    refuse_for_load(*job->exchange);
  }
  if (!job->finish()) return;
  Mailbox& home = job->home;
  home.post(std::move(job));
}

void Lanes::stop() {
  stop(workers_);
  stop(hashers_);
}

void Lanes::stop(Pool& pool) {
  {
    const std::lock_guard lock(pool.mutex);
    pool.stopping = true;
  }
  pool.filled.notify_all();
  for (auto& thread : pool.threads) thread.join();
  pool.threads.clear();
  pool.jobs.clear();
}

void refuse_for_load(Exchange& exchange) {
  exchange.refuse(503, "overloaded", "The server has more to do than it can; try again soon.");
}

}  // namespace gatehouse::host
