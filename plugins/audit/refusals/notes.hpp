// Refusals and sign-ins on their way to the trail: those that are alike within a minute are one.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include <gatehouse/digest.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/services/audit_trail.hpp>

namespace gatehouse::audit {

// Alike are those with the same action, outcome, words, people and address in the same minute. The
// first are written at the next chance, the rest of the minute when it is over. More than kLimit
// kinds at a time are counted in one event `audit.overflow`.
//
// Threads: any. Blocking: a mutex, for as long as it takes to walk kLimit entries.
class Notes {
 public:
  static constexpr std::size_t kLimit = 10'000;

  explicit Notes(Metrics& metrics);

  // The record is fit to be stored (make_storable).
  void add(AuditRecord record);

  using Key = Blake2b128;
  struct Due {
    Key key;
    AuditRecord record;
    std::int64_t count = 0;
  };
  enum class Extent : std::uint8_t { Due, All };
  // At most `limit` of those that are to be written now, as they came. Each stays until settle()
  // says what became of it; one caller at a time.
  std::vector<Due> take(Time now, Extent extent, std::size_t limit);
  enum class Outcome : std::uint8_t { Written, Waits };
  void settle(const std::vector<Due>& taken, Outcome outcome, Time now);

  // How many events are not written yet.
  std::int64_t waiting() const;

 private:
  struct Entry {
    AuditRecord record;  // the first of them
    std::int64_t minute = 0;
    std::int64_t arrival = 0;  // their order
    std::int64_t waiting = 0;
    std::int64_t taken = 0;
    bool is_begun = false;  // an event of this kind has been written
  };
  using Entries = std::map<Key, Entry>;
  mutable std::mutex mutex_;  // guards entries_ and arrivals_
  Entries entries_;
  std::int64_t arrivals_ = 0;
  Counter& overflow_;
};

}  // namespace gatehouse::audit
