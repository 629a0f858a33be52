// One request's use of the database: it commits at most one Db::write(), so that a client never
// sees half of what it asked for. Not for plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <gatehouse/export.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse {

namespace storage {
class Transaction;
}

// How often what one request writes has collided with others, over all its runs. The database
// counts, and has the last say on whether there is another run.
struct WriteTries {
  int collisions = 0;
  std::chrono::milliseconds end{};  // of the time limit, on the database's clock
};

// Opened on the stack around a handler, on the handler's thread; without one (commands, jobs,
// start) writes are not counted. A second write() that wants to commit inside one is rolled back
// and throws std::logic_error. Scopes may nest; the innermost counts.
class GATEHOUSE_API RequestScope {
 public:
  RequestScope();
  ~RequestScope();  // rolls back what is held still
  RequestScope(const RequestScope&) = delete;
  RequestScope& operator=(const RequestScope&) = delete;

  // The innermost scope of this thread, or null.
  static RequestScope* current();

  // Runs inside the request's transaction, after the callback and before COMMIT: what it throws
  // rolls back. It may run again when the transaction is retried.
  void before_commit(std::function<void(Session&)> hook);

  // From now on the write() of the request returns without its COMMIT: the transaction stays open,
  // and what the request reads afterwards sees it. `tries` outlives the scope; null: a collision of
  // what is held is the end of it.
  void hold_commit(WriteTries* tries = nullptr) {
    holds_ = true;
    tries_ = tries;
  }
  bool is_held() const { return held_ != nullptr; }
  // Runs `last` in the held transaction, and commits. An error is the end of it: nothing is
  // committed. Unavailable when the database will not (has_collided(): this time), and when it was
  // held so long that a writer who waited has rolled it back (has_lost_hold()). Only when
  // is_held().
  Result<None> commit_held(const std::function<Result<None>(Session&)>& last);

  // The held transaction is gone, and with it what the request wrote.
  bool has_lost_hold() const { return lost_hold_ || (held_ != nullptr && held_->is_lost()); }

  // What is held is rolled back, and whatever the request answers is void: it may be run again from
  // its beginning, in a new scope with the same `tries`.
  bool has_collided() const { return collided_; }

  bool committed() const { return committed_; }

  // The transaction that a callback of the request is in, by a number of its own (each retry is
  // another); 0: none.
  std::uint32_t transaction() const { return transaction_; }

  // For the database.
  WriteTries* tries() const { return tries_; }
  void note_collision() { collided_ = true; }

 private:
  friend class storage::Transaction;
  class Held {
   public:
    virtual ~Held() = default;  // rolls back unless finished
    virtual Result<None> finish(const std::function<Result<None>(Session&)>& last) = 0;
    virtual bool is_lost() const = 0;
  };

  RequestScope* outer_;
  std::function<void(Session&)> before_commit_;
  std::unique_ptr<Held> held_;
  WriteTries* tries_ = nullptr;
  bool holds_ = false;
  bool committed_ = false;
  bool lost_hold_ = false;
  bool collided_ = false;
  std::uint32_t transactions_ = 0;
  std::uint32_t transaction_ = 0;
};

}  // namespace gatehouse
