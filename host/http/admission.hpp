// How many connections there are, in total and from each address.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <gatehouse/time.hpp>

#include "host/http/options.hpp"

namespace gatehouse::host {

// Threads: any. Blocking: only wait_for_none().
class Admission {
 public:
  // `total` stands above options.max_connections, as the file descriptors allow.
  Admission(const HttpOptions& options, std::size_t total);

  // False: one too many. Otherwise release() must follow.
  bool admit(std::string_view address);
  void release(std::string_view address);

  std::size_t count() const;
  // Whether all connections have ended by then.
  bool wait_for_none(std::chrono::steady_clock::time_point until);

 private:
  const std::size_t total_;
  const std::size_t per_address_;
  const std::function<bool(std::string_view)> exempt_;
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;                                    // guarded by mutex_
  std::unordered_map<std::string, std::size_t> by_address_;  // guarded by mutex_
};

// Raises the soft limit of file descriptors to the hard one, and says how many of them connections
// may take: a reserve stays for databases, files and plugins, because an accept() without a
// descriptor fails over and over.
std::size_t descriptors_for_connections();

}  // namespace gatehouse::host
