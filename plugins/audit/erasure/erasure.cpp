// SPDX-License-Identifier: Apache-2.0
#include "erasure.hpp"

#include <algorithm>
#include <chrono>

#include <gatehouse/time.hpp>

namespace gatehouse::audit {

struct ErasureRequest {
  std::int64_t person = 0;
  Time requested_at;
};
BOOST_DESCRIBE_STRUCT(ErasureRequest, (), (person, requested_at))

namespace {

constexpr std::chrono::hours kOnTheirWay{1};
// Of work(): some 10,000 events.
constexpr int kBatchesAtATime = 20;

constexpr Sql kRequest =
    "insert into audit_erasure (person, requested_at, passes) values (:person, :now, 0) "
    "on conflict (person) do update set requested_at = excluded.requested_at, passes = 0";
constexpr Sql kRequests =
    "select person, requested_at from audit_erasure where passes = 0 or requested_at <= :long_ago "
    "order by person limit 100";
constexpr Sql kPass = "update audit_erasure set passes = 1 where person = :person";
constexpr Sql kForget = "delete from audit_erasure where person = :person";

// By the primary key of audit_personal: a person's next parts, and those up to `last_`.
#define AUDIT_IS_THERE "salt || id || name || address <> ''"
#define AUDIT_PARTS_BEHIND "person = :person and (part, number) > (:part, :number)"
constexpr Sql kNext = "select part, number, " AUDIT_IS_THERE
                      " as is_there from audit_personal where " AUDIT_PARTS_BEHIND
                      " order by part, number limit :limit";
constexpr Sql kErase =
    "update audit_personal set salt = '', id = '', name = '', address = '' "
    "where " AUDIT_PARTS_BEHIND
    " and (part, number) <= (:last_part, :last_number) and " AUDIT_IS_THERE;
constexpr Sql kKnows = "select number from audit_personal where person = :person limit 1";

bool is_there(const PersonsPart& part) {
  return part.is_there;
}

}  // namespace

Result<None> Erasure::request(Session& db, std::int64_t person) const {
  GATEHOUSE_CHECK(db.run(kRequest, person, host_.clock().now()));
  return None{};
}

Result<None> Erasure::work() {
  const Time long_ago = host_.clock().now() - kOnTheirWay;
  GATEHOUSE_TRY(const auto requests, host_.storage().read([&](Session& db) {
    return db.list<ErasureRequest>(kRequests, long_ago);
  }));
  int batches = kBatchesAtATime;
  for (const ErasureRequest& request : requests) {
    Walk& walk = walks_[request.person];
    for (bool more = true; more;) {
      if (batches-- == 0) return None{};
      GATEHOUSE_TRY(more, go_on(request.person, walk));
    }
    walks_.erase(request.person);
    const Sql& end = request.requested_at <= long_ago ? kForget : kPass;
    GATEHOUSE_CHECK(
        host_.storage().write([&](Session& db) { return db.run(end, request.person); }));
  }
  return None{};
}

Result<bool> Erasure::knows(Session& db, std::int64_t person) const {
  GATEHOUSE_TRY(const auto known, db.find<std::int64_t>(kKnows, person));
  return known.has_value();
}

Result<bool> Erasure::has_parts(std::int64_t person) const {
  for (PersonsPart place;;) {
    GATEHOUSE_TRY(const auto parts, next(person, place));
    if (parts.empty()) return false;
    if (std::any_of(parts.begin(), parts.end(), is_there)) return true;
    place = parts.back();
  }
}

Result<std::int64_t> Erasure::erase(std::int64_t person) const {
  Walk walk;
  for (bool more = true; more;) {
    GATEHOUSE_TRY(more, go_on(person, walk));
  }
  return walk.erased;
}

Result<std::vector<PersonsPart>> Erasure::next(std::int64_t person,
                                               const PersonsPart& place) const {
  return host_.storage().read([&](Session& db) {
    return db.list<PersonsPart>(kNext, person, place.part, place.number, kBatch);
  });
}

Result<bool> Erasure::go_on(std::int64_t person, Walk& walk) const {
  GATEHOUSE_TRY(const auto parts, next(person, walk.place));
  if (parts.empty()) return false;
  const PersonsPart& last = parts.back();
  if (std::any_of(parts.begin(), parts.end(), is_there)) {
    GATEHOUSE_TRY(const std::int64_t erased, host_.storage().write([&](Session& db) {
      return db.run(kErase, person, walk.place.part, walk.place.number, last.part, last.number);
    }));
    walk.erased += erased;
  }
  walk.place = last;
  return true;
}

}  // namespace gatehouse::audit
