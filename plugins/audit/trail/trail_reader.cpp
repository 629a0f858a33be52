// SPDX-License-Identifier: Apache-2.0
#include "trail_reader.hpp"

#include <optional>

#include <gatehouse/cursor.hpp>
#include <gatehouse/policy.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/account_directory.hpp>
#include <gatehouse/services/user_directory.hpp>

namespace gatehouse::audit {

// After the event with this number.
struct TrailPosition {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(TrailPosition, (), (number))

namespace {

constexpr std::int64_t kNobody = -1;

}  // namespace

Result<Page<AuditItem>> TrailReader::whole(Call& call, const AuditQuery& query) const {
  if (!visible_trail(*call.principal()).all) return denied();
  return host_.storage().read([&](Session& db) { return page(db, call, query, {}); });
}

Result<Page<AuditItem>> TrailReader::of_account(Call& call,
                                                std::string_view account,
                                                const AuditQuery& query) const {
  return host_.storage().read([&](Session& db) -> Result<Page<AuditItem>> {
    AuditListing listing;
    GATEHOUSE_TRY(listing.account, find_account(db, *call.principal(), account));
    return page(db, call, query, listing);
  });
}

Result<Page<AuditItem>> TrailReader::of_user(Call& call,
                                             std::string_view user,
                                             const AuditQuery& query) const {
  return host_.storage().read([&](Session& db) -> Result<Page<AuditItem>> {
    AuditListing listing;
    GATEHOUSE_TRY(listing.user, find_user(db, call, user));
    return page(db, call, query, listing);
  });
}

Result<std::int64_t> TrailReader::find_user(Session& db,
                                            const Call& call,
                                            std::string_view text) const {
  const Principal& who = *call.principal();
  GATEHOUSE_TRY(const IdOrNumber named, parse_user_reference(call, text));
  UserObject object;
  object.user = named.id == who.user_id ? who.user : named.number;
  std::optional<UserRecord> user;
  if (const auto* users = host_.services().find<UserDirectory>(); users != nullptr) {
    GATEHOUSE_TRY(user, users->find(db, named));
  }
  if (user) {
    GATEHOUSE_TRY(object, object_of(db, host_.services(), *user));
  } else if (object.user == 0) {
    return not_found();
  } else if (object.user != who.user) {
    // Whom there is no more: known to whoever reads everything, as long as the trail knows them.
    GATEHOUSE_TRY(const bool is_known, rows_.knows_user(db, object.user));
    if (!is_known || !visible_trail(who).all) return not_found();
  }
  GATEHOUSE_CHECK(permit(decide(who, UserAction::ReadTrail, object, host_.policy())));
  return object.user;
}

Result<std::int64_t> TrailReader::find_account(Session& db,
                                               const Principal& who,
                                               std::string_view text) const {
  GATEHOUSE_TRY(const IdOrNumber named, parse_reference(text));
  AccountObject object;
  object.account = named.number;
  std::optional<AccountRecord> account;
  if (const auto* accounts = host_.services().find<AccountDirectory>(); accounts != nullptr) {
    GATEHOUSE_TRY(account,
                  object.account != 0 ? accounts->find_by_number(db, object.account)
                                      : accounts->find_by_id(db, named.id));
  }
  if (account) {
    object = account->as_object();
  } else if (object.account == 0) {
    return not_found();
  } else if (object.account != who.account) {
    GATEHOUSE_TRY(const bool is_known, rows_.knows_account(db, object.account));
    if (!is_known || !visible_trail(who).all) return not_found();
  }
  GATEHOUSE_CHECK(permit(decide(who, AccountAction::ReadTrail, object, host_.policy())));
  return object.account;
}

Result<std::int64_t> TrailReader::find_actor(Session& db,
                                             const Call& call,
                                             std::string_view text) const {
  const Principal& who = *call.principal();
  const auto named = parse_user_reference(call, text);
  if (!named) return kNobody;
  if (named->number != 0) return named->number;
  if (named->id == who.user_id) return who.user;
  if (const auto* users = host_.services().find<UserDirectory>(); users != nullptr) {
    GATEHOUSE_TRY(const auto user, users->find_by_id(db, named->id));
    if (user) return user->number;
  }
  return kNobody;
}

// Of accounts that the reader may read: who was moved keeps the trail, but not the view of the
// account that it happened in.
Result<AccountNames> TrailReader::names_in(Session& db,
                                           const Principal* who,
                                           const std::vector<EventRow>& rows) const {
  AccountNames names;
  const auto* accounts = host_.services().find<AccountDirectory>();
  if (accounts == nullptr) return names;
  std::vector<std::int64_t> numbers;
  for (const EventRow& row : rows) {
    if (row.account != 0) numbers.push_back(row.account);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.empty()) return names;
  GATEHOUSE_TRY(const auto found, accounts->find_all(db, numbers));
  for (const AccountRecord& account : found) {
    const bool is_known =
        who == nullptr ||
        decide(*who, AccountAction::Read, account.as_object(), host_.policy()) == Decision::Allowed;
    if (!is_known) continue;
    names[account.number] = {account.id, account.number, account.name};
  }
  return names;
}

Result<Page<AuditItem>> TrailReader::page(Session& db,
                                          Call& call,
                                          const AuditQuery& query,
                                          AuditListing listing) const {
  listing.action = query.action.value_or("");
  if (query.actor) {
    GATEHOUSE_TRY(listing.actor, find_actor(db, call, *query.actor));
  }
  listing.since = query.since;
  listing.until = query.until;
  listing.limit = query.limit + 1;
  if (query.cursor) {
    GATEHOUSE_TRY(const auto after, read_cursor<TrailPosition>(call, *query.cursor));
    listing.before = after.number;
  }
  GATEHOUSE_TRY(const TrailFilter filter, trail_.filter_for(db, *call.principal(), listing));
  GATEHOUSE_TRY(auto rows, rows_.list(db, filter));
  Page<AuditItem> page;
  page.next = cut_to_limit(
      call, rows, query.limit, [](const EventRow& last) { return TrailPosition{last.number}; });
  GATEHOUSE_TRY(const AccountNames names, names_in(db, call.principal(), rows));
  page.items.reserve(rows.size());
  for (const EventRow& row : rows) page.items.push_back(to_wire(row, names));
  return page;
}

}  // namespace gatehouse::audit
