// Events inside a transaction: what one plugin does to its rows, others may veto or follow in the
// same commit. An event is a struct with
//   static constexpr std::string_view kEventName = "gatehouse.user_deleted/1";
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string_view>
#include <utility>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

class Session;

class Events {
 public:
  // `listener` runs inside the publisher's transaction, in the order of the plugins; its Error
  // vetoes the whole change and becomes the publisher's. Only in Plugin::wire().
  template <class E>
  void subscribe(std::function<Result<None>(Session&, const E&)> listener) {
    listen(E::kEventName, [listener = std::move(listener)](Session& session, const void* event) {
      return listener(session, *static_cast<const E*>(event));
    });
  }

  // Calls every listener; return the error so that the transaction is rolled back. A listener that
  // throws is logged with its plugin's name, and its exception goes on to the transaction.
  template <class E>
  Result<None> publish(Session& session, const E& event) const {
    return send(session, E::kEventName, &event);
  }

 protected:
  using Listener = std::function<Result<None>(Session&, const void*)>;
  ~Events() = default;
  virtual void listen(std::string_view name, Listener listener) = 0;
  virtual Result<None> send(Session& session, std::string_view name, const void* event) const = 0;
};

}  // namespace gatehouse
