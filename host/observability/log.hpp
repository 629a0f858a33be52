// The log of the host and of every plugin: one record, one line on stderr.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <gatehouse/log.hpp>
#include <gatehouse/time.hpp>

namespace spdlog::sinks {
class sink;
}

namespace gatehouse::host {

class LineWriter;

enum class LogShape : std::uint8_t { Text, Json };

struct LogOptions {
  LogShape shape = LogShape::Text;
  LogLevel level = LogLevel::Info;
  // The id of the request that the calling thread works on; empty outside of one.
  std::function<std::string_view()> current_request_id;
};

// Text looks like
//   2026-11-21T17:10:47.169Z warning users sign_in_refused: the text request_id=4f1c...
// and JSON like
//   {"time":"...","level":"warning","source":"users","event":"sign_in_refused","message":"the
//   text",
//    "request_id":"4f1c..."}
// where fields of Log::write_fields() stand in the place of "message".
// Control characters and marks that turn the direction of writing are escaped, bytes that are not
// UTF-8 replaced, texts cut after 8 KiB: nothing that a client sends makes a second record or moves
// a cursor. Threads: any. Blocking: until write_behind() for as long as the stream does.
class Logs {
 public:
  // `clock` and `stream` must outlive it and all that it hands out.
  Logs(LogOptions options, const Clock& clock, std::FILE* stream);
  ~Logs();
  Logs(const Logs&) = delete;
  Logs& operator=(const Logs&) = delete;

  // From now on records wait in a bounded queue for a thread that writes them: whoever does not
  // read the stream stops nobody, and loses the oldest records. How many says a record
  // `log_dropped`, as soon as the stream takes one again, and `dropped` before. Once.
  void write_behind(std::function<void(std::size_t count)> dropped);
  // Waits until everything is written, for two seconds at most. Records that come later are lost.
  // False: the stream takes nothing, and the process has to end with _exit().
  bool finish();

  // The log of a plugin, or of the host ("host"). The same name gives the same object.
  Log& of(std::string_view source);

 private:
  class Source;
  void write(std::string_view source,
             LogLevel level,
             std::string_view event,
             std::string_view text,
             std::span<const LogField> fields);
  std::string compose(std::string_view source,
                      LogLevel level,
                      std::string_view event,
                      std::string_view text,
                      std::span<const LogField> fields) const;

  LogOptions options_;
  const Clock& clock_;
  std::shared_ptr<spdlog::sinks::sink> sink_;
  std::mutex mutex_;  // guards sources_
  std::map<std::string, std::unique_ptr<Source>, std::less<>> sources_;
  std::unique_ptr<LineWriter> writer_;
  std::atomic<LineWriter*> behind_ = nullptr;  // writer_, once it is there
};

// Text when the stream is a terminal.
LogShape shape_for(std::FILE* stream);

}  // namespace gatehouse::host
