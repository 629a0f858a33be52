// The counting of connections, and the file descriptors that bound it.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/admission.hpp"

#include <algorithm>

#include <sys/resource.h>

#include "host/config/network.hpp"

namespace gatehouse::host {

Admission::Admission(const HttpOptions& options, std::size_t total)
    : total_(std::min(total, options.max_connections)),
      per_address_(options.max_connections_per_address),
      exempt_(options.is_trusted_proxy) {}

bool Admission::admit(std::string_view address) {
  const bool exempt = exempt_ && exempt_(address);
  auto key = address_group(address);
  const std::lock_guard lock(mutex_);
  if (count_ >= total_) return false;
  auto& from_address = by_address_[std::move(key)];
  if (!exempt && from_address >= per_address_) return false;
  ++from_address;
  ++count_;
  return true;
}

void Admission::release(std::string_view address) {
  const auto key = address_group(address);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_address_.find(key); found != by_address_.end()) {
    if (--found->second == 0) by_address_.erase(found);
  }
  if (--count_ == 0) none_.notify_all();
}

std::size_t Admission::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool Admission::wait_for_none(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  return none_.wait_until(lock, until, [this] { return count_ == 0; });
}

std::size_t descriptors_for_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 512;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto descriptors = static_cast<std::size_t>(limit.rlim_cur);
  return descriptors - std::min<std::size_t>(1024, descriptors / 2);
}

}  // namespace gatehouse::host
