// SPDX-License-Identifier: Apache-2.0
#include "storage/transaction.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace gatehouse::storage {
namespace {

// A long transaction meets a shorter one at each try; so then it has a turn alone.
constexpr int kTriesWithOthers = 3;

}  // namespace

Error held_too_long() {
  return unavailable(
      "The request took too long after its write, so that nothing was done: send it again.");
}

Transaction::Transaction(const UseTerms& terms,
                         Pool::Lease lease,
                         int collisions,
                         const FailedUses& failures)
    : use_(terms, std::move(lease)),
      scope_(RequestScope::current()),
      turn_(turn_after(collisions)),
      failures_(failures) {}

// Only requests stand in a row, and only at their first try: jobs and commands may take long, and
// so may what was too long for a row.
Turn Transaction::turn_after(int collisions) const {
  if (collisions >= kTriesWithOthers) return Turn::Alone;
  const bool is_short = collisions == 0 && scope_ != nullptr && !scope_->holds_;
  return is_short ? Turn::InARow : Turn::WithOthers;
}

Transaction::~Transaction() {
  if (scope_ != nullptr) scope_->transaction_ = 0;
  if (!is_over_ && use_.end_hold()) use_.connection().rollback();
}

void Transaction::begin() {
  use_.connection().begin(turn_);
  if (scope_ != nullptr) scope_->transaction_ = ++scope_->transactions_;
}

void Transaction::prepare() {
  require_no_failure();
  if (scope_ == nullptr) return;
  if (scope_->committed_) throw std::logic_error(std::string(kSecondWrite));
  if (scope_->before_commit_) scope_->before_commit_(use_.session());
  require_no_failure();
}

void Transaction::require_no_failure() {
  if (!SessionAccess::state(use_.session()).failed) return;
  throw std::logic_error(
      "storage: a statement failed, but the callback of Db::write() returned a value; return the "
      "error (PostgreSQL cannot go on in such a transaction)");
}

void Transaction::commit() {
  std::shared_ptr<SharedCommit> row;
  try {
    row = use_.connection().commit();
  } catch (const DbError& error) {
    use_.failed(error);
    throw;
  }
  end(row);
  if (scope_ != nullptr) scope_->committed_ = true;
  for (const auto& follow : SessionAccess::state(use_.session()).after_commit) follow();
}

void Transaction::refuse() {
  const auto row = use_.connection().row();
  use_.connection().rollback();
  end(row);
}

void Transaction::end(const std::shared_ptr<SharedCommit>& row) {
  is_over_ = true;
  use_.end();
  if (row) row->wait();
}

void Transaction::hold(std::unique_ptr<Transaction> transaction) {
  RequestScope& scope = *transaction->scope_;
  scope.transaction_ = 0;  // for the callback it is over
  transaction->use_.hold();
  scope.held_ = std::move(transaction);
}

Result<None> Transaction::finish(const std::function<Result<None>(Session&)>& last) {
  if (!use_.end_hold()) return held_too_long();
  try {
    GATEHOUSE_CHECK(last(use_.session()));
    require_no_failure();
    commit();
  } catch (const DbError& error) {
    use_.failed(error);
    return failures_.give_up_held(*scope_, use_.plugin(), error);
  }
  return None{};
}

}  // namespace gatehouse::storage
