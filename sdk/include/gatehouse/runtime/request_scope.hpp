// One request's use of the database: it commits at most one Db::write(), so that a client never
// sees half of what it asked for. Not for plugins. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include <gatehouse/export.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse {

// Opened on the stack around a handler, on the handler's thread; without one (commands, jobs,
// start) writes are not counted. A second write() that wants to commit inside one is rolled back
// and throws std::logic_error. Scopes may nest; the innermost counts.
class GATEHOUSE_API RequestScope {
 public:
  RequestScope();
  ~RequestScope();
  RequestScope(const RequestScope&) = delete;
  RequestScope& operator=(const RequestScope&) = delete;

  // The innermost scope of this thread, or null.
  static RequestScope* current();

  // Runs inside the request's transaction, after the callback and before COMMIT: what it throws
  // rolls back. It may run again when the transaction is retried.
  void before_commit(std::function<void(Session&)> hook);

  bool committed() const { return committed_; }

 private:
  friend class WriteGuard;
  RequestScope* outer_;
  std::function<void(Session&)> before_commit_;
  bool committed_ = false;
};

}  // namespace gatehouse
