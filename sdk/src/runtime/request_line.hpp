// The line of the log that each request leaves. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

#include <gatehouse/log.hpp>

namespace gatehouse::runtime {

// What is empty, or 0, is not known: the request could not be read that far.
struct RequestLine {
  std::string_view method;
  std::string_view route;  // the pattern, never the path: a path may hold a code (security.md 10)
  int status = 0;
  std::chrono::microseconds took{0};
  std::string_view remote_address;
  std::int64_t user = 0;
  std::string_view trace_id;
};

void log_request(Log& log, const RequestLine& line);

}  // namespace gatehouse::runtime
