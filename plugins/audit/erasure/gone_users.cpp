// SPDX-License-Identifier: Apache-2.0
#include "gone_users.hpp"

#include <utility>
#include <vector>

#include <gatehouse/jobs.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/services.hpp>

namespace gatehouse::audit {

namespace {

// By the primary key of audit_personal, jumping from one person to the next.
#define AUDIT_NEXT(person) "(select min(person) from audit_personal where person > " person ")"
constexpr Sql kPeople =
    "with recursive people(person) as (select " AUDIT_NEXT(":after") " union all "
    "select " AUDIT_NEXT("people.person") " from people where people.person is not null) "
    "select person from people where person is not null limit :limit";

// Those of the next people whom the directory does not know. `after`: moved behind them all.
Result<std::vector<std::int64_t>> find_unknown(Session& db,
                                               const UserDirectory& users,
                                               std::int64_t& after) {
  GATEHOUSE_TRY(auto found, db.list<std::int64_t>(kPeople, after, GoneUsers::kBatch));
  if (!found.empty()) after = found.back();
  std::vector<std::int64_t> unknown;
  for (const std::int64_t person : found) {
    GATEHOUSE_TRY(const auto user, users.find_by_number(db, person));
    if (!user) unknown.push_back(person);
  }
  return unknown;
}

}  // namespace

void GoneUsers::post(std::int64_t after) {
  // One job for each batch, so that others need not wait for all.
  host_.jobs().post("find_gone_users", [this, after]() mutable {
    const auto* users = host_.services().find<UserDirectory>();
    if (users == nullptr) return;
    const auto more = go_on(*users, after);
    if (!more) {
      host_.log().warning("erasure_waits", "{}", more.error().message);
    } else if (*more) {
      post(after);
    }
  });
}

Result<bool> GoneUsers::go_on(const UserDirectory& users, std::int64_t& after) const {
  std::int64_t last = after;
  // Looked up after their events were seen: a user comes into the database with the first of them.
  GATEHOUSE_TRY(const auto gone, host_.storage().read([&](Session& db) {
    last = after;
    return find_unknown(db, users, last);
  }));
  for (const std::int64_t person : gone) {
    // What was erased keeps its number.
    GATEHOUSE_TRY(const bool is_here, erasure_.has_parts(person));
    if (!is_here) continue;
    GATEHOUSE_CHECK(
        host_.storage().write([&](Session& db) { return erasure_.request(db, person); }));
  }
  return last != std::exchange(after, last);
}

}  // namespace gatehouse::audit
