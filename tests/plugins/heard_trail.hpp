// An audit trail that keeps what it is told, of transactions that were rolled back too.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/services/audit_trail.hpp>

namespace gatehouse::testing {

// Threads: any. A plugin of a test's own provides it (Services::provide<AuditTrail>()).
class HeardTrail final : public AuditTrail {
 public:
  enum class Notes : bool { Dropped, Kept };
  // Kept: refusals and sign-ins, too, which are told outside transactions.
  explicit HeardTrail(Notes notes = Notes::Dropped) : notes_(notes) {}

  // Since the last call.
  std::vector<AuditRecord> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(records_, {});
  }
  // Each in the words of `line`, a std::string(const AuditRecord&).
  template <class F>
  std::vector<std::string> take(F&& line) {
    std::vector<std::string> lines;
    for (const AuditRecord& record : take()) lines.push_back(line(record));
    return lines;
  }

  Result<None> append(Session&, const AuditRecord& record) override {
    keep(record);
    return None{};
  }
  void note(AuditRecord record) noexcept override {
    if (notes_ == Notes::Kept) keep(std::move(record));
  }
  Result<std::vector<AuditEntry>> list(Session&,
                                       const Principal&,
                                       const AuditListing&) const override {
    return std::vector<AuditEntry>();
  }
  Result<std::int64_t> count(Session&, const Principal&, const AuditListing&) const override {
    return 0;
  }

 private:
  void keep(AuditRecord record) {
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
  }

  const Notes notes_;
  std::mutex mutex_;  // guards records_
  std::vector<AuditRecord> records_;
};

}  // namespace gatehouse::testing
