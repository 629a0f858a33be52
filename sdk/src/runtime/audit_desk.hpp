// The way of what happened to the audit plugin: adds who did it, from where and when.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string_view>
#include <utility>

#include <gatehouse/services/audit_trail.hpp>

namespace gatehouse {
class Call;
class Clock;
class Log;
}  // namespace gatehouse

namespace gatehouse::runtime {

// What this thread works on; what happens there is told of it. Scopes may nest; the innermost
// counts.
class WorkScope {
 public:
  explicit WorkScope(const Call& call) : WorkScope({&call, false}) {}
  static WorkScope of_command() { return WorkScope({nullptr, true}); }
  ~WorkScope();
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;

 private:
  friend class AuditDesk;
  friend std::string_view id_of_work();
  struct Work {
    const Call* call = nullptr;
    bool is_command = false;
  };
  explicit WorkScope(Work work);
  static thread_local Work current_;
  Work outer_;
};

// The id of the request that this thread works on, or "".
std::string_view id_of_work();

// Threads: open() before there are requests; the others any.
class AuditDesk {
 public:
  AuditDesk(Clock& clock, std::function<Log&(std::string_view)> log_for)
      : clock_(clock), log_for_(std::move(log_for)) {}

  // Null: nothing is kept.
  void open(AuditTrail* trail) { trail_ = trail; }

  // Part of the session's transaction; throws what ends it.
  void append(Session& session, const AuditEvent& event) const;
  void note(const AuditEvent& event, AuditOutcome outcome) const noexcept;

 private:
  AuditRecord complete(const AuditEvent& event, AuditOutcome outcome) const;

  Clock& clock_;
  const std::function<Log&(std::string_view)> log_for_;
  AuditTrail* trail_ = nullptr;
};

}  // namespace gatehouse::runtime
