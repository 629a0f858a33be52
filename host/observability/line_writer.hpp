// Writes lines to a stream without making their authors wait for who reads it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace gatehouse::host {

// A reader that stalls (a pipe nobody empties, a full terminal) must not stop requests: lines wait
// in a bounded queue, and when it is full the oldest go. Threads: any. Blocking: never, but for
// finish().
class LineWriter {
 public:
  static constexpr std::size_t kMaxWaiting = 8'192;

  // `write` writes one line and may block as long as it likes. `lost` is called before the first
  // line after a loss, with the number of lines that have gone since the last call. Both run on the
  // writer's own thread.
  LineWriter(std::function<void(const std::string&)> write,
             std::function<void(std::size_t count)> lost);
  ~LineWriter();  // finish() with kPatience
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void add(std::string line);

  // Waits until all lines are written, at most for `patience`; lines that come later are dropped.
  // False: the writer still blocks, and is left behind with what it uses. It may hold locks of the
  // stream, on which exit() would wait: end with _exit().
  static constexpr std::chrono::seconds kPatience{2};
  bool finish(std::chrono::milliseconds patience);

 private:
  struct State;
  std::shared_ptr<State> state_;  // with the thread, which may outlive this
  std::thread thread_;
};

}  // namespace gatehouse::host
