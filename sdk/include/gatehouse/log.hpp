// The log. One line an event; plugin, time and request id are added. Never log a secret, a body or
// a path with parameters. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

#include <gatehouse/text.hpp>

namespace gatehouse {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

// `event` is a stable snake_case id that operators can search for and the plugin's README explains;
// control characters in texts are escaped. Threads: any. Blocking: no longer than a write to
// stderr.
class Log {
 public:
  template <class... A>
  void debug(std::string_view event, std::string_view pattern, const A&... arguments) {
    write(LogLevel::Debug, event, format(pattern, arguments...));
  }
  template <class... A>
  void info(std::string_view event, std::string_view pattern, const A&... arguments) {
    write(LogLevel::Info, event, format(pattern, arguments...));
  }
  template <class... A>
  void warning(std::string_view event, std::string_view pattern, const A&... arguments) {
    write(LogLevel::Warning, event, format(pattern, arguments...));
  }
  template <class... A>
  void error(std::string_view event, std::string_view pattern, const A&... arguments) {
    write(LogLevel::Error, event, format(pattern, arguments...));
  }

  virtual void write(LogLevel level, std::string_view event, std::string_view text) = 0;

 protected:
  ~Log() = default;
};

}  // namespace gatehouse
