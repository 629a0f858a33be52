// The trail as other plugins see it. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/audit_trail.hpp>

#include "refusals/notes.hpp"
#include "trail_repository.hpp"

namespace gatehouse::audit {

class StoredAuditTrail final : public AuditTrail {
 public:
  StoredAuditTrail(Context& host, const TrailRepository& rows);

  Result<None> append(Session& db, const AuditRecord& record) override;
  void note(AuditRecord record) noexcept override;
  Result<std::vector<AuditEntry>> list(Session& db,
                                       const Principal& who,
                                       const AuditListing& listing) const override;
  Result<std::int64_t> count(Session& db,
                             const Principal& who,
                             const AuditListing& listing) const override;

  // What `who` may see of the listing; looks up whose consultants they are.
  Result<TrailFilter> filter_for(Session& db,
                                 const Principal& who,
                                 const AuditListing& listing) const;

  // Writes what was noted and is due. Called by one thread at a time.
  void write_notes(Notes::Extent extent);
  // From now on write_notes() is called again and again; before, as in a command, notes are written
  // at once.
  void begin_serving() { is_serving_ = true; }
  // Writes all; what cannot be written is lost, and logged.
  void end_serving();

 private:
  Result<None> insert(Session& db,
                      const AuditRecord& record,
                      std::int64_t count,
                      std::int64_t chain);
  // Vouches for the row only where the one before it holds. False: the place is taken.
  Result<bool> put(Session& db,
                   StoredEvent& event,
                   const std::vector<PersonalPart>& personal,
                   const ClaimedPlace& place);
  // Whether nobody but the server has moved the head before `place`.
  bool holds(std::int64_t chain, const ClaimedPlace& place) const;
  void tell_forged(std::int64_t chain);
  Result<None> write(const std::vector<Notes::Due>& notes);

  Context& host_;
  const TrailRepository& rows_;
  Notes notes_{host_.metrics()};
  Counter& forged_heads_;
  std::mutex mutex_;             // guards told_
  std::set<std::int64_t> told_;  // chains whose head is forged, as the log has it
  std::atomic<bool> is_serving_ = false;
  bool waits_ = false;  // of write_notes(): the database is away
};

AuditEntry to_entry(const EventRow& row);

}  // namespace gatehouse::audit
