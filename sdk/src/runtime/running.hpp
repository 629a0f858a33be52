// Which routes are being worked on at this moment. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include "runtime/router.hpp"

namespace gatehouse::runtime {

// Read when a drain does not end, to say what holds it. Threads: any; each writes to a part that it
// shares with few others, since every request passes here twice.
class RunningRoutes {
 private:
  struct alignas(64) Part {
    mutable std::mutex mutex;
    std::vector<const RouteEntry*> routes;  // guarded by mutex; no more than there are threads
  };

 public:
  class Scope {
   public:
    Scope(RunningRoutes& all, const RouteEntry& route)
        : part_(all.part_of_thread()), route_(route) {
      const std::lock_guard lock(part_.mutex);
      part_.routes.push_back(&route_);
    }
    ~Scope() {
      const std::lock_guard lock(part_.mutex);
      const auto own = std::find(part_.routes.rbegin(), part_.routes.rend(), &route_);
      *own = part_.routes.back();
      part_.routes.pop_back();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Part& part_;
    const RouteEntry& route_;
  };

  std::vector<const RouteEntry*> list() const {
    std::vector<const RouteEntry*> all;
    for (const Part& part : parts_) {
      const std::lock_guard lock(part.mutex);
      all.insert(all.end(), part.routes.begin(), part.routes.end());
    }
    return all;
  }

 private:
  Part& part_of_thread() {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t own = threads.fetch_add(1, std::memory_order_relaxed);
    return parts_[own % parts_.size()];
  }

  std::array<Part, 16> parts_;
};

}  // namespace gatehouse::runtime
