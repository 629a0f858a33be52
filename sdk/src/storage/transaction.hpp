// One Db::write(): a transaction that is committed at once, or held open until the request that it
// belongs to has its answer. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include <gatehouse/runtime/request_scope.hpp>

#include "storage/failed_uses.hpp"
#include "storage/use.hpp"

namespace gatehouse::storage {

inline constexpr std::string_view kSecondWrite =
    "storage: a second Db::write() in one request; put both into one callback, so that a client "
    "never sees half of its request done";

// What a request is told whose held transaction was rolled back for others.
Error held_too_long();

// Rolled back unless it came to its commit. All throw DbError but what RequestScope calls.
class Transaction final : public RequestScope::Held {
 public:
  // `collisions`: how often it was run before. `failures`, which outlive it: what becomes of a
  // DbError of what is held, since nobody would catch it.
  Transaction(const UseTerms& terms, Pool::Lease lease, int collisions, const FailedUses& failures);
  ~Transaction() override;

  // Begins, runs `work`, and when that is true the scope's before_commit().
  template <class F>
  bool run(const F& work) {
    try {
      begin();
      if (!work(use_.session())) return false;
      prepare();
      return true;
    } catch (const DbError& error) {
      use_.failed(error);
      throw;
    }
  }
  void commit();
  // Of what `work` refused: rolled back. What it was judged by is committed then, too.
  void refuse();

  bool is_to_be_held() const { return scope_ != nullptr && scope_->holds_; }
  static void hold(std::unique_ptr<Transaction> transaction);

  Result<None> finish(const std::function<Result<None>(Session&)>& last) override;
  bool is_lost() const override { return use_.is_lost(); }

 private:
  Turn turn_after(int collisions) const;
  void begin();
  void prepare();
  void require_no_failure();
  void end(const std::shared_ptr<SharedCommit>& row);

  Use use_;
  RequestScope* const scope_;
  const Turn turn_;
  const FailedUses& failures_;
  bool is_over_ = false;  // the connection is no longer ours
};

}  // namespace gatehouse::storage
