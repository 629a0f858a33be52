// The clock of leases and time limits. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include <time.h>

namespace gatehouse::storage {

// Monotonic, ticks every 1 to 4 ms: fine for what is measured in seconds, at a fifth of the exact
// clock's cost, which a read by primary key would feel.
inline std::chrono::milliseconds coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::duration_cast<std::chrono::milliseconds>(
                                                std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace gatehouse::storage
