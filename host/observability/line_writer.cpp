// SPDX-License-Identifier: Apache-2.0
#include "host/observability/line_writer.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include <pthread.h>

namespace gatehouse::host {

struct LineWriter::State {
  std::function<void(const std::string&)> write;
  std::function<void(std::size_t)> lost;
  std::mutex mutex;  // guards all below
  std::condition_variable changed;
  std::deque<std::string> waiting;
  std::size_t dropped = 0;
  bool finishing = false;
  bool finished = false;

  void loop() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return finishing || !waiting.empty(); });
      if (waiting.empty()) break;
      const std::string line = std::move(waiting.front());
      waiting.pop_front();
      const std::size_t gone = std::exchange(dropped, 0);
      lock.unlock();
      if (gone != 0) lost(gone);
      write(line);
      lock.lock();
    }
    finished = true;
    changed.notify_all();
  }
};

LineWriter::LineWriter(std::function<void(const std::string&)> write,
                       std::function<void(std::size_t)> lost)
    : state_(std::make_shared<State>()) {
  state_->write = std::move(write);
  state_->lost = std::move(lost);
  thread_ = std::thread([state = state_] {
    ::pthread_setname_np(::pthread_self(), "gh-log");
    state->loop();
  });
}

LineWriter::~LineWriter() {
  finish(kPatience);
}

void LineWriter::add(std::string line) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->finishing) return;
    if (state_->waiting.size() >= kMaxWaiting) {
      state_->waiting.pop_front();
      ++state_->dropped;
    }
    state_->waiting.push_back(std::move(line));
  }
  state_->changed.notify_all();
}

bool LineWriter::finish(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return true;
  std::unique_lock lock(state_->mutex);
  state_->finishing = true;
  state_->changed.notify_all();
  const bool finished =
      state_->changed.wait_for(lock, patience, [this] { return state_->finished; });
  state_->waiting.clear();  // so that one that wakes up later calls nothing any more
  state_->dropped = 0;
  lock.unlock();
  if (finished) {
    thread_.join();
  } else {
    thread_.detach();
  }
  return finished;
}

}  // namespace gatehouse::host
