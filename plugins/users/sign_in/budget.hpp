// The arithmetic of a budget that refills evenly: half of a quota can be taken at once, and within
// a window the other half comes back, so that no window of that length sees more than the quota.
// What is left is told by the time when the budget will be whole again (throttle_repository.hpp).
// Threads: any, immutable. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <gatehouse/result.hpp>

#include "throttle_repository.hpp"

namespace gatehouse::users {

struct BudgetLimit {
  std::string_view policy;  // in RateLimit
  std::int64_t quota = 0;   // within `window`; 0: any number
  std::chrono::microseconds window{};

  std::chrono::microseconds cost() const {
    return quota == 0 ? std::chrono::microseconds() : std::min(window, 2 * window / quota);
  }

  Take take_at(Time now) const {
    // Clocks of instances may differ by as much as a window. Without a limit nothing is too late.
    const Time last = quota == 0 ? Time::max() : now + window - cost();
    return {now, cost(), last, now + 2 * window};
  }

  // Of somebody whose budget will be whole at `full_at`, and who is shown `shown` as the quota.
  Error refusal(std::string_view reason,
                std::string_view message,
                std::int64_t shown,
                Time full_at,
                Time now) const {
    using std::chrono::seconds;
    const auto wait =
        std::max(seconds(1), std::chrono::ceil<seconds>(full_at - (now + window - cost())));
    Error error{ErrorCode::RateLimited, std::string(reason), std::string(message), {}, wait};
    error.rate_limit =
        RateLimit{std::string(policy), shown, std::chrono::duration_cast<seconds>(window), 0, wait};
    return error;
  }
};

}  // namespace gatehouse::users
