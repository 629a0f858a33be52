// The deployment as a whole: its epoch, and that its database was restored from a backup.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

class Session;

// A number that only grows, and is never used twice, also when a backup is restored: what was given
// under an earlier one and is judged by it is void. Blocking: one row.
GATEHOUSE_API Result<std::int64_t> deployment_epoch(Session& db);

// A new one, in a write transaction: at least `now` in seconds, so that it is past whatever a
// database that is lost had come to. Returns it.
GATEHOUSE_API Result<std::int64_t> begin_deployment_epoch(Session& db, Time now);

// Published in the transaction of `gatehouse revoke --all`, after an incident: the epoch is new
// already, and whatever lets somebody in without a password ends: sessions, codes; and the API
// tokens when they are named. An Error ends it all.
struct AllRevoked {
  static constexpr std::string_view kEventName = "gatehouse.all_revoked/1";
  std::int64_t epoch = 0;
  bool with_api_tokens = false;
};

// Published in the transaction that readies a restored database, before anybody serves it; plugins
// are wired, not started. Listeners take back what must not come back with old rows: codes, leases.
// The epoch is new already, number sequences go on where the lost database was, and no mail is
// queued. An Error ends the restore.
struct DatabaseRestored {
  static constexpr std::string_view kEventName = "gatehouse.database_restored/1";
  std::int64_t epoch = 0;
};

}  // namespace gatehouse
