// The statements that read the trail. SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>

#include <gatehouse/body.hpp>

#include "trail_repository.hpp"
#include "trail_sql.hpp"

namespace gatehouse::audit {
namespace {

#define AUDIT_SQLITE_NUMBERS(name) "(select value from json_each(" name "))"
#define AUDIT_POSTGRESQL_NUMBERS(name) \
  "(select cast(value as bigint) from json_array_elements_text(cast(" name " as json)))"

#define AUDIT_MATCH(number)                                                                        \
  "e.action = coalesce(nullif(cast(:action as text), ''), e.action) and "                          \
  "cast(:actor as bigint) in (0, e.actor_number) and e.at >= :since and e.at < :until and " number \
  " < :before "
// What the reader may see: all, events about themselves, events of accounts they reach.
#define AUDIT_VISIBLE(numbers)                                                     \
  "(cast(:all as boolean) or e.user_number = nullif(cast(:self as bigint), 0) or " \
  "e.account in " numbers(":accounts") ") and "

// Ways to the rows, each by an index whose order is that of the list; `w` are a person's parts.
#define AUDIT_FROM_EVENTS "from audit_event e "
#define AUDIT_FROM_PARTS "from audit_personal w cross join audit_event e "
#define AUDIT_OF_ACTOR                                                          \
  "w.person = :by and w.person > 0 and w.part = 1 and e.number = w.number and " \
  "e.actor_number = w.person and "
#define AUDIT_OF_ACCOUNT "e.account = :account and e.account > 0 and "
#define AUDIT_OF_USER                                                             \
  "w.person = :user and w.person > 0 and w.part = 2 and e.number = w.number and " \
  "e.user_number = w.person and cast(:account as bigint) in (0, e.account) and "
// Of a reader who names nothing and may see some: looked up first, and then sorted.
#define AUDIT_REACHED(numbers)                                                        \
  "e.number in (select number from audit_personal where person > 0 and "              \
  "person = cast(:self as bigint) and part = 2 union select number from audit_event " \
  "where account > 0 and account in " numbers(":accounts") ") and "

#define AUDIT_SELECT(from) \
  "select " AUDIT_EVENT_COLUMNS AUDIT_PERSONAL_COLUMNS from AUDIT_JOIN_PERSONAL "where "
#define AUDIT_NEWEST_FIRST(number) "order by " number " desc limit :limit offset :offset"
#define AUDIT_COUNT(from) "select count(*) as count " from "where "

#define AUDIT_BOTH(select, which, rest)                                                  \
  Sql {                                                                                  \
    select which(AUDIT_SQLITE_NUMBERS) rest, select which(AUDIT_POSTGRESQL_NUMBERS) rest \
  }
#define AUDIT_ACTORS AUDIT_OF_ACTOR AUDIT_MATCH("w.number")
#define AUDIT_ACCOUNTS(numbers) AUDIT_OF_ACCOUNT AUDIT_VISIBLE(numbers) AUDIT_MATCH("e.number")
#define AUDIT_USERS(numbers) AUDIT_OF_USER AUDIT_VISIBLE(numbers) AUDIT_MATCH("w.number")
#define AUDIT_REACHES(numbers) AUDIT_REACHED(numbers) AUDIT_MATCH("e.number")

enum class Way : std::size_t { Whole, Actor, Account, User, Reached };
constexpr Sql kList[] = {
    AUDIT_SELECT(AUDIT_FROM_EVENTS) AUDIT_MATCH("e.number") AUDIT_NEWEST_FIRST("e.number"),
    AUDIT_SELECT(AUDIT_FROM_PARTS) AUDIT_ACTORS AUDIT_NEWEST_FIRST("w.number"),
    AUDIT_BOTH(AUDIT_SELECT(AUDIT_FROM_EVENTS), AUDIT_ACCOUNTS, AUDIT_NEWEST_FIRST("e.number")),
    AUDIT_BOTH(AUDIT_SELECT(AUDIT_FROM_PARTS), AUDIT_USERS, AUDIT_NEWEST_FIRST("w.number")),
    AUDIT_BOTH(AUDIT_SELECT(AUDIT_FROM_EVENTS), AUDIT_REACHES, AUDIT_NEWEST_FIRST("e.number")),
};
constexpr Sql kCount[] = {
    AUDIT_COUNT(AUDIT_FROM_EVENTS) AUDIT_MATCH("e.number"),
    AUDIT_COUNT(AUDIT_FROM_PARTS) AUDIT_ACTORS,
    AUDIT_BOTH(AUDIT_COUNT(AUDIT_FROM_EVENTS), AUDIT_ACCOUNTS, ""),
    AUDIT_BOTH(AUDIT_COUNT(AUDIT_FROM_PARTS), AUDIT_USERS, ""),
    AUDIT_BOTH(AUDIT_COUNT(AUDIT_FROM_EVENTS), AUDIT_REACHES, ""),
};

constexpr Sql kExport = AUDIT_SELECT(AUDIT_FROM_EVENTS)
    "e.number > :after and e.at >= :since and e.at < :until order by e.number limit :limit";

constexpr Sql kKnowsUser =
    "select number from audit_personal where person = :user and person > 0 and part = 2 limit 1";
constexpr Sql kKnowsAccount =
    "select number from audit_event where account = :account and account > 0 limit 1";

Way way_of(const TrailFilter& filter) {
  if (filter.listing.user) return Way::User;
  if (filter.listing.account) return Way::Account;
  if (!filter.sees.all) return Way::Reached;
  return filter.listing.actor != 0 ? Way::Actor : Way::Whole;
}

// Calls `ask` with what the statement of that way binds, but limit and offset.
template <class F>
auto with_filter(const TrailFilter& filter, F&& ask) {
  const AuditListing& listing = filter.listing;
  constexpr Time kFirst{Time::duration{std::numeric_limits<std::int64_t>::min()}};
  constexpr Time kLast{Time::duration{std::numeric_limits<std::int64_t>::max()}};
  const auto matching = [&](const auto&... way) {
    return ask(way...,
               listing.action,
               listing.actor,
               listing.since.value_or(kFirst),
               listing.until.value_or(kLast),
               listing.before.value_or(std::numeric_limits<std::int64_t>::max()));
  };
  const std::string accounts = encode_json(filter.sees.accounts);
  switch (way_of(filter)) {
    case Way::Whole:
      break;
    case Way::Actor:
      return matching(listing.actor);
    case Way::Account:
      return matching(*listing.account, filter.sees.all, filter.sees.self, accounts);
    case Way::User:
      return matching(
          *listing.user, listing.account.value_or(0), filter.sees.all, filter.sees.self, accounts);
    case Way::Reached:
      return matching(filter.sees.self, accounts);
  }
  return matching();
}

}  // namespace

const Sql& TrailRepository::list_statement(const TrailFilter& filter) {
  return kList[static_cast<std::size_t>(way_of(filter))];
}

Result<std::vector<EventRow>> TrailRepository::list(Session& db, const TrailFilter& filter) const {
  return with_filter(filter, [&](const auto&... bound) {
    return db.list<EventRow>(
        list_statement(filter), bound..., filter.listing.limit, filter.listing.offset);
  });
}

Result<std::int64_t> TrailRepository::count(Session& db, const TrailFilter& filter) const {
  TrailFilter all = filter;
  all.listing.before.reset();
  return with_filter(all, [&](const auto&... bound) {
    return db.get<std::int64_t>(kCount[static_cast<std::size_t>(way_of(filter))], bound...);
  });
}

Result<std::vector<EventRow>> TrailRepository::export_page(
    Session& db, std::int64_t after, Time since, Time until, std::int64_t limit) const {
  return db.list<EventRow>(kExport, after, since, until, limit);
}

Result<bool> TrailRepository::knows_user(Session& db, std::int64_t user) const {
  GATEHOUSE_TRY(const auto found, db.find<std::int64_t>(kKnowsUser, user));
  return found.has_value();
}

Result<bool> TrailRepository::knows_account(Session& db, std::int64_t account) const {
  GATEHOUSE_TRY(const auto found, db.find<std::int64_t>(kKnowsAccount, account));
  return found.has_value();
}

}  // namespace gatehouse::audit
