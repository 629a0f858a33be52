// Work beside requests. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <string_view>

namespace gatehouse {

// A job that throws is logged with the plugin's name and counted, and runs again when it is due.
// Threads: jobs run on a thread of the host's, one at a time. None begins before all plugins have
// started, nor after drain began; one that runs then has until the end of the drain.
class Jobs {
 public:
  // Runs `work` every `period` (>= 1 s), in every process that serves: with SQLite there is one.
  // Only in Plugin::wire().
  virtual void every(std::string_view name,
                     std::chrono::seconds period,
                     std::function<void()> work) = 0;
  // Runs `work` once, soon, in this process; it is lost when the process ends. std::runtime_error
  // when 1,000 wait already.
  virtual void post(std::string_view name, std::function<void()> work) = 0;

 protected:
  ~Jobs() = default;
};

}  // namespace gatehouse
