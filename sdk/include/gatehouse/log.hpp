// The log. One line an event; plugin, time and request id are added. Never log a secret, a body or
// a path with parameters. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include <gatehouse/text.hpp>

namespace gatehouse {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

// One fact of an event: text or a number. Borrows both.
struct LogField {
  LogField(std::string_view field, std::string_view value) : name(field), text(value) {}
  LogField(std::string_view field, std::int64_t value)
      : name(field), number(value), is_number(true) {}

  std::string_view name;
  std::string_view text;
  std::int64_t number = 0;
  bool is_number = false;
};

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

  // One event for people (`text`) and for programs: a log of JSON lines has `fields` as members of
  // the record in the place of the text, every other one has the text. Names are snake_case, none
  // of time, level, source, event, message, request_id.
  virtual void write_fields(LogLevel level,
                            std::string_view event,
                            std::string_view text,
                            [[maybe_unused]] std::span<const LogField> fields) {
    write(level, event, text);
  }

 protected:
  ~Log() = default;
};

}  // namespace gatehouse
