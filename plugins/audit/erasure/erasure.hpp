// Ids, names and addresses of a person go from the trail; that something happened stays, and the
// chains hold. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>

#include <gatehouse/context.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::audit {

// Threads: any, but work() one at a time. Blocking: the database.
class Erasure {
 public:
  // Events of one transaction.
  static constexpr std::int64_t kBatch = 500;

  explicit Erasure(Context& host) : host_(host) {}

  // Inside the transaction that deletes the person: work() does it, soon, and once more an hour
  // later, for events about them that were still on their way.
  Result<None> request(Session& db, std::int64_t person) const;
  // Goes on with what was requested, for some batches: other jobs wait meanwhile.
  Result<None> work();
  // Whether there is an event that they are in.
  Result<bool> knows(Session& db, std::int64_t person) const;
  // At once; how many parts there were.
  Result<std::int64_t> erase(std::int64_t person) const;

 private:
  // How far a person's events have been walked. Forgotten with the process, which then begins anew.
  struct Walk {
    std::size_t way = 0;
    std::int64_t after = 0;
    std::int64_t erased = 0;
  };
  // One batch; false when there is none left.
  Result<bool> go_on(std::int64_t person, Walk& walk) const;

  Context& host_;
  std::map<std::int64_t, Walk> walks_;
};

}  // namespace gatehouse::audit
