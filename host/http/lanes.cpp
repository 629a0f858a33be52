// The two pools and what passes between them. SPDX-License-Identifier: Apache-2.0
#include "host/http/lanes.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host/config/network.hpp"

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

// What one address may have (security.md 14).
std::size_t half_of(std::size_t all) {
  return (all + 1) / 2;
}

std::size_t worker_count(const HttpOptions& options) {
  return std::max<std::size_t>(1, options.worker_threads);
}

std::size_t slot_count(const HttpOptions& options) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return options.hashing_slots == 0 ? cores : options.hashing_slots;
}

std::size_t hasher_count(const HttpOptions& options) {
  return slot_count(options) + options.hashing_spares;
}

// The work of one address here is as little as that of any other.
Waiting::Bounds bounds_of_workers(const HttpOptions& options) {
  const std::size_t workers = worker_count(options);
  return {options.worker_queue,
          share_of(options.worker_queue),
          options.worker_queue,
          workers,
          share_of(workers),
          workers};
}

// Hashing takes as long as it takes, whichever plugin asks for it: no slot is kept free of one,
// since with two of them that would halve the sign-ins of a server on which one plugin has them
// all.
Waiting::Bounds bounds_of_hashers(const HttpOptions& options) {
  const std::size_t hashers = hasher_count(options);
  return {options.hashing_queue,
          share_of(options.hashing_queue),
          half_of(options.hashing_queue),
          hashers,
          hashers,
          half_of(slot_count(options))};
}

Gauge& length_of(Metrics& metrics, std::string_view lane) {
  const std::array<Metrics::Label, 1> labels{{{"lane", lane}}};
  return metrics.gauge("http_queue_length", "Requests that wait for a thread.", labels);
}

Counter& refusals_of(Metrics& metrics, std::string_view lane, std::string_view limit) {
  const std::array<Metrics::Label, 2> labels{{{"lane", lane}, {"limit", limit}}};
  return metrics.counter(
      "http_queue_refusals_total",
      "Requests answered 503, since too many waited: in all, for a plugin, of an address.",
      labels);
}

}  // namespace

Lanes::LineMetrics::LineMetrics(Metrics& metrics, std::string_view lane)
    : length(length_of(metrics, lane)),
      queue_refusals(refusals_of(metrics, lane, "queue")),
      group_refusals(refusals_of(metrics, lane, "plugin")),
      address_refusals(refusals_of(metrics, lane, "address")) {}

Lanes::Lanes(const HttpOptions& options, Metrics& metrics)
    : deadline_(options.handler_deadline),
      workers_(bounds_of_workers(options)),
      hashers_(bounds_of_hashers(options)) {
  workers_.metrics.emplace_back(metrics, "worker");
  hashers_.metrics.emplace_back(metrics, "hashing");
  hashers_.metrics.emplace_back(metrics, "hashing_known");
  start(workers_, worker_count(options), "gh-work", Priority::Normal);
  start(hashers_, hasher_count(options), "gh-hash", Priority::Low);
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

void Lanes::look_after() {
  for (Pool* const pool : {&workers_, &hashers_}) {
    replace_lost(*pool);
    const std::lock_guard lock(pool->mutex);
    for (std::size_t i = 0; i < pool->metrics.size(); ++i) {
      const auto waiting = pool->waiting.size(static_cast<Line>(i));
      pool->metrics[i].length.set(static_cast<double>(waiting));
    }
  }
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
      if (slot.place.group == 0 || slot.since > lost_since || slot.has_stand_in) continue;
      try {
        add_thread(pool);
      } catch (const std::system_error&) {
        break;  // tried again at the next call
      }
      slot.has_stand_in = true;
      ++pool.stand_ins;
      pool.waiting.forgive_address(slot.place);
    }
  }
  for (Slot& slot : ended) slot.thread.join();
}

Waiting::Room Lanes::Pool::room_for(const Place& place, std::chrono::milliseconds deadline) const {
  const Waiting::Room room = waiting.room_for(place);
  if (room != Waiting::Room::Free || waiting.may_run(place.group)) return room;
  const auto now = std::chrono::steady_clock::now();
  const bool will_end = std::any_of(slots.begin(), slots.end(), [&](const Slot& slot) {
    return slot.place.group == place.group && slot.since <= now && now - slot.since < deadline;
  });
  return will_end ? Waiting::Room::Free : Waiting::Room::GroupFull;
}

Counter& Lanes::Pool::refusals(Line line, Waiting::Room room) const {
  const LineMetrics& of_line = metrics[static_cast<std::size_t>(line)];
  switch (room) {
    case Waiting::Room::GroupFull:
      return of_line.group_refusals;
    case Waiting::Room::AddressFull:
      return of_line.address_refusals;
    case Waiting::Room::Full:
    case Waiting::Room::Free:
      break;
  }
  return of_line.queue_refusals;
}

bool Lanes::Pool::needs_one_more() {
  if (waking || sleeping == 0 || !waiting.has_next()) return false;
  waking = true;
  return true;
}

Lanes::Pool& Lanes::pool_of(const Exchange& exchange) {
  return exchange.lane() == Lane::Hashing ? hashers_ : workers_;
}

Place Lanes::place_of(const Job& job) {
  if (job.exchange->lane() != Lane::Hashing) return {job.group};
  const HashingClaim claim = job.exchange->hashing_claim();
  return {job.group,
          claim.is_known_device ? Line::Known : Line::Ordinary,
          address_group(claim.address)};
}

Lanes::Admission Lanes::submit(const std::shared_ptr<Job>& job) {
  Pool& pool = pool_of(*job->exchange);
  Place place = place_of(*job);
  bool wake = false;
  {
    const std::lock_guard lock(pool.mutex);
    if (pool.stopping) return Admission::NoRoom;
    if (const auto room = pool.room_for(place, deadline_); room != Waiting::Room::Free) {
      pool.refusals(place.line, room).add(1);
      return Admission::NoRoom;
    }
    job->place = std::move(place);
    if (!job->queue()) return Admission::Taken;
    pool.waiting.push(job);
    wake = pool.needs_one_more();
  }
  if (wake) pool.filled.notify_one();
  return Admission::Taken;
}

void Lanes::withdraw(const Job& job) {
  Pool& pool = pool_of(*job.exchange);
  const std::lock_guard lock(pool.mutex);
  pool.waiting.remove(job);  // or a thread has just taken it, and drops it
}

void Lanes::serve(Pool& pool, Slot& slot) {
  std::unique_lock lock(pool.mutex);
  while (!pool.stopping) {
    if (!pool.waiting.has_next()) {
      ++pool.sleeping;
      pool.filled.wait(lock);
      --pool.sleeping;
      pool.waking = false;
      continue;
    }
    auto job = pool.waiting.take();
    slot.place = job->place;
    slot.since = std::chrono::steady_clock::now();
    const bool wake = pool.needs_one_more();
    lock.unlock();
    if (wake) pool.filled.notify_one();
    run(std::move(job));
    lock.lock();
    slot.since = TimePoint::max();
    pool.waiting.end_running(slot.place);
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
  pool.waiting.clear();
}

void refuse_for_load(Exchange& exchange) {
  exchange.refuse(503, "overloaded", "The server has more to do than it can; try again soon.");
}

}  // namespace gatehouse::host
