// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include <utility>

#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

#include "api/answers.hpp"
#include "api/search_filter.hpp"
#include "role_numbers.hpp"

namespace gatehouse::flexmeasures {

UserService::UserService(Context& host,
                         AccountService& accounts,
                         UserPasswords::OwnPassword own_reset)
    : host_(host),
      accounts_(accounts),
      all_accounts_(host.services().require<AccountDirectory>()),
      users_(host.services().require<UserDirectory>()),
      editor_(host.services().require<UserEditor>()),
      passwords_(host.services().require<UserPasswords>()),
      own_reset_(own_reset) {}

Result<UserRecord> UserService::find(const Principal& who, std::int64_t number, UserAction action) {
  return host_.storage().read([&](Session& db) -> Result<UserRecord> {
    GATEHOUSE_TRY(auto user, users_.find_by_number(db, number));
    if (!user) return nothing_numbered("User", number);
    GATEHOUSE_TRY(const UserObject object, object_of(db, host_.services(), *user));
    if (decide(who, action, object, host_.policy()) != Decision::Allowed) return denied();
    return *std::move(user);
  });
}

Result<UserRecord> UserService::find(const Principal& who, std::int64_t number) {
  return find(who, number, UserAction::Read);
}

Result<UserRecord> UserService::find_of_trail(const Principal& who, std::int64_t number) {
  return find(who, number, UserAction::ReadTrail);
}

// Whether the caller may see the account that the list is asked about, if any.
Result<None> UserService::permit_account(Session& db,
                                         const Principal& who,
                                         const UsersAsked& asked) {
  if (!asked.account) return None{};
  GATEHOUSE_CHECK(accounts_.find(db, who, *asked.account));
  return None{};
}

Result<UserService::Page> UserService::page(const Principal& who, const UsersAsked& asked) {
  const auto read = [&](Session& db) -> Result<Page> {
    GATEHOUSE_CHECK(permit_account(db, who, asked));
    Page page;
    UserListing listing = asked.listing;
    GATEHOUSE_TRY(page.filtered, users_.count(db, who, listing));
    GATEHOUSE_CHECK(check_page(asked.page, page.filtered));
    UserListing whole = listing;
    whole.text.clear();
    page.accessible = page.filtered;
    if (!listing.text.empty()) {
      GATEHOUSE_TRY(page.accessible, users_.count(db, who, whole));
    }
    listing.offset = asked.page.offset();
    listing.limit = asked.page.size;
    GATEHOUSE_TRY(page.users, users_.list(db, who, listing));
    for (const UserRecord& user : page.users) {
      if (page.accounts.count(user.account) != 0) continue;
      GATEHOUSE_TRY(auto account, all_accounts_.find_by_number(db, user.account));
      if (account) page.accounts.emplace(user.account, *std::move(account));
    }
    return page;
  };
  auto page = host_.storage().read(read);
  if (!page) return on_filter(std::move(page).error());
  return page;
}

Result<std::int64_t> UserService::count(const Principal& who, const UsersAsked& asked) {
  auto found = host_.storage().read([&](Session& db) -> Result<std::int64_t> {
    GATEHOUSE_CHECK(permit_account(db, who, asked));
    return users_.count(db, who, asked.listing);
  });
  if (!found) return on_filter(std::move(found).error());
  return found;
}

Result<std::vector<UserRecord>> UserService::part(const Principal& who,
                                                  const UserListing& listing) {
  return host_.storage().read([&](Session& db) { return users_.list(db, who, listing); });
}

Result<UserRecord> UserService::change(const Principal& who,
                                       std::int64_t number,
                                       const UserPatch& body) {
  GATEHOUSE_TRY(UserChange change, to_change(body));
  GATEHOUSE_TRY(const UserRecord before, find(who, number, UserAction::Edit));
  // Whatever the value, and for admins too.
  const bool is_own = who.user == before.number;
  if (is_own && (body.active.present() || body.flexmeasures_roles.present())) return denied();
  if (const auto& numbers = body.flexmeasures_roles.value()) {
    const auto roles = roles_of(*numbers);
    if (!roles) return denied();
    change.roles = *roles;
  }
  const auto unconditionally = [](const UserRecord&) -> Result<None> { return None{}; };
  auto changed = editor_.change(who, {"", number}, change, unconditionally);
  if (!changed) return in_words(std::move(changed).error(), body);
  return changed;
}

Result<None> UserService::reset_password(const Principal& who,
                                         std::int64_t number,
                                         std::string_view mount) {
  GATEHOUSE_CHECK(find(who, number, UserAction::ResetPassword));
  return passwords_.take_away(who, {"", number}, mount, own_reset_);
}

}  // namespace gatehouse::flexmeasures
