// SPDX-License-Identifier: Apache-2.0
#include "storage/pool.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::storage {
namespace {

// A hold that is too old but in use is looked at again after this time.
constexpr std::chrono::milliseconds kLookAgain{5};

Counter& pool_counter(Metrics& metrics,
                      std::string_view name,
                      std::string_view help,
                      Access access) {
  const std::array<Metrics::Label, 1> labels = {
      Metrics::Label{"pool", access == Access::Read ? "read" : "write"}};
  return metrics.counter(name, help, labels);
}

}  // namespace

Pool::Pool(Backend& backend, Access access, std::chrono::milliseconds wait, Metrics& metrics)
    : backend_(backend),
      access_(access),
      wait_(wait),
      waits_(pool_counter(metrics,
                          "storage_pool_waits_total",
                          "Uses of the database that had to wait for a connection.",
                          access)),
      refusals_(pool_counter(metrics,
                             "storage_pool_refusals_total",
                             "Uses of the database that got no connection in time.",
                             access)) {}

Pool::~Pool() {
  close();
}

Result<Pool::Lease> Pool::lease() {
  std::unique_lock lock(mutex_);
  if (closed_) return unavailable("The server is shutting down.");
  if (waiters_.empty()) {
    if (!free_.empty()) {
      std::unique_ptr<Connection> connection = std::move(free_.back());
      free_.pop_back();
      return Lease(*this, std::move(connection));
    }
    if (open_ < backend_.connections(access_)) {
      ++open_;
      lock.unlock();
      return open_one();
    }
  }
  return wait(lock);
}

Result<Pool::Lease> Pool::wait(std::unique_lock<std::mutex>& lock) {
  using std::chrono::steady_clock;
  waits_.add(1);
  Waiter self;
  const auto place = waiters_.insert(waiters_.end(), &self);
  const auto deadline = steady_clock::now() + wait_;
  while (!self.served) {
    const auto now = steady_clock::now();
    if (!holds_.empty() && holds_.front()->expires_ <= now) {
      const std::shared_ptr<Hold> oldest = holds_.front();
      lock.unlock();
      take_back(*oldest);  // for whoever is the first in the queue
      lock.lock();
      if (self.served) break;
    }
    if (now >= deadline) {
      waiters_.erase(place);
      return refuse();
    }
    self.ready.wait_until(lock, std::min(deadline, next_look(now)));
  }
  lock.unlock();
  if (self.connection) return Lease(*this, std::move(self.connection));
  return open_one();
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

void Pool::take_back(Hold& hold) {
  std::unique_ptr<Connection> connection;
  {
    // Who uses it in this moment is not waited for: the waiter's time would not be bounded.
    const std::unique_lock lock(hold.mutex_, std::try_to_lock);
    if (!lock || hold.lease_ == nullptr) return;
    connection = std::move(hold.lease_->connection_);
    hold.lease_ = nullptr;
    hold.lost_ = true;
  }
  forget(hold);
  connection->rollback();
  give_back(std::move(connection));
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

Result<Pool::Lease> Pool::open_one() {
  try {
    return Lease(*this, backend_.connect(access_));
  } catch (...) {
    close_one(nullptr);
    throw;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  std::unique_lock lock(mutex_);
  if (closed_) {
    lock.unlock();
    close_one(std::move(connection));
    return;
  }
  if (waiters_.empty()) {
    free_.push_back(std::move(connection));
    return;
  }
  // Notified under the lock: the waiter lives on the other thread's stack.
  Waiter& next = *waiters_.front();
  waiters_.pop_front();
  next.connection = std::move(connection);
  next.served = true;
  next.ready.notify_one();
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
  if (open_ == 0) all_closed_.notify_all();
}

void Pool::close() {
  std::vector<std::unique_ptr<Connection>> idle;
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
