// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <gatehouse/runtime/request_scope.hpp>

namespace gatehouse {
namespace {

thread_local RequestScope* innermost = nullptr;

}  // namespace

RequestScope::RequestScope() : outer_(std::exchange(innermost, this)) {}

RequestScope::~RequestScope() {
  innermost = outer_;
}

RequestScope* RequestScope::current() {
  return innermost;
}

void RequestScope::before_commit(std::function<void(Session&)> hook) {
  before_commit_ = std::move(hook);
}

}  // namespace gatehouse
