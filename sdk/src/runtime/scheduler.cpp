// SPDX-License-Identifier: Apache-2.0
#include "runtime/scheduler.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

#include <gatehouse/text.hpp>

namespace gatehouse::runtime {

void Scheduler::every(std::string plugin,
                      std::string name,
                      std::chrono::seconds period,
                      std::function<void()> work,
                      std::unique_ptr<ClaimedJob> claim) {
  if (period < std::chrono::seconds(1)) {
    throw std::invalid_argument(format("job '{}': the period is shorter than a second", name));
  }
  const std::lock_guard lock(mutex_);
  for (const Periodic& other : periodic_) {
    if (other.job.plugin == plugin && other.job.name == name) {
      throw std::invalid_argument(format("job '{}' is registered twice", name));
    }
  }
  periodic_.push_back(
      {{std::move(plugin), std::move(name), std::move(work)}, period, std::move(claim), {}});
}

void Scheduler::post(std::string plugin, std::string name, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxWaiting) {
      throw std::runtime_error(format("job '{}': {} jobs wait already", name, kMaxWaiting));
    }
    waiting_.push_back({std::move(plugin), std::move(name), std::move(work)});
  }
  wake_.notify_one();
}

void Scheduler::start() {
  const Instant now = std::chrono::steady_clock::now();
  for (Periodic& periodic : periodic_) {
    periodic.due = now + (periodic.claim ? kFirstLook : periodic.period);
  }
  thread_ = std::thread([this] { loop(); });
}

void Scheduler::run_all() {
  const auto ended = std::make_shared<std::promise<void>>();
  {
    const std::lock_guard lock(mutex_);
    for (const Periodic& periodic : periodic_) waiting_.push_back(periodic.job);
    waiting_.push_back({"", "run_all", [ended] { ended->set_value(); }});
  }
  wake_.notify_one();
  ended->get_future().wait();
}

void Scheduler::hold() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

std::string Scheduler::running() const {
  const std::lock_guard lock(mutex_);
  if (running_ == nullptr) return {};
  return format("job '{}' of plugin '{}'", running_->name, running_->plugin);
}

void Scheduler::stop() {
  hold();
  if (thread_.joinable()) thread_.join();
}

void Scheduler::run(std::unique_lock<std::mutex>& lock,
                    const Job& job,
                    const std::function<void()>& work) {
  running_ = &job;
  lock.unlock();
  guard_(job.plugin, job.name, work);
  lock.lock();
  running_ = nullptr;
}

void Scheduler::run(std::unique_lock<std::mutex>& lock, Periodic& periodic) {
  std::chrono::microseconds wait = periodic.period;
  if (periodic.claim) {
    run(lock, periodic.job, [&] { wait = periodic.claim->run_if_due(periodic.job.work); });
  } else {
    run(lock, periodic.job, periodic.job.work);
  }
  periodic.due = std::chrono::steady_clock::now() + wait;
}

void Scheduler::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!waiting_.empty()) {
      const Job job = std::move(waiting_.front());
      waiting_.pop_front();
      run(lock, job, job.work);
      continue;
    }
    const auto next = std::min_element(
        periodic_.begin(), periodic_.end(), [](const Periodic& a, const Periodic& b) {
          return a.due < b.due;
        });
    const auto may_go_on = [this] { return stopping_ || !waiting_.empty(); };
    if (next == periodic_.end()) {
      wake_.wait(lock, may_go_on);
    } else if (!wake_.wait_until(lock, next->due, may_go_on)) {
      run(lock, *next);
    }
  }
}

}  // namespace gatehouse::runtime
