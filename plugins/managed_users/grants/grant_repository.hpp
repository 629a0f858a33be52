// Share grants in the database. Every method takes the caller's session; what changes one tells
// the bus, so that no cache is passed by.
//
// Threads: any; no state. Blocking: one indexed statement each, and one for each change that the
// bus is told of. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/bus.hpp>
#include <gatehouse/storage.hpp>

#include "grant_scopes.hpp"

namespace gatehouse::managed_users {

struct StoredGrant {
  std::int64_t number = 0;  // never used again
  std::string id;
  std::int64_t owner = 0;
  std::int64_t grantee = 0;
  ScopeBits scopes = 0;
  std::int64_t made_by = 0;  // the owner, or who managed them then
  bool confirmed = true;     // by the owner, who made it or agreed to it
  Time created_at;
  std::optional<Time> expires_at;

  bool has_expired(Time now) const { return expires_at && *expires_at <= now; }
  // Whether it gives something. `manager`: who manages the owner now, or 0. What a manager made
  // waits for the owner from the moment on in which they manage them no longer (security.md 7).
  bool is_confirmed(std::int64_t manager) const {
    return confirmed || (manager != 0 && made_by == manager);
  }
};

class GrantRepository {
 public:
  // Owners whose grants have changed, by number.
  static constexpr std::string_view kTopic = "managed_users.grant";
  using Grants = Result<std::vector<StoredGrant>>;

  GrantRepository(Bus& bus, const GrantScopes& scopes) : bus_(bus), scopes_(scopes) {}

  Result<None> insert(Session& db, const StoredGrant& grant) const;
  Result<None> confirm(Session& db, const StoredGrant& grant) const;
  Result<std::optional<StoredGrant>> find(Session& db,
                                          std::int64_t owner,
                                          std::string_view id) const;
  Result<std::optional<StoredGrant>> find_between(Session& db,
                                                  std::int64_t owner,
                                                  std::int64_t grantee) const;
  Grants all_of(Session& db, std::int64_t owner) const;
  Result<std::int64_t> count(Session& db, std::int64_t owner) const;

  static constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::max();
  // The newest first, of those whose number is less than `before`, and that have not expired.
  Grants list_of(
      Session& db, std::int64_t owner, Time now, std::int64_t before, std::int64_t limit) const;
  // The oldest first, of those whose number is more than `after`, and that have not expired.
  Grants list_to(
      Session& db, std::int64_t grantee, Time now, std::int64_t after, std::int64_t limit) const;

  // These delete, and return what they deleted; the last two up to kBatch.
  static constexpr std::size_t kBatch = 1'000;
  Grants take(Session& db, std::int64_t number) const;
  Grants take_of(Session& db, std::int64_t owner) const;
  Grants take_expired_of(Session& db, std::int64_t owner, Time now) const;
  Grants take_to(Session& db, std::int64_t grantee) const;
  Grants take_expired(Session& db, Time now) const;

  // All that the user was granted, however much: at once, and every cache forgets everything.
  Result<None> drop_to(Session& db, std::int64_t grantee) const;

  // All that the methods above run but the insertion; tests read their query plans.
  static std::vector<Sql> statements();

 private:
  template <class... P>
  Grants list(Session& db, const Sql& sql, const P&... parameters) const;
  template <class... P>
  Grants change(Session& db, const Sql& sql, const P&... parameters) const;
  Result<None> tell(Session& db, std::int64_t owner) const;

  Bus& bus_;
  const GrantScopes& scopes_;
};

}  // namespace gatehouse::managed_users
