// Connections that wait to be used, and uses that wait for a connection.
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
#include <utility>
#include <vector>

#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

// The connection used last on the processor core is lent first, else the one used last (their
// caches are warm, and connections nobody needs are never opened); uses that must wait are served
// in the order of their coming, and no longer than `wait`. A lease that is only held (Hold) is
// taken back from its user when somebody waits and it is older than kLongestHold. A connection to a
// server elsewhere is asked for a sign of life before it is lent when it was idle for long or
// another one has broken, and is not kept for ever; when none can be opened, tries are further and
// further apart, and in between a lease is refused at once. Threads: any. Must outlive its leases.
class Pool {
 public:
  static constexpr std::chrono::milliseconds kPingAfter = std::chrono::seconds(30);
  static constexpr std::chrono::milliseconds kLongestLife = std::chrono::minutes(30);
  // Between two tries to open one; half of what a client may wait for after the database is back.
  static constexpr std::chrono::milliseconds kLongestBackOff{500};
  // Encoding an answer takes milliseconds, so a hold that lasts this long waits for something else;
  // and it is half of the usual `wait`, so that who stands next in the queue is still served.
  static constexpr std::chrono::milliseconds kLongestHold{250};

  // `name`: in metrics. `size`: connections at most.
  Pool(Backend& backend,
       Access access,
       std::string_view name,
       std::size_t size,
       std::chrono::milliseconds wait,
       Metrics& metrics);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  class Hold;
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
    // Before the lease ends, the hold must.
    std::shared_ptr<Hold> hold() { return pool_->hold(*this); }
    // The connection is in doubt: close it instead of lending it again.
    void discard() { pool_->discard(std::move(connection_)); }

   private:
    friend class Pool;
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // A lease whose transaction waits for the end of its request. Threads: made, used and ended on
  // the lease's own; another one may take the connection away between two uses.
  class Hold {
   public:
    Hold(Pool& pool, Lease& lease)
        : pool_(pool), lease_(&lease), expires_(std::chrono::steady_clock::now() + kLongestHold) {}
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    // Nobody takes the connection while this is locked. A use may have another one inside.
    std::unique_lock<std::recursive_mutex> lock() { return std::unique_lock(mutex_); }
    // Rolled back, and lent to somebody else: the lease is empty.
    bool is_lost() const;
    // From now on the connection stays; true unless it is lost already.
    bool end();

   private:
    friend class Pool;
    Pool& pool_;
    mutable std::recursive_mutex mutex_;
    Lease* lease_;       // guarded by mutex_; null: over or lost
    bool lost_ = false;  // guarded by mutex_
    const std::chrono::steady_clock::time_point expires_;
  };

  // Unavailable when none became free in time, after close(), and soon after none could be opened;
  // throws DbError when none can be opened now.
  Result<Lease> lease();

  // Refuses new leases, waits for those that are out and closes all.
  void close();

 private:
  struct Waiter {
    std::condition_variable ready;
    bool served = false;  // with a connection, or with the right to open one
    std::unique_ptr<Connection> connection;
  };
  struct Free {
    std::unique_ptr<Connection> connection;
    int core;  // where it was used last
  };
  void give_back(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> take_free();
  // Without sleeping, unless another thread sleeps with it.
  std::unique_lock<std::mutex> lock_soon();
  void discard(std::unique_ptr<Connection> connection);
  void close_one(std::unique_ptr<Connection> connection);
  bool has_to_be_checked(const Connection& connection) const;
  Result<Lease> lend(std::unique_ptr<Connection> connection, std::unique_lock<std::mutex>& lock);
  void note_loss();
  Result<Lease> open_one();
  bool may_open();
  void has_opened(bool opened);
  std::shared_ptr<Hold> hold(Lease& lease);
  Result<Lease> wait(std::unique_lock<std::mutex>& lock);
  std::chrono::steady_clock::time_point next_look(std::chrono::steady_clock::time_point now) const;
  std::vector<std::shared_ptr<Hold>> expired_holds(std::chrono::steady_clock::time_point now) const;
  bool take_back(Hold& hold);
  void forget(const Hold& hold);
  Result<Lease> refuse();

  Backend& backend_;
  const Access access_;
  const std::size_t size_;
  const std::chrono::milliseconds wait_;
  Counter& waits_;
  Counter& refusals_;
  Counter& opened_;
  Counter& open_failures_;
  Counter& discards_;
  Gauge& open_gauge_;

  // On cache lines of its own: what never changes is read beside it by all cores.
  alignas(64) std::mutex mutex_;  // guards all below
  bool closed_ = false;
  std::vector<Free> free_;  // in the order of their last use
  std::list<Waiter*> waiters_;
  std::list<std::shared_ptr<Hold>> holds_;  // the oldest first
  std::size_t open_ = 0;
  std::uint64_t losses_ = 0;              // connections that broke
  unsigned failures_ = 0;                 // to open one, since the last success
  bool is_trying_ = false;                // after a failure, one tries for all
  std::chrono::milliseconds next_try_{};  // of coarse_now()
  std::condition_variable all_closed_;
};

}  // namespace gatehouse::storage
