// Users at the moment of a request, for whoever finds out who is asking. Provided by the users
// plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/principal.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class Session;

// What rights are judged by. Frozen for SDK 1.
struct LiveUser {
  std::int64_t number = 0;
  std::string id;
  std::string username;      // "" for managed users
  std::int64_t account = 0;  // 0: none
  std::int64_t manager = 0;  // 0: not managed
  Roles roles;
  bool api_access = true;
  bool active = true;  // and not locked
  std::optional<Time> expires_at;
  // Grows with every password and every move; what was given under another one is void.
  std::int64_t epoch = 0;

  bool may_act(Time now) const { return active && !(expires_at && *expires_at <= now); }
};

// Ownership: the users plugin's; valid until Plugin::stop(). Threads: any.
class LiveUsers {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.live_users/1";

  // The user as of at most two seconds ago (security.md 12); null: there is none. Blocking: the
  // database, where memory is too old or does not know. Errors: Unavailable.
  virtual Result<std::shared_ptr<const LiveUser>> find(std::int64_t number) = 0;
  // The user as the transaction sees them.
  virtual Result<std::shared_ptr<const LiveUser>> find(Session& db, std::int64_t number) = 0;
  // Notes a sign of life for `last_seen_at`, which moves at most once a minute. Never blocks.
  virtual void note_seen(std::int64_t number) = 0;

 protected:
  ~LiveUsers() = default;
};

// The principal of a user, without anything about the credential.
GATEHOUSE_API Principal principal_of(const LiveUser& user);

}  // namespace gatehouse
