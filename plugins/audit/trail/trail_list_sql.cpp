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

#define AUDIT_MATCH                                                                         \
  "e.action = coalesce(nullif(cast(:action as text), ''), e.action) and "                   \
  "cast(:actor as bigint) in (0, e.actor_number) and e.at >= :since and e.at < :until and " \
  "e.number < :before "
// What the reader may see: all, events about themselves, events of accounts they reach.
#define AUDIT_VISIBLE(numbers)                                                     \
  "(cast(:all as boolean) or e.user_number = nullif(cast(:self as bigint), 0) or " \
  "e.account in " numbers(":accounts") ") and "

// Ways to the rows, each by an index whose order is that of the list.
#define AUDIT_OF_ACTOR "e.actor_number = :by and e.actor_number > 0 and "
#define AUDIT_OF_ACCOUNT "e.account = :account and e.account > 0 and "
#define AUDIT_OF_USER                                \
  "e.user_number = :user and e.user_number > 0 and " \
  "cast(:account as bigint) in (0, e.account) and "
// Of a reader who names nothing and may see some: looked up first, and then sorted.
#define AUDIT_REACHED(numbers)                                                      \
  "e.number in (select number from audit_event where user_number > 0 and "          \
  "user_number = cast(:self as bigint) union select number from audit_event where " \
  "account > 0 and account in " numbers(":accounts") ") and "

#define AUDIT_SELECT "select " AUDIT_EVENT_COLUMNS AUDIT_PERSONAL_COLUMNS AUDIT_FROM_EVENTS
#define AUDIT_NEWEST_FIRST "order by e.number desc limit :limit offset :offset"
#define AUDIT_COUNT "select count(*) as count from audit_event e where "

#define AUDIT_BOTH(select, which, rest)                                                  \
  Sql {                                                                                  \
    select which(AUDIT_SQLITE_NUMBERS) rest, select which(AUDIT_POSTGRESQL_NUMBERS) rest \
  }
#define AUDIT_ACCOUNTS(numbers) AUDIT_OF_ACCOUNT AUDIT_VISIBLE(numbers) AUDIT_MATCH
#define AUDIT_USERS(numbers) AUDIT_OF_USER AUDIT_VISIBLE(numbers) AUDIT_MATCH
#define AUDIT_REACHES(numbers) AUDIT_REACHED(numbers) AUDIT_MATCH

enum class Way : std::size_t { Whole, Actor, Account, User, Reached };
constexpr Sql kList[] = {
    AUDIT_SELECT AUDIT_MATCH AUDIT_NEWEST_FIRST,
    AUDIT_SELECT AUDIT_OF_ACTOR AUDIT_MATCH AUDIT_NEWEST_FIRST,
    AUDIT_BOTH(AUDIT_SELECT, AUDIT_ACCOUNTS, AUDIT_NEWEST_FIRST),
    AUDIT_BOTH(AUDIT_SELECT, AUDIT_USERS, AUDIT_NEWEST_FIRST),
    AUDIT_BOTH(AUDIT_SELECT, AUDIT_REACHES, AUDIT_NEWEST_FIRST),
};
constexpr Sql kCount[] = {
    AUDIT_COUNT AUDIT_MATCH,
    AUDIT_COUNT AUDIT_OF_ACTOR AUDIT_MATCH,
    AUDIT_BOTH(AUDIT_COUNT, AUDIT_ACCOUNTS, ""),
    AUDIT_BOTH(AUDIT_COUNT, AUDIT_USERS, ""),
    AUDIT_BOTH(AUDIT_COUNT, AUDIT_REACHES, ""),
};

constexpr Sql kExport = AUDIT_SELECT
    "e.number > :after and e.at >= :since and e.at < :until order by e.number limit :limit";

constexpr Sql kKnowsUser =
    "select number from audit_event where user_number = :user and user_number > 0 limit 1";
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
