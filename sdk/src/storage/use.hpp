// A leased connection while somebody uses it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>

#include "storage/pool.hpp"
#include "storage/session_state.hpp"
#include "storage/watchdog.hpp"

namespace gatehouse::storage {

using AuditSink = std::function<void(Session&, const AuditEvent&)>;

// That a database is in use on this thread, for calls from inside the use. Threads: made, found and
// dropped on one.
class ActiveUse {
 public:
  ActiveUse(const void* database, SessionAccess::State& state);
  ~ActiveUse();
  ActiveUse(const ActiveUse&) = delete;
  ActiveUse& operator=(const ActiveUse&) = delete;

  // The innermost use of that database, or null.
  static ActiveUse* find(const void* database);

  SessionAccess::State& state() const { return state_; }
  // Its callback has returned, but its commit waits for the end of the request.
  bool is_held() const { return hold_ != nullptr; }
  void set_hold(Pool::Hold* hold) { hold_ = hold; }
  Pool::Hold* hold() const { return hold_; }  // null: not held

 private:
  const void* const database_;
  SessionAccess::State& state_;
  ActiveUse* outer_;
  Pool::Hold* hold_ = nullptr;
};

// Under which conditions a connection is used; what is referred to outlives the use.
struct UseTerms {
  const void* database;
  Engine engine;
  Access access;
  const AuditSink* audit_sink;
  std::string_view plugin;         // for the log
  std::chrono::milliseconds end;   // of the time limit, on the coarse clock
  std::chrono::milliseconds slow;  // a use longer than this is logged
  Log& log;
  Counter& prepared;
  Watchdog* watchdog;  // null: the engine stops what is late
};

class Use {
 public:
  Use(const UseTerms& terms, Pool::Lease lease);
  ~Use();
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  Connection& connection() { return state_.connection; }
  Session& session() { return session_; }

  // From now on who waits for a connection may take this one (Pool::Hold).
  void hold();
  // The connection is this use's alone again; false: it is lost, and must not be touched.
  bool end_hold();
  bool is_lost() const { return hold_ != nullptr && hold_->is_lost(); }
  std::string_view plugin() const { return terms_.plugin; }

  // Gives the connection back, which must not be touched any more; the session's state stays.
  void end();

  // Of a connection that is lost nobody gets the next lease.
  void failed(const DbError& error) {
    switch (error.kind()) {
      case DbErrorKind::Unavailable:
        // A server that says so of its disk or its limits is there, and so is the connection.
        doubtful_ = doubtful_ || terms_.engine == Engine::Sqlite;
        break;
      case DbErrorKind::Lost:
      case DbErrorKind::Unknown:
        doubtful_ = true;
        break;
      case DbErrorKind::Conflict:
      case DbErrorKind::Invalid:
      case DbErrorKind::Retry:
      case DbErrorKind::Internal:
        break;
    }
  }

 private:
  void watch();

  const UseTerms terms_;
  const std::chrono::milliseconds begin_;
  std::optional<Pool::Lease> lease_;
  SessionAccess::State state_;
  Session session_;
  std::optional<ActiveUse> active_;
  std::shared_ptr<Pool::Hold> hold_;
  std::optional<Watchdog::Watch> watch_;  // none while it is held: nothing runs then
  bool doubtful_ = false;
};

// Ends whatever transaction is open on the connection.
class Rollback {
 public:
  explicit Rollback(Connection& connection) : connection_(connection) {}
  ~Rollback() { connection_.rollback(); }
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;

 private:
  Connection& connection_;
};

}  // namespace gatehouse::storage
