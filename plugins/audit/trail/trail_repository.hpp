// Chains in the database: the only way that rows of the trail are written and read.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/policy.hpp>
#include <gatehouse/storage.hpp>

#include "audit_event.hpp"

namespace gatehouse::audit {

// The next place of a chain, which is the caller's from then on to the end of the transaction.
struct ClaimedPlace {
  std::int64_t sequence = 0;
  std::string hash;         // of the row before; "" for the first
  std::string mac;          // what vouches for that row; "" for the first
  std::int64_t number = 0;  // of the whole trail
};
BOOST_DESCRIBE_STRUCT(ClaimedPlace, (), (sequence, hash, mac, number))

// An event with what is left of the people in it.
struct EventRow : StoredEvent {
  std::string actor_id;
  std::string actor_name;
  std::string actor_address;
  std::string user_id;
  std::string user_name;
  std::string user_address;
  std::string on_behalf_of_id;
};
BOOST_DESCRIBE_STRUCT(
    EventRow,
    (StoredEvent),
    (actor_id, actor_name, actor_address, user_id, user_name, user_address, on_behalf_of_id))

// What a reading shows, bound to what its reader may see.
struct TrailFilter {
  AuditListing listing;
  Visibility sees;  // `accounts` with the clients' among them
};

// Stateless. Threads: any. Blocking: the database. Errors as Session's.
class TrailRepository {
 public:
  // In write(): whoever claims a place in the same chain meanwhile waits, or is run again.
  Result<ClaimedPlace> claim_place(Session& db, std::int64_t chain) const;
  // With its place in it. `mac` vouches for the new head. False: its place, or its number, is
  // taken, and nothing was written.
  Result<bool> insert(Session& db,
                      const StoredEvent& event,
                      const std::vector<PersonalPart>& personal,
                      std::string_view mac) const;
  // The next place that is free, where somebody put rows in the way of `claimed`; without a mac
  // where it is another one.
  Result<ClaimedPlace> find_free_place(Session& db,
                                       std::int64_t chain,
                                       const ClaimedPlace& claimed) const;

  Result<std::vector<EventRow>> list(Session& db, const TrailFilter& filter) const;
  Result<std::int64_t> count(Session& db, const TrailFilter& filter) const;
  // The statement by which list() finds what the filter asks for.
  static const Sql& list_statement(const TrailFilter& filter);
  // By number, of the whole trail, from `after` on.
  Result<std::vector<EventRow>> export_page(
      Session& db, std::int64_t after, Time since, Time until, std::int64_t limit) const;

  // Whether the trail knows the user, or the account, at all.
  Result<bool> knows_user(Session& db, std::int64_t user) const;
  Result<bool> knows_account(Session& db, std::int64_t account) const;
};

}  // namespace gatehouse::audit
