// What happened, for the audit trail. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/principal.hpp>

namespace gatehouse {

// Who did it, when, from where and in which request are added from the current call. Never put a
// secret in, nor a changed value but those that have a field here: `changes` names fields. Frozen
// for SDK 1.
struct AuditEvent {
  std::string action;        // "noun.verb": "user.created"
  std::int64_t user = 0;     // number of the user it happened to; 0: none
  std::int64_t account = 0;  // number of the account it belongs to, for ever; 0: none
  std::vector<std::string> changes = {};
  std::string detail = {};   // words about it: "current_password", a route
  std::string user_id = {};  // of `user`, and what they are called, as of then
  std::string user_name = {};
  std::optional<bool> active = {};  // what it was set to
  Roles roles_added = {};
  Roles roles_removed = {};
};

// Who did it, from where, in which request.
struct AuditOrigin {
  std::int64_t actor = 0;  // number of the user who did it; 0: a command, a job, a stranger
  std::string actor_id;    // "" where a delegated credential names only the number
  std::string actor_name;
  std::int64_t on_behalf_of = 0;  // whom the actor stood for with a delegated credential; 0: nobody
  std::string on_behalf_of_id;
  std::string method;  // how they had signed in: "basic"; "command" for the operator's
  std::string remote_address;
  std::string request_id;
};

enum class AuditOutcome : std::uint8_t { Success, Refused };

}  // namespace gatehouse
