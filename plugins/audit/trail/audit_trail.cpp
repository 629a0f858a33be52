// SPDX-License-Identifier: Apache-2.0
#include "audit_trail.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/account_directory.hpp>

#include "chain_seal.hpp"

namespace gatehouse::audit {
namespace {

// Notes of one transaction: short enough that changes that meet it do not wait.
constexpr std::size_t kBatch = 100;

}  // namespace

StoredAuditTrail::StoredAuditTrail(Context& host, const TrailRepository& rows)
    : host_(host),
      rows_(rows),
      forged_heads_(host.metrics().counter(
          "audit_forged_heads_total",
          "Events behind a head of the audit trail that the server has not written.",
          {})) {}

Result<None> StoredAuditTrail::append(Session& db, const AuditRecord& record) {
  AuditRecord kept = record;
  make_storable(kept);
  return insert(db, kept, 1, chain_of(kept, Origin::Change));
}

Result<None> StoredAuditTrail::insert(Session& db,
                                      const AuditRecord& record,
                                      std::int64_t count,
                                      std::int64_t chain) {
  GATEHOUSE_TRY(const ClaimedPlace place, rows_.claim_place(db, chain));
  const auto personal = personal_parts(record, host_.random());
  StoredEvent event = to_event(record, count, personal);
  event.chain = chain;
  GATEHOUSE_TRY(bool is_put, put(db, event, personal, place));
  if (is_put) return None{};
  GATEHOUSE_TRY(const ClaimedPlace free, rows_.find_free_place(db, chain, place));
  GATEHOUSE_TRY(is_put, put(db, event, personal, free));
  if (!is_put) return unavailable("The audit trail has no place for the event.");
  return None{};
}

Result<bool> StoredAuditTrail::put(Session& db,
                                   StoredEvent& event,
                                   const std::vector<PersonalPart>& personal,
                                   const ClaimedPlace& place) {
  event.number = place.number;
  event.sequence = place.sequence;
  event.hash = hash_of(event, place.hash);
  const bool is_good = holds(event.chain, place);
  const std::string mac = is_good ? seal_head(host_.keys(), event.chain, event.sequence, event.hash)
                                  : std::string(kForged);
  GATEHOUSE_TRY(const bool is_put, rows_.insert(db, event, personal, mac));
  if (is_put && !is_good) tell_forged(event.chain);
  return is_put;
}

bool StoredAuditTrail::holds(std::int64_t chain, const ClaimedPlace& place) const {
  const bool is_new = place.sequence == 1 && place.hash.empty() && place.mac.empty();
  return is_new ||
         holds_head(host_.keys(), {chain, place.sequence - 1, place.hash, place.mac, 1, "", ""});
}

void StoredAuditTrail::tell_forged(std::int64_t chain) {
  forged_heads_.add(1);
  const std::lock_guard lock(mutex_);
  if (!told_.insert(chain).second) return;
  host_.log().error("audit_head_forged",
                    "The newest row of chain {} is not the server's, or was vouched for under a "
                    "master key that is gone. Events are still kept, but not vouched for: "
                    "`gatehouse audit verify` tells more.",
                    chain);
}

void StoredAuditTrail::note(AuditRecord record) noexcept {
  try {
    make_storable(record);
    notes_.add(std::move(record));
    if (!is_serving_) write_notes(Notes::Extent::All);
  } catch (const std::exception& error) {
    host_.log().error("note_lost", "{}", std::string_view(error.what()));
  }
}

void StoredAuditTrail::write_notes(Notes::Extent extent) {
  for (;;) {
    auto taken = notes_.take(host_.clock().now(), extent, kBatch);
    if (taken.empty()) return;
    const auto settle = [&](Notes::Outcome outcome) {
      notes_.settle(taken, outcome, host_.clock().now());
    };
    try {
      const auto written = write(taken);
      settle(written ? Notes::Outcome::Written : Notes::Outcome::Waits);
      if (!written) {
        if (!std::exchange(waits_, true)) {
          host_.log().warning("notes_wait",
                              "{} refusals and sign-ins wait to be written: {}",
                              notes_.waiting(),
                              written.error().message);
        }
        return;
      }
      waits_ = false;
    } catch (...) {
      settle(Notes::Outcome::Waits);
      throw;
    }
  }
}

void StoredAuditTrail::end_serving() {
  write_notes(Notes::Extent::All);
  const std::int64_t lost = notes_.waiting();
  if (lost == 0) return;
  host_.log().error("notes_lost", "{} refusals and sign-ins could not be written", lost);
}

Result<None> StoredAuditTrail::write(const std::vector<Notes::Due>& notes) {
  return host_.storage().write([&](Session& db) -> Result<None> {
    for (const Notes::Due& due : notes) {
      GATEHOUSE_CHECK(insert(db, due.record, due.count, chain_of(due.record, Origin::Note)));
    }
    return None{};
  });
}

Result<TrailFilter> StoredAuditTrail::filter_for(Session& db,
                                                 const Principal& who,
                                                 const AuditListing& listing) const {
  TrailFilter filter{listing, visible_trail(who)};
  const auto* accounts = host_.services().find<AccountDirectory>();
  if (filter.sees.clients_of != 0 && accounts != nullptr) {
    GATEHOUSE_TRY(const auto clients, accounts->clients_of(db, filter.sees.clients_of));
    filter.sees.accounts.insert(filter.sees.accounts.end(), clients.begin(), clients.end());
  }
  return filter;
}

Result<std::vector<AuditEntry>> StoredAuditTrail::list(Session& db,
                                                       const Principal& who,
                                                       const AuditListing& listing) const {
  GATEHOUSE_TRY(const TrailFilter filter, filter_for(db, who, listing));
  GATEHOUSE_TRY(const auto rows, rows_.list(db, filter));
  std::vector<AuditEntry> entries;
  entries.reserve(rows.size());
  for (const EventRow& row : rows) entries.push_back(to_entry(row));
  return entries;
}

Result<std::int64_t> StoredAuditTrail::count(Session& db,
                                             const Principal& who,
                                             const AuditListing& listing) const {
  GATEHOUSE_TRY(const TrailFilter filter, filter_for(db, who, listing));
  return rows_.count(db, filter);
}

AuditEntry to_entry(const EventRow& row) {
  AuditEntry entry;
  entry.number = row.number;
  entry.sequence = row.sequence;
  entry.count = row.count;
  entry.record.at = row.at;
  entry.record.outcome = static_cast<AuditOutcome>(row.outcome);
  AuditEvent& event = entry.record.event;
  event.action = row.action;
  event.user = row.user_number;
  event.account = row.account;
  if (auto changes = decode_json<std::vector<std::string>>(row.changes)) {
    event.changes = *std::move(changes);
  }
  event.detail = row.detail;
  event.user_id = row.user_id;
  event.user_name = row.user_name;
  event.active = row.active;
  event.roles_added = Roles::from_bits(static_cast<std::uint32_t>(row.roles_added));
  event.roles_removed = Roles::from_bits(static_cast<std::uint32_t>(row.roles_removed));
  AuditOrigin& origin = entry.record.origin;
  origin.actor = row.actor_number;
  origin.actor_id = row.actor_id;
  origin.actor_name = row.actor_name;
  origin.on_behalf_of = row.on_behalf_of;
  origin.on_behalf_of_id = row.on_behalf_of_id;
  origin.method = row.method;
  origin.remote_address = row.actor_address.empty() ? row.user_address : row.actor_address;
  origin.request_id = row.request_id;
  return entry;
}

}  // namespace gatehouse::audit
