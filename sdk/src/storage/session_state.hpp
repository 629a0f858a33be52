// What stands behind a Session while a callback runs. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <vector>

#include <gatehouse/audit.hpp>
#include <gatehouse/storage.hpp>

#include "storage/connection.hpp"

namespace gatehouse {

class Session::State {
 public:
  State(storage::Connection& used,
        Engine spoken,
        storage::Access allowed,
        const std::function<void(Session&, const AuditEvent&)>* sink)
      : connection(used), engine(spoken), access(allowed), audit_sink(sink) {}

  storage::Connection& connection;
  const Engine engine;
  const storage::Access access;
  const std::function<void(Session&, const AuditEvent&)>* audit_sink;  // null: nobody listens
  bool failed = false;  // a statement failed: PostgreSQL would refuse all that follows
  // Run in this order once the transaction is committed, never when it is not. They do not throw.
  std::vector<std::function<void()>> after_commit;
};

class SessionAccess {
 public:
  using State = Session::State;
  static Session make(State& state) { return Session(state); }
  static State& state(Session& session) { return session.state_; }
};

}  // namespace gatehouse
