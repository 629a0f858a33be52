// Connections that wait to be used, and uses that wait for a connection.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

// The connection used last is lent first (its caches are warm, and connections nobody needs are
// never opened); uses that must wait are served in the order of their coming, and no longer than
// `wait`. Threads: any. Must outlive its leases.
class Pool {
 public:
  Pool(Backend& backend, Access access, std::chrono::milliseconds wait, Metrics& metrics);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }
    // The connection is in doubt: close it instead of lending it again.
    void discard() { pool_->close_one(std::move(connection_)); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Unavailable when none became free in time or after close(); throws DbError when none can be
  // opened.
  Result<Lease> lease();

  // Refuses new leases, waits for those that are out and closes all.
  void close();

 private:
  struct Waiter {
    std::condition_variable ready;
    bool served = false;  // with a connection, or with the right to open one
    std::unique_ptr<Connection> connection;
  };
  void give_back(std::unique_ptr<Connection> connection);
  void close_one(std::unique_ptr<Connection> connection);
  Result<Lease> open_one();
  Result<Lease> wait(std::unique_lock<std::mutex>& lock);
  Result<Lease> refuse();

  Backend& backend_;
  const Access access_;
  const std::chrono::milliseconds wait_;
  Counter& waits_;
  Counter& refusals_;

  std::mutex mutex_;  // guards all below
  std::vector<std::unique_ptr<Connection>> free_;
  std::list<Waiter*> waiters_;
  std::size_t open_ = 0;
  bool closed_ = false;
  std::condition_variable all_closed_;
};

}  // namespace gatehouse::storage
