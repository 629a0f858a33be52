// The invalidation bus: what one process has changed, the caches of all must forget.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include <gatehouse/result.hpp>

namespace gatehouse {

class Session;

// Carries keys of what has changed to every process that serves from the same database. This one
// hears of its own changes before the write() that made them returns, the others within a fraction
// of a second; when that fails (a notification is lost, the connection for them is cut, a pooler
// lets none through, SQLite), within a second and a half. Everything that was committed is told at
// least once, sometimes twice, in no order.
//
// A cache on it answers only while staleness() is below its bound. What it reads beside the bus may
// be old by the time it is put in: count what is told, and keep nothing that was read before the
// last call of the handler.
class Bus {
 public:
  // `key`: what was published. Nothing: anything may have changed, since what happened in between
  // is not known (at the start, and after minutes without the database). Runs on the threads of
  // requests and on one of the host's, on several at once. It must not block, and so not use the
  // database. What it throws is logged.
  using Handler = std::function<void(std::optional<std::string_view> key)>;

  // Inside Db::write(): when that is committed, every subscriber to `topic` is told `key`; when it
  // is rolled back, nobody. A topic is "PLUGIN.what", at most 64 of a-z, 0-9, _ and dots, and
  // belongs to its plugin; a key has at most 255 bytes. std::logic_error: other texts, or not
  // inside write(). Threads: any.
  virtual Result<None> publish(Session& session, std::string_view topic, std::string_view key) = 0;

  // Only in Plugin::wire().
  virtual void subscribe(std::string_view topic, Handler handler) = 0;

  // How long ago this process was last sure to have been told all that had been committed anywhere;
  // time in which the machine slept counts. nanoseconds::max() before the first time: in commands,
  // and until a moment after Plugin::start(). Threads: any. Blocking: never.
  virtual std::chrono::nanoseconds staleness() const = 0;

 protected:
  ~Bus() = default;
};

}  // namespace gatehouse
