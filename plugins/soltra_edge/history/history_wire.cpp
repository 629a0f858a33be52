// SPDX-License-Identifier: Apache-2.0
#include "history_wire.hpp"

namespace gatehouse::soltra_edge {

Attempt to_wire(const LoginRecord& record) {
  Attempt attempt{record.success, record.user_agent, record.attempted_at, std::nullopt};
  if (!record.remote_address.empty()) attempt.remote_address = record.remote_address;
  return attempt;
}

}  // namespace gatehouse::soltra_edge
