// SPDX-License-Identifier: Apache-2.0
#include "storage/pool.hpp"

#include <array>

namespace gatehouse::storage {
namespace {

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
  waits_.add(1);
  Waiter self;
  const auto place = waiters_.insert(waiters_.end(), &self);
  self.ready.wait_for(lock, wait_, [&self] { return self.served; });
  if (!self.served) {
    waiters_.erase(place);
    return refuse();
  }
  lock.unlock();
  if (self.connection) return Lease(*this, std::move(self.connection));
  return open_one();
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
