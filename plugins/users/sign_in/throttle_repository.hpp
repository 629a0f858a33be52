// Budgets of failed sign-ins, and of handovers, in the database, and the networks that users sign
// in from. What is left of a budget is stored as the time when it will be whole again, if nothing
// more is taken.
//
// Threads: any; no state. Blocking: one statement each. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::users {

// What one attempt takes, and when there is too little left for it.
struct Take {
  Time now;
  std::chrono::microseconds cost{};
  Time last;    // a budget that will be whole later than this has too little left,
  Time beyond;  // unless it is later than this: then a clock was set back, and it means nothing
};

struct StoredBudget {
  std::string key;
  Time full_at;  // when it will be whole again
};

class ThrottleRepository {
 public:
  // Rows that one call of a drop_... deletes at most.
  static constexpr std::int64_t kBatch = 1'000;

  // Those of the two from which anything was ever taken.
  Result<std::vector<StoredBudget>> find(Session& db,
                                         std::string_view first_key,
                                         std::string_view second_key) const;
  // False: too little is left, and nothing was taken. Two at once take twice.
  Result<bool> take(Session& db, std::string_view key, const Take& what) const;
  Result<None> give_back(Session& db, std::string_view key, std::chrono::microseconds cost) const;
  // Budgets that are whole, which is what no row says too. How many.
  Result<std::int64_t> drop_whole(Session& db, Time now) const;

  Result<None> note_device(Session& db,
                           std::int64_t user,
                           std::string_view network,
                           Time now) const;
  Result<bool> is_device(Session& db,
                         std::int64_t user,
                         std::string_view network,
                         Time since) const;
  // Those that were seen last before `time`. How many.
  Result<std::int64_t> drop_devices(Session& db, Time time) const;
};

}  // namespace gatehouse::users
