// Ends uses of a database server that have hung: a server that is frozen, or a network that
// swallows everything, would hold a thread for ever. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <gatehouse/log.hpp>

#include "storage/connection.hpp"

namespace gatehouse::storage {

// Threads: any; one of its own, which looks each quarter of a second. Must outlive its watches.
class Watchdog {
 public:
  // After a use's end its statements stop by themselves if the server can; only then we act.
  static constexpr std::chrono::milliseconds kGrace{500};

  explicit Watchdog(Log& log);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  struct Entry {
    Connection* connection;
    std::string_view plugin;
    std::chrono::milliseconds begin;
    std::chrono::milliseconds slow;
    std::chrono::milliseconds end;
    bool warned = false;
    bool interrupted = false;
  };

 public:
  // While it lives, the connection is interrupted kGrace after `end`, and the log gets a line when
  // it was held for `slow`. `plugin` outlives it. Times are of coarse_now().
  class Watch {
   public:
    Watch(Watchdog& watchdog,
          Connection& connection,
          std::string_view plugin,
          std::chrono::milliseconds slow,
          std::chrono::milliseconds end);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& watchdog_;
    std::list<Entry>::iterator entry_;
  };

 private:
  void run();
  void look();

  Log& log_;
  std::mutex mutex_;          // guards all below
  std::list<Entry> entries_;  // those that are watched
  std::list<Entry> spare_;    // nodes to use again
  bool stopping_ = false;
  std::condition_variable stop_;
  std::thread thread_;
};

}  // namespace gatehouse::storage
