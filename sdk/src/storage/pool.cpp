// SPDX-License-Identifier: Apache-2.0
#include "storage/pool.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <random>

#include <sched.h>

#include "storage/coarse_clock.hpp"

namespace gatehouse::storage {
namespace {

// A hold that is too old but in use is looked at again after this time.
constexpr std::chrono::milliseconds kLookAgain{5};
// A lease or its end holds the mutex for some 20 ns; to sleep and be woken costs a hundred times
// that.
constexpr int kTriesToLock = 50;

Counter& pool_counter(Metrics& metrics,
                      std::string_view name,
                      std::string_view help,
                      std::string_view pool) {
  const std::array<Metrics::Label, 1> labels = {Metrics::Label{"pool", pool}};
  return metrics.counter(name, help, labels);
}

Gauge& pool_gauge(Metrics& metrics,
                  std::string_view name,
                  std::string_view help,
                  std::string_view pool) {
  const std::array<Metrics::Label, 1> labels = {Metrics::Label{"pool", pool}};
  return metrics.gauge(name, help, labels);
}

// Between a half and the whole, so that those that fail together do not try together.
std::chrono::milliseconds spread(std::chrono::milliseconds time) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<std::chrono::milliseconds::rep> part(time.count() / 2,
                                                                     time.count());
  return std::chrono::milliseconds(part(random));
}

}  // namespace

Pool::Pool(Backend& backend,
           Access access,
           std::string_view name,
           std::size_t size,
           std::chrono::milliseconds wait,
           Metrics& metrics)
    : backend_(backend),
      access_(access),
      size_(size),
      wait_(wait),
      waits_(pool_counter(metrics,
                          "storage_pool_waits_total",
                          "Uses of the database that had to wait for a connection.",
                          name)),
      refusals_(pool_counter(metrics,
                             "storage_pool_refusals_total",
                             "Uses of the database that got no connection in time.",
                             name)),
      opened_(pool_counter(metrics,
                           "storage_connects_total",
                           "Connections to the database that were opened.",
                           name)),
      open_failures_(pool_counter(metrics,
                                  "storage_connect_failures_total",
                                  "Connections to the database that could not be opened.",
                                  name)),
      discards_(pool_counter(metrics,
                             "storage_connections_discarded_total",
                             "Connections that were closed because they broke or were in doubt.",
                             name)),
      open_gauge_(pool_gauge(
          metrics, "storage_connections", "Connections to the database that are open.", name)) {}

Pool::~Pool() {
  close();
}

std::unique_lock<std::mutex> Pool::lock_soon() {
  for (int i = 0; i < kTriesToLock; ++i) {
    if (std::unique_lock lock(mutex_, std::try_to_lock); lock) return lock;
  }
  return std::unique_lock(mutex_);
}

Result<Pool::Lease> Pool::lease() {
  std::unique_lock lock = lock_soon();
  if (closed_) return unavailable("The server is shutting down.");
  if (waiters_.empty()) {
    if (!free_.empty()) return lend(take_free(), lock);
    if (open_ < size_) {
      ++open_;
      lock.unlock();
      return open_one();
    }
  }
  return wait(lock);
}

std::unique_ptr<Connection> Pool::take_free() {
  const int core = ::sched_getcpu();
  auto place = std::find_if(
      free_.rbegin(), free_.rend(), [core](const Free& one) { return one.core == core; });
  if (place == free_.rend()) place = free_.rbegin();
  std::unique_ptr<Connection> connection = std::move(place->connection);
  free_.erase(std::next(place).base());
  return connection;
}

// This one, or another in its place when it is old or broken.
Result<Pool::Lease> Pool::lend(std::unique_ptr<Connection> connection,
                               std::unique_lock<std::mutex>& lock) {
  if (!has_to_be_checked(*connection)) return Lease(*this, std::move(connection));
  const std::uint64_t losses = losses_;
  lock.unlock();
  const bool is_old = coarse_now() - connection->age.opened > kLongestLife;
  if (!is_old && connection->is_alive()) {
    connection->age.losses = losses;
    return Lease(*this, std::move(connection));
  }
  if (!is_old) note_loss();
  connection.reset();
  return open_one();
}

void Pool::note_loss() {
  discards_.add(1);
  const std::lock_guard lock(mutex_);
  ++losses_;  // the others may have broken with it
}

bool Pool::has_to_be_checked(const Connection& connection) const {
  if (!backend_.is_remote()) return false;
  const auto now = coarse_now();
  return connection.age.losses != losses_ || now - connection.age.returned > kPingAfter ||
         now - connection.age.opened > kLongestLife;
}

Result<Pool::Lease> Pool::wait(std::unique_lock<std::mutex>& lock) {
  using std::chrono::steady_clock;
  waits_.add(1);
  Waiter self;
  const auto place = waiters_.insert(waiters_.end(), &self);
  const auto deadline = steady_clock::now() + wait_;
  while (!self.served) {
    const auto now = steady_clock::now();
    if (const auto expired = expired_holds(now); !expired.empty()) {
      lock.unlock();
      // One, for whoever is the first in the queue.
      (void)std::any_of(
          expired.begin(), expired.end(), [this](const auto& hold) { return take_back(*hold); });
      lock.lock();
      if (self.served) break;
    }
    if (now >= deadline) {
      waiters_.erase(place);
      return refuse();
    }
    self.ready.wait_until(lock, std::min(deadline, next_look(now)));
  }
  if (self.connection) return lend(std::move(self.connection), lock);
  lock.unlock();
  return open_one();
}

std::vector<std::shared_ptr<Pool::Hold>> Pool::expired_holds(
    std::chrono::steady_clock::time_point now) const {
  const auto end = std::find_if(
      holds_.begin(), holds_.end(), [now](const auto& hold) { return hold->expires_ > now; });
  return {holds_.begin(), end};
}

// When a waiter should wake although nobody has served it.
std::chrono::steady_clock::time_point Pool::next_look(
    std::chrono::steady_clock::time_point now) const {
  if (holds_.empty()) return std::chrono::steady_clock::time_point::max();
  return std::max(holds_.front()->expires_, now + kLookAgain);
}

std::shared_ptr<Pool::Hold> Pool::hold(Lease& lease) {
  auto hold = std::make_shared<Hold>(*this, lease);
  const std::lock_guard lock(mutex_);
  holds_.push_back(hold);
  for (Waiter* waiter : waiters_) waiter->ready.notify_one();  // they look at it in time
  return hold;
}

// False: it is in use, or over.
bool Pool::take_back(Hold& hold) {
  std::unique_ptr<Connection> connection;
  {
    // Who uses it in this moment is not waited for: the waiter's time would not be bounded.
    const std::unique_lock lock(hold.mutex_, std::try_to_lock);
    if (!lock || hold.lease_ == nullptr) return false;
    connection = std::move(hold.lease_->connection_);
    hold.lease_ = nullptr;
    hold.lost_ = true;
  }
  forget(hold);
  connection->rollback();
  give_back(std::move(connection));
  return true;
}

void Pool::forget(const Hold& hold) {
  const std::lock_guard lock(mutex_);
  holds_.remove_if([&hold](const std::shared_ptr<Hold>& one) { return one.get() == &hold; });
}

bool Pool::Hold::is_lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

bool Pool::Hold::end() {
  {
    const std::lock_guard lock(mutex_);
    lease_ = nullptr;
    if (lost_) return false;
  }
  pool_.forget(*this);
  return true;
}

Result<Pool::Lease> Pool::refuse() {
  refusals_.add(1);
  return unavailable("The database is busy; try again in a moment.");
}

// For who has counted itself into open_.
Result<Pool::Lease> Pool::open_one() {
  if (!may_open()) {
    close_one(nullptr);
    refusals_.add(1);
    return unavailable("The database is not available; try again in a moment.");
  }
  try {
    std::unique_ptr<Connection> connection = backend_.connect(access_);
    connection->age.opened = coarse_now() - (kLongestLife - spread(kLongestLife));
    has_opened(true);
    {
      const std::lock_guard lock(mutex_);
      connection->age.losses = losses_;
    }
    return Lease(*this, std::move(connection));
  } catch (...) {
    has_opened(false);
    close_one(nullptr);
    throw;
  }
}

bool Pool::may_open() {
  const std::lock_guard lock(mutex_);
  if (failures_ == 0) return true;
  if (is_trying_ || coarse_now() < next_try_) return false;
  is_trying_ = true;
  return true;
}

void Pool::has_opened(bool opened) {
  (opened ? opened_ : open_failures_).add(1);
  const std::lock_guard lock(mutex_);
  is_trying_ = false;
  if (opened) {
    failures_ = 0;
    open_gauge_.set(static_cast<double>(open_));
    return;
  }
  failures_ = std::min(failures_ + 1, 10U);
  const std::chrono::milliseconds back_off(10U << failures_);
  next_try_ = coarse_now() + spread(std::min(back_off, kLongestBackOff));
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (connection->is_broken()) return discard(std::move(connection));
  std::unique_lock lock = lock_soon();
  if (const auto row = connection->row();
      row != nullptr && (waiters_.empty() || closed_ || row->is_full())) {
    lock.unlock();
    connection->settle();
    if (connection->is_broken()) return discard(std::move(connection));
    lock.lock();
  }
  if (closed_) {
    lock.unlock();
    close_one(std::move(connection));
    return;
  }
  if (backend_.is_remote()) connection->age.returned = coarse_now();
  if (waiters_.empty()) {
    free_.push_back({std::move(connection), ::sched_getcpu()});
    return;
  }
  // Notified under the lock: the waiter lives on the other thread's stack.
  Waiter& next = *waiters_.front();
  waiters_.pop_front();
  next.connection = std::move(connection);
  next.served = true;
  next.ready.notify_one();
}

void Pool::discard(std::unique_ptr<Connection> connection) {
  connection->settle();
  note_loss();
  close_one(std::move(connection));
}

void Pool::close_one(std::unique_ptr<Connection> connection) {
  connection.reset();
  const std::lock_guard lock(mutex_);
  if (!closed_ && !waiters_.empty()) {
    Waiter& next = *waiters_.front();
    waiters_.pop_front();
    next.served = true;
    next.ready.notify_one();
    return;
  }
  --open_;
  open_gauge_.set(static_cast<double>(open_));
  if (open_ == 0) all_closed_.notify_all();
}

void Pool::close() {
  std::vector<Free> idle;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    idle.swap(free_);
  }
  const std::size_t closed = idle.size();
  idle.clear();
  std::unique_lock lock(mutex_);
  open_ -= closed;
  all_closed_.wait(lock, [this] { return open_ == 0; });
}

}  // namespace gatehouse::storage
