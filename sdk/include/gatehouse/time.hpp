// Time as the whole house keeps it: UTC, microseconds. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

// Stored as int64 microseconds since 1970 (UTC), shown as RFC 3339 with milliseconds.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

// "2026-11-21T17:10:47.169Z" (RFC 3339, UTC, milliseconds, truncated).
GATEHOUSE_API std::string to_rfc3339(Time time);

// Takes any RFC 3339 date-time, with any offset and up to nine digits of a second's fraction (those
// past microseconds are dropped). Nothing for everything else, leap seconds included.
GATEHOUSE_API std::optional<Time> parse_rfc3339(std::string_view text);

// Where plugins get the time from, so that tests can set it. Threads: any. Blocking: never.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

}  // namespace gatehouse
