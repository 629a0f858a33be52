// SPDX-License-Identifier: Apache-2.0
#include "erasure.hpp"

#include <array>
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

// The ways in which a person is in an event, each with an index: its next events, and what goes of
// them.
#define AUDIT_EVENTS_BY(column) \
  " from audit_event where " column " = :number and " column " > 0 and number > :after "
#define AUDIT_WAY(column)                                                              \
  {                                                                                    \
    "select number" AUDIT_EVENTS_BY(column) "order by number limit :limit",            \
        "delete from audit_personal where person = :person and (chain, sequence) in (" \
        "select chain, sequence" AUDIT_EVENTS_BY(column) "and number <= :last)"        \
  }
struct Way {
  Sql next;
  Sql erase;
};
constexpr std::array<Way, 3> kWays = {
    {AUDIT_WAY("user_number"), AUDIT_WAY("actor_number"), AUDIT_WAY("on_behalf_of")}};

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
  for (const Way& way : kWays) {
    GATEHOUSE_TRY(const auto first, db.find<std::int64_t>(way.next, person, std::int64_t{0}, 1));
    if (first) return true;
  }
  return false;
}

Result<std::int64_t> Erasure::erase(std::int64_t person) const {
  Walk walk;
  for (bool more = true; more;) {
    GATEHOUSE_TRY(more, go_on(person, walk));
  }
  return walk.erased;
}

Result<bool> Erasure::go_on(std::int64_t person, Walk& walk) const {
  if (walk.way == kWays.size()) return false;
  const Way& way = kWays[walk.way];
  GATEHOUSE_TRY(const auto numbers, host_.storage().read([&](Session& db) {
    return db.list<std::int64_t>(way.next, person, walk.after, kBatch);
  }));
  if (numbers.empty()) {
    ++walk.way;
    walk.after = 0;
    return true;
  }
  GATEHOUSE_TRY(const std::int64_t erased, host_.storage().write([&](Session& db) {
    return db.run(way.erase, person, person, walk.after, numbers.back());
  }));
  walk.erased += erased;
  walk.after = numbers.back();
  return true;
}

}  // namespace gatehouse::audit
