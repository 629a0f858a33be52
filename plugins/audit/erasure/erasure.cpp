// SPDX-License-Identifier: Apache-2.0
#include "erasure.hpp"

#include <chrono>

#include <gatehouse/time.hpp>

namespace gatehouse::audit {

namespace {

constexpr std::chrono::hours kLookedForAgain{1};
constexpr std::int64_t kPeopleAtATime = 1'000;

constexpr Sql kRequest =
    "insert into audit_erasure (person, requested_at) values (:person, :now) "
    "on conflict (person) do nothing";
// Whose parts there are still.
constexpr Sql kToErase =
    "select r.person as person from audit_erasure r where exists (select 1 from audit_personal p "
    "where p.person = r.person and p.person > 0) order by r.person limit :limit";
constexpr Sql kForget = "delete from audit_erasure where requested_at < :before";
constexpr Sql kErase =
    "delete from audit_personal where (chain, sequence, part) in (select chain, sequence, part "
    "from audit_personal where person = :person and person > 0 limit :limit)";

}  // namespace

Result<None> Erasure::request(Session& db, std::int64_t person) const {
  GATEHOUSE_CHECK(db.run(kRequest, person, host_.clock().now()));
  return None{};
}

Result<None> Erasure::work() const {
  for (;;) {
    GATEHOUSE_TRY(const auto people, host_.storage().read([](Session& db) {
      return db.list<std::int64_t>(kToErase, kPeopleAtATime);
    }));
    if (people.empty()) break;
    for (const std::int64_t person : people) GATEHOUSE_CHECK(erase(person));
  }
  GATEHOUSE_CHECK(host_.storage().write(
      [&](Session& db) { return db.run(kForget, host_.clock().now() - kLookedForAgain); }));
  return None{};
}

Result<std::int64_t> Erasure::erase(std::int64_t person) const {
  std::int64_t erased = 0;
  for (;;) {
    GATEHOUSE_TRY(const std::int64_t batch, host_.storage().write([&](Session& db) {
      return db.run(kErase, person, kBatch);
    }));
    erased += batch;
    if (batch < kBatch) return erased;
  }
}

}  // namespace gatehouse::audit
