// SPDX-License-Identifier: Apache-2.0
#include "runtime/events.hpp"

#include <gatehouse/log.hpp>

namespace gatehouse::runtime {

Result<None> tell_listeners(const Registry& registry,
                            const Facilities& facilities,
                            Session& session,
                            std::string_view name,
                            const void* event) {
  const auto found = registry.subscriptions.find(name);
  if (found == registry.subscriptions.end()) return None{};
  for (const Registry::Subscription& subscription : found->second) {
    try {
      GATEHOUSE_CHECK(subscription.listener(session, event));
    } catch (...) {
      // The transaction decides what the exception means (a retry, a dead database, a bug); here
      // only the name of the listener is known.
      facilities.log_for(subscription.plugin)
          .warning("listener_failed", "the listener to {} failed", name);
      throw;
    }
  }
  return None{};
}

}  // namespace gatehouse::runtime
