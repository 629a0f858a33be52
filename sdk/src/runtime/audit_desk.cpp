// SPDX-License-Identifier: Apache-2.0
#include "runtime/audit_desk.hpp"

#include <exception>
#include <stdexcept>

#include <gatehouse/call.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/time.hpp>

#include "runtime/guard.hpp"

namespace gatehouse::runtime {
namespace {

AuditOrigin origin_of(const Call& call) {
  AuditOrigin origin;
  origin.remote_address = call.remote_address();
  origin.request_id = call.request_id();
  const Principal* who = call.principal();
  if (who == nullptr) return origin;
  origin.method = who->method;
  if (who->actor != 0) {
    origin.actor = who->actor;
    origin.on_behalf_of = who->user;
    origin.on_behalf_of_id = who->user_id;
  } else {
    origin.actor = who->user;
    origin.actor_id = who->user_id;
    origin.actor_name = who->username;
  }
  return origin;
}

}  // namespace

thread_local WorkScope::Work WorkScope::current_;

WorkScope::WorkScope(Work work) : outer_(std::exchange(current_, work)) {}
WorkScope::~WorkScope() {
  current_ = outer_;
}

std::string_view id_of_work() {
  const Call* call = WorkScope::current_.call;
  return call == nullptr ? std::string_view() : call->request_id();
}

AuditRecord AuditDesk::complete(const AuditEvent& event, AuditOutcome outcome) const {
  AuditRecord record{event, {}, outcome, clock_.now()};
  const WorkScope::Work& work = WorkScope::current_;
  if (work.call != nullptr) record.origin = origin_of(*work.call);
  if (work.is_command) record.origin.method = "command";
  return record;
}

void AuditDesk::append(Session& session, const AuditEvent& event) const {
  if (trail_ == nullptr) return;
  const auto kept = trail_->append(session, complete(event, AuditOutcome::Success));
  // A change that nobody could account for is not made.
  if (!kept) throw std::runtime_error("the audit trail refused an event: " + kept.error().message);
}

void AuditDesk::note(const AuditEvent& event, AuditOutcome outcome) const noexcept {
  if (trail_ == nullptr) return;
  try {
    trail_->note(complete(event, outcome));
  } catch (...) {  // no memory
    log_for_("gatehouse").error("audit_lost", "{}", text_of(std::current_exception()));
  }
}

}  // namespace gatehouse::runtime
