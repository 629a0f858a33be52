// SPDX-License-Identifier: Apache-2.0
#include "trail_service.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

#include "event_texts.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr std::int64_t kPart = 1'000;
constexpr std::string_view kAdvice =
    "/v1/users/{user}/audit-events and /v1/accounts/{account}/audit-events have it in pages.";

AuditListing with_action(AuditListing listing, std::string_view action) {
  listing.action = action;
  listing.limit = kPart;
  return listing;
}

}  // namespace

TrailService::TrailService(Context& host,
                           AccountService& accounts,
                           UserService& users,
                           WholeLists& lists)
    : host_(host),
      accounts_(accounts),
      users_(users),
      trail_(host.services().require<AuditTrail>()),
      lists_(lists) {}

Result<TrailService::Log> TrailService::of_account(const Principal& who, std::int64_t number) {
  GATEHOUSE_TRY(const AccountRecord account, accounts_.find(who, number));
  const Decision decision =
      decide(who, AccountAction::ReadTrail, account.as_object(), host_.policy());
  if (decision != Decision::Allowed) return denied();
  AuditListing about;
  about.account = number;
  Listings listings;
  for (const std::string_view action : account_actions()) {
    listings.push_back(with_action(about, action));
  }
  return read(who, listings);
}

Result<TrailService::Log> TrailService::of_user(const Principal& who, std::int64_t number) {
  GATEHOUSE_TRY(const UserRecord user, users_.find_of_trail(who, number));
  AuditListing about;
  about.user = user.number;
  Listings listings;
  for (const std::string_view action : user_actions()) {
    listings.push_back(with_action(about, action));
  }
  AuditListing done;
  done.actor = user.number;
  listings.push_back(with_action(done, kAccountUpdated));
  return read(who, listings);
}

Result<TrailService::Log> TrailService::read(const Principal& who, const Listings& listings) {
  const auto count = [&](Session& db) -> Result<std::int64_t> {
    std::int64_t rows = 0;
    for (const AuditListing& listing : listings) {
      GATEHOUSE_TRY(const std::int64_t some, trail_.count(db, who, listing));
      rows += some;
    }
    return rows;
  };
  GATEHOUSE_TRY(const std::int64_t rows, host_.storage().read(count));
  Log log;
  GATEHOUSE_TRY(log.turn, lists_.take_turn(who.user, rows, kAdvice));
  std::vector<AuditEntry>& all = log.entries;
  for (AuditListing listing : listings) {
    while (true) {
      GATEHOUSE_TRY(auto some, host_.storage().read([&](Session& db) {
        return trail_.list(db, who, listing);
      }));
      if (some.empty()) break;
      listing.before = some.back().number;
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
  }
  std::sort(all.begin(), all.end(), [](const AuditEntry& a, const AuditEntry& b) {
    return a.number < b.number;
  });
  return log;
}

}  // namespace gatehouse::flexmeasures
