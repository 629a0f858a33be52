// SPDX-License-Identifier: Apache-2.0
#include "gone_users.hpp"

#include <array>
#include <optional>
#include <vector>

#include <gatehouse/jobs.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/services.hpp>

namespace gatehouse::audit {

// A page of a person's events.
struct PageOfPerson {
  std::optional<std::int64_t> last;  // nothing: there is none left
  std::int64_t parts = 0;            // events that still have a part of them
};
BOOST_DESCRIBE_STRUCT(PageOfPerson, (), (last, parts))

namespace {

// People are found by the partial indexes of audit_event, jumping from one number to the next. What
// was erased keeps its number there, so somebody who is gone is looked for among the parts.
#define AUDIT_NEXT(column, person) \
  "(select min(" column ") from audit_event where " column " > 0 and " column " > " person ")"
#define AUDIT_WAY(column)                                                                       \
  {                                                                                             \
    "with recursive people(person) as (select " AUDIT_NEXT(column, ":after") " union all "    \
        "select " AUDIT_NEXT(column, "people.person") " from people "                         \
        "where people.person is not null) "                                                   \
        "select person from people where person is not null limit :limit",                    \
        "select max(number) as last, coalesce(sum(case when exists (select 1 from "           \
        "audit_personal p where p.chain = e.chain and p.sequence = e.sequence and p.person "  \
        "= :person) then 1 else 0 end), 0) as parts from (select number, chain, sequence "    \
        "from audit_event where " column " = :number and " column " > 0 and number > :after " \
        "order by number limit :limit) e" \
  }
struct Way {
  Sql people;
  Sql parts;
};
constexpr std::array<Way, 3> kWays = {
    {AUDIT_WAY("user_number"), AUDIT_WAY("actor_number"), AUDIT_WAY("on_behalf_of")}};

// Those of the next people whom the directory does not know. `after`: moved behind them all.
Result<std::vector<std::int64_t>> find_unknown(Session& db,
                                               const UserDirectory& users,
                                               const Sql& people,
                                               std::int64_t& after) {
  GATEHOUSE_TRY(auto found, db.list<std::int64_t>(people, after, GoneUsers::kBatch));
  if (!found.empty()) after = found.back();
  std::vector<std::int64_t> unknown;
  for (const std::int64_t person : found) {
    GATEHOUSE_TRY(const auto user, users.find_by_number(db, person));
    if (!user) unknown.push_back(person);
  }
  return unknown;
}

// Whether there is anything to erase of somebody in events of this way.
Result<bool> has_parts(Context& host, const Way& way, std::int64_t person) {
  std::int64_t after = 0;
  for (;;) {
    GATEHOUSE_TRY(const auto page, host.storage().read([&](Session& db) {
      return db.get<PageOfPerson>(way.parts, person, person, after, Erasure::kBatch);
    }));
    if (page.parts > 0) return true;
    if (!page.last) return false;
    after = *page.last;
  }
}

}  // namespace

void GoneUsers::post(Place place) {
  // One job for each batch, so that others need not wait for all.
  host_.jobs().post("find_gone_users", [this, place]() mutable {
    const auto* users = host_.services().find<UserDirectory>();
    if (users == nullptr) return;
    const auto more = go_on(*users, place);
    if (!more) {
      host_.log().warning("erasure_waits", "{}", more.error().message);
    } else if (*more) {
      post(place);
    }
  });
}

Result<bool> GoneUsers::go_on(const UserDirectory& users, Place& place) const {
  const Way& way = kWays[place.way];
  std::int64_t last = place.after;
  // Looked up after their events were seen: a user comes into the database with the first of them.
  GATEHOUSE_TRY(const auto gone, host_.storage().read([&](Session& db) {
    last = place.after;
    return find_unknown(db, users, way.people, last);
  }));
  for (const std::int64_t person : gone) {
    GATEHOUSE_TRY(const bool is_here, has_parts(host_, way, person));
    if (!is_here) continue;
    GATEHOUSE_CHECK(
        host_.storage().write([&](Session& db) { return erasure_.request(db, person); }));
  }
  if (last == place.after) {
    ++place.way;
    last = 0;
  }
  place.after = last;
  return place.way < kWays.size();
}

}  // namespace gatehouse::audit
