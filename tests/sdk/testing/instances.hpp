// Several instances on one database. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include <gatehouse/testing/database.hpp>

#include "tests/sdk/testing/bare_runtime.hpp"

namespace gatehouse::testing {

// A plugin of type P in a runtime of its own.
template <class P>
struct Instance {
  explicit Instance(const TestDatabase& place)
      : runtime(plugin, {}, BareRuntime::RequestLines::No, place.options()) {}
  P plugin;
  BareRuntime runtime;
};

// Polls until `condition` holds; false after twenty seconds.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace gatehouse::testing
