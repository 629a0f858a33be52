// What happened, for the audit trail. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse {

// Who, when, from where and in which request are added from the current call. Never put a secret or
// a changed value in: `changes` names fields. Frozen for SDK 1.
struct AuditEvent {
  std::string action;        // "noun.verb": "user.created"
  std::int64_t user = 0;     // the user it happened to; 0: none
  std::int64_t account = 0;  // the account it belongs to; 0: none
  std::vector<std::string> changes = {};
  std::string detail = {};
};

}  // namespace gatehouse
