// Work beside requests. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <string_view>

namespace gatehouse {

// A job that throws is logged with the plugin's name and counted, and runs again when it is due.
// Threads: jobs run on a thread of the host's, one at a time. None begins before all plugins have
// started, nor after drain began; one that runs then has until the end of the drain. Names are
// unique within a plugin.
class Jobs {
 public:
  // Runs `work` every `period` (>= 1 s) in one of the processes that serve from the same database:
  // at least once a period while one of them lives and reaches it, at most one at a time. The time
  // is the database's, so that the processes' clocks may differ. A process that dies in the middle
  // of a run keeps it from the others for half a minute; one that was suspended in the middle, for
  // longer than that, may go on beside another, so what `work` does should stand being done twice.
  // When the database is away the run is late. Only in Plugin::wire().
  virtual void every(std::string_view name,
                     std::chrono::seconds period,
                     std::function<void()> work) = 0;
  // Runs `work` every `period` (>= 1 s) in each process that serves: for what stands in its memory,
  // a cache or a gauge. Only in Plugin::wire().
  virtual void in_every_process(std::string_view name,
                                std::chrono::seconds period,
                                std::function<void()> work) = 0;
  // Runs `work` once, soon, in this process; it is lost when the process ends. std::runtime_error
  // when 1,000 wait already.
  virtual void post(std::string_view name, std::function<void()> work) = 0;

 protected:
  ~Jobs() = default;
};

}  // namespace gatehouse
