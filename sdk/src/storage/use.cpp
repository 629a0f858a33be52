// SPDX-License-Identifier: Apache-2.0
#include "storage/use.hpp"

#include <utility>

#include "storage/coarse_clock.hpp"

namespace gatehouse::storage {
namespace {

thread_local ActiveUse* innermost = nullptr;

}  // namespace

ActiveUse::ActiveUse(const void* database, SessionAccess::State& state)
    : database_(database), state_(state), outer_(std::exchange(innermost, this)) {}

// Not always the innermost: a held use outlives what it was made in.
ActiveUse::~ActiveUse() {
  ActiveUse** place = &innermost;
  while (*place != this) place = &(*place)->outer_;
  *place = outer_;
}

ActiveUse* ActiveUse::find(const void* database) {
  ActiveUse* use = innermost;
  while (use != nullptr && use->database_ != database) use = use->outer_;
  return use;
}

Use::Use(const UseTerms& terms, Pool::Lease lease)
    : terms_(terms),
      begin_(coarse_now()),
      lease_(std::move(lease)),
      state_(**lease_, terms.engine, terms.access, terms.audit_sink),
      session_(SessionAccess::make(state_)),
      active_(std::in_place, terms.database, state_) {
  state_.connection.set_time_limit(terms.end);
  watch();
}

void Use::watch() {
  if (terms_.watchdog == nullptr || watch_) return;
  watch_.emplace(*terms_.watchdog, state_.connection, terms_.plugin, terms_.slow, terms_.end);
}

bool Use::end_hold() {
  if (hold_ == nullptr) return true;
  if (!hold_->end()) return false;
  watch();
  return true;
}

void Use::hold() {
  watch_.reset();
  hold_ = lease_->hold();
  active_->set_hold(hold_.get());
}

Use::~Use() {
  end();
}

void Use::end() {
  if (!lease_ || !end_hold()) return;
  watch_.reset();
  if (const auto count = state_.connection.statements().take_prepared(); count != 0) {
    terms_.prepared.add(static_cast<double>(count));
  }
  active_.reset();
  if (doubtful_) lease_->discard();
  lease_.reset();  // which may commit
  if (const auto took = coarse_now() - begin_; took > terms_.slow) {
    terms_.log.warning("storage_slow_use",
                       "plugin {} held a connection for {} ms ({})",
                       terms_.plugin,
                       took.count(),
                       terms_.access == Access::Read ? "read" : "write");
  }
}

}  // namespace gatehouse::storage
