// Which routes are being worked on at this moment. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <mutex>
#include <vector>

#include "runtime/router.hpp"

namespace gatehouse::runtime {

// Read when a drain does not end, to say what holds it. Threads: any.
class RunningRoutes {
 public:
  class Scope {
   public:
    Scope(RunningRoutes& all, const RouteEntry& route) : all_(all), route_(route) {
      const std::lock_guard lock(all_.mutex_);
      all_.routes_.push_back(&route_);
    }
    ~Scope() {
      const std::lock_guard lock(all_.mutex_);
      const auto own = std::find(all_.routes_.rbegin(), all_.routes_.rend(), &route_);
      *own = all_.routes_.back();
      all_.routes_.pop_back();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    RunningRoutes& all_;
    const RouteEntry& route_;
  };

  std::vector<const RouteEntry*> list() const {
    const std::lock_guard lock(mutex_);
    return routes_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<const RouteEntry*> routes_;  // guarded by mutex_; no more than there are threads
};

}  // namespace gatehouse::runtime
