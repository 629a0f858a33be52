// Ids, names and addresses of a person go from the trail; that something happened stays, and the
// chains hold. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::audit {

// Threads: any. Blocking: the database.
class Erasure {
 public:
  // Rows of one transaction.
  static constexpr std::int64_t kBatch = 500;

  explicit Erasure(Context& host) : host_(host) {}

  // Inside the transaction that deletes the person: work() does it, soon.
  Result<None> request(Session& db, std::int64_t person) const;
  // Does what was requested. Who was deleted is looked for again for an hour: events about them may
  // still have been on their way.
  Result<None> work() const;
  // At once, in batches; how many parts there were.
  Result<std::int64_t> erase(std::int64_t person) const;

 private:
  Context& host_;
};

}  // namespace gatehouse::audit
