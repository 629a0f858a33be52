// The two pools and what passes between them. SPDX-License-Identifier: Apache-2.0
#include "host/http/lanes.hpp"

#include <algorithm>
#include <system_error>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace gatehouse::host {

namespace {

constexpr int kHashingNice = 10;
// Of each pool; whoever hangs more often than that has brought down the house.
constexpr std::size_t kMaxStandIns = 32;

// What one group may have of `all`, so that others find something.
std::size_t share_of(std::size_t all) {
  const auto spared = std::max<std::size_t>(1, all / 4);
  return std::max<std::size_t>(1, all - std::min(all, spared));
}

}  // namespace

Lanes::Lanes(const HttpOptions& options) : deadline_(options.handler_deadline) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const auto workers = std::max<std::size_t>(1, options.worker_threads);
  const auto hashers = options.hashing_slots == 0 ? cores : options.hashing_slots;
  workers_.bound = options.worker_queue;
  workers_.bound_of_group = share_of(options.worker_queue);
  workers_.threads_of_group = share_of(workers);
  // Hashing takes as long as it takes, whoever asks for it: no slot is kept free, since with two of
  // them that would halve the sign-ins of a server on which one plugin has them all.
  hashers_.bound = options.hashing_queue;
  hashers_.bound_of_group = share_of(options.hashing_queue);
  hashers_.threads_of_group = hashers;
  start(workers_, workers, "gh-work", Priority::Normal);
  start(hashers_, hashers, "gh-hash", Priority::Low);
}

Lanes::~Lanes() {
  stop();
}

void Lanes::start(Pool& pool, std::size_t threads, const char* name, Priority priority) {
  pool.name = name;
  pool.priority = priority;
  const std::lock_guard lock(pool.mutex);
  for (std::size_t i = 0; i < threads; ++i) add_thread(pool);
}

// Requires the pool's lock. Throws std::system_error when the system has no thread to give.
void Lanes::add_thread(Pool& pool) {
  Slot& slot = pool.slots.emplace_back();
  try {
    slot.thread = std::thread([this, &pool, &slot] {
      ::pthread_setname_np(::pthread_self(), pool.name);
      // On Linux a nice value is a thread's own. Where it may not be set, hashing just is not
      // slower.
      if (pool.priority == Priority::Low) {
        const auto self = static_cast<id_t>(::gettid());
        ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + kHashingNice);
      }
      serve(pool, slot);
    });
  } catch (...) {
    pool.slots.pop_back();
    throw;
  }
}

void Lanes::replace_lost() {
  replace_lost(workers_);
  replace_lost(hashers_);
}

// Group 0 has no share that could bound it, so it gets no stand-ins.
void Lanes::replace_lost(Pool& pool) {
  const auto lost_since = std::chrono::steady_clock::now() - deadline_ / 2;
  std::list<Slot> ended;
  {
    const std::lock_guard lock(pool.mutex);
    if (pool.stopping) return;
    for (auto slot = pool.slots.begin(); slot != pool.slots.end();) {
      const auto at = slot++;
      if (at->ended) ended.splice(ended.end(), pool.slots, at);
    }
    for (Slot& slot : pool.slots) {
      if (pool.stand_ins == kMaxStandIns) break;
      if (slot.group == 0 || slot.since > lost_since || slot.has_stand_in) continue;
      try {
        add_thread(pool);
      } catch (const std::system_error&) {
        break;  // tried again at the next call
      }
      slot.has_stand_in = true;
      ++pool.stand_ins;
    }
  }
  for (Slot& slot : ended) slot.thread.join();
}

std::size_t Lanes::Pool::next() const {
  for (std::size_t i = 0; waiting > 0 && i < groups.size(); ++i) {
    const auto at = (turn + i) % groups.size();
    const bool may_run = at == 0 || groups[at].running < threads_of_group;
    if (may_run && !groups[at].jobs.empty()) return at;
  }
  return groups.size();
}

bool Lanes::Pool::has_room(std::uint32_t group, std::chrono::milliseconds deadline) const {
  if (waiting >= bound || stopping) return false;
  if (group == 0 || group >= groups.size()) return true;
  if (groups[group].jobs.size() >= bound_of_group) return false;
  if (groups[group].running < threads_of_group) return true;
  const auto now = std::chrono::steady_clock::now();
  return std::any_of(slots.begin(), slots.end(), [&](const Slot& slot) {
    return slot.group == group && slot.since <= now && now - slot.since < deadline;
  });
}

bool Lanes::Pool::needs_one_more() {
  if (waking || sleeping == 0 || next() == groups.size()) return false;
  waking = true;
  return true;
}

Lanes::Pool& Lanes::pool_of(const Exchange& exchange) {
  return exchange.lane() == Lane::Hashing ? hashers_ : workers_;
}

Lanes::Admission Lanes::submit(const std::shared_ptr<Job>& job) {
  Pool& pool = pool_of(*job->exchange);
  bool wake = false;
  {
    const std::lock_guard lock(pool.mutex);
    if (!pool.has_room(job->group, deadline_)) return Admission::NoRoom;
    if (!job->queue()) return Admission::Taken;
    if (job->group >= pool.groups.size()) pool.groups.resize(job->group + 1);
    pool.groups[job->group].jobs.push_back(job);
    ++pool.waiting;
    wake = pool.needs_one_more();
  }
  if (wake) pool.filled.notify_one();
  return Admission::Taken;
}

void Lanes::withdraw(const Job& job) {
  Pool& pool = pool_of(*job.exchange);
  const std::lock_guard lock(pool.mutex);
  if (job.group >= pool.groups.size()) return;
  auto& jobs = pool.groups[job.group].jobs;
  const auto place = std::find_if(
      jobs.begin(), jobs.end(), [&](const auto& waiting) { return waiting.get() == &job; });
  if (place == jobs.end()) return;  // a thread has just taken it, and drops it
  jobs.erase(place);
  --pool.waiting;
}

void Lanes::serve(Pool& pool, Slot& slot) {
  std::unique_lock lock(pool.mutex);
  while (!pool.stopping) {
    const auto next = pool.next();
    if (next == pool.groups.size()) {
      ++pool.sleeping;
      pool.filled.wait(lock);
      --pool.sleeping;
      pool.waking = false;
      continue;
    }
    Group& group = pool.groups[next];
    auto job = std::move(group.jobs.front());
    group.jobs.pop_front();
    ++group.running;
    --pool.waiting;
    pool.turn = next + 1;
    slot.group = static_cast<std::uint32_t>(next);
    slot.since = std::chrono::steady_clock::now();
    const bool wake = pool.needs_one_more();
    lock.unlock();
    if (wake) pool.filled.notify_one();
    run(std::move(job));
    lock.lock();
    slot.since = TimePoint::max();
    --pool.groups[next].running;
    if (slot.has_stand_in) {
      slot.has_stand_in = false;
      --pool.stand_ins;
      if (pool.needs_one_more()) pool.filled.notify_one();  // its group may run again
      break;
    }
  }
  slot.ended = true;
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
  for (Slot& slot : pool.slots) slot.thread.join();
  pool.slots.clear();
  for (Group& group : pool.groups) group.jobs.clear();
  pool.waiting = 0;
}

void refuse_for_load(Exchange& exchange) {
  exchange.refuse(503, "overloaded", "The server has more to do than it can; try again soon.");
}

}  // namespace gatehouse::host
