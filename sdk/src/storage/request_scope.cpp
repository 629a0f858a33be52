// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <gatehouse/runtime/request_scope.hpp>

namespace gatehouse {
namespace {

thread_local RequestScope* innermost = nullptr;

}  // namespace

RequestScope::RequestScope() : outer_(std::exchange(innermost, this)) {}

RequestScope::~RequestScope() {
  held_.reset();
  innermost = outer_;
}

RequestScope* RequestScope::current() {
  return innermost;
}

void RequestScope::before_commit(std::function<void(Session&)> hook) {
  before_commit_ = std::move(hook);
}

Result<None> RequestScope::commit_held(const std::function<Result<None>(Session&)>& last) {
  const std::unique_ptr<Held> held = std::move(held_);
  auto outcome = held->finish(last);
  lost_hold_ = held->is_lost();
  return outcome;
}

}  // namespace gatehouse
