// Writes that are not part of the request in which they happen.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include <gatehouse/export.hpp>

namespace gatehouse {

class RequestScope;

// While it lives, one Db::write() of its thread stands for itself: it is not the one write of the
// request, is bound to no If-Match, and stays whatever becomes of the request. For what must not be
// undone by it: an attempt that is counted before a password is judged. Lives on the stack, shorter
// than the handler; not inside a callback of Db, nor after the write() of a request with an
// Idempotency-Key. Threads: its own. Blocking: never.
class GATEHOUSE_API BesideRequest {
 public:
  BesideRequest();
  ~BesideRequest();
  BesideRequest(const BesideRequest&) = delete;
  BesideRequest& operator=(const BesideRequest&) = delete;

 private:
  std::unique_ptr<RequestScope> scope_;
};

}  // namespace gatehouse
