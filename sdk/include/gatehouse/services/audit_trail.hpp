// Where events of the audit trail go, and where they are read. Provided by the audit plugin;
// without it nothing is kept. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/audit.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

struct Principal;
class Session;

struct AuditRecord {
  AuditEvent event;
  AuditOrigin origin;
  AuditOutcome outcome = AuditOutcome::Success;
  Time at;
};

// An event as it is read. Names and addresses are empty once they were erased. Frozen for SDK 1.
struct AuditEntry {
  std::int64_t number = 0;    // the order of the whole trail, never used again
  std::int64_t sequence = 0;  // the place in its chain, from 1
  AuditRecord record;
  std::int64_t count = 1;  // of refusals that are alike and were counted together
};

// What a reading shows; the filters are ANDed.
struct AuditListing {
  std::optional<std::int64_t> user;     // events about this user
  std::optional<std::int64_t> account;  // events of this account
  std::string action;                   // exactly; "": any
  std::int64_t actor = 0;               // 0: any
  std::optional<Time> since;            // from then on
  std::optional<Time> until;            // before then
  std::optional<std::int64_t> before;   // only numbers below, for the next page
  std::int64_t offset = 0;
  std::int64_t limit = 50;  // 1..1,000
};

// Ownership: the audit plugin's; valid until Plugin::stop(). Threads: any. Blocking: the database,
// in the caller's session, but for note().
class AuditTrail {
 public:
  static constexpr std::string_view kServiceName = "gatehouse.audit_trail/1";

  // Inside Db::write(): the event stands or falls with the transaction. An error ends it.
  virtual Result<None> append(Session& db, const AuditRecord& record) = 0;

  // Outside any transaction: a refusal, or a sign-in. Those that are alike within a minute are
  // counted together. Never blocks and never fails; beyond a bound they are only counted.
  virtual void note(AuditRecord record) noexcept = 0;

  // The newest first, as far as `who` may read them (visible_trail()).
  virtual Result<std::vector<AuditEntry>> list(Session& db,
                                               const Principal& who,
                                               const AuditListing& listing) const = 0;
  // How many list() would show without before, offset and limit.
  virtual Result<std::int64_t> count(Session& db,
                                     const Principal& who,
                                     const AuditListing& listing) const = 0;

 protected:
  ~AuditTrail() = default;
};

}  // namespace gatehouse
