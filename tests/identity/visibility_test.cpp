// No list shows what its reader could not read by itself, and the list of everything shows all that
// they could (bar.md 31): for people, accounts and roles by chance. An export is made by an
// operator, who reads everything. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/services/user_directory.hpp>

#include "tests/identity/crowd.hpp"

namespace gatehouse::identity {
namespace {

class UserVisibility : public Crowd {
 protected:
  // The same filters for the route and for the directory.
  struct Filter {
    std::string query;
    UserListing listing;
  };

  std::vector<Filter> filters() {
    std::vector<Filter> all;
    const auto add = [&](std::string query, auto set) {
      UserListing listing;
      set(listing);
      all.push_back({std::move(query), std::move(listing)});
    };
    const auto nothing = [](UserListing&) {};
    add("active=any", nothing);
    add("active=true", [](auto& listing) { listing.active = true; });
    add("active=false", [](auto& listing) { listing.active = false; });
    add("active=any&text=ada", [](auto& listing) { listing.text = "ada"; });
    add("active=any&text=%22van+dyke%22", [](auto& listing) { listing.text = "\"van dyke\""; });
    add("active=any&text=feed+7", [](auto& listing) { listing.text = "feed 7"; });
    add("active=any&username=99", [](auto& listing) { listing.username = "99"; });
    add("active=any&email=77%40ex", [](auto& listing) { listing.email = "77@ex"; });
    add("active=any&first_name=grace&last_name=hop", [](auto& listing) {
      listing.first_name = "grace";
      listing.last_name = "hop";
    });
    for (const Role role : all_roles()) {
      add("active=any&role=" + std::string(role_name(role)),
          [&](auto& listing) { listing.roles = role; });
    }
    return all;
  }
};

TEST_F(UserVisibility, ListsShowExactlyWhatSingleReadsShow) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::vector<Somebody> people = everybody();
  Numbers all;
  for (const Somebody& one : people) all.insert(one.number);
  for (const auto& [name, actor] : sample(2)) {
    SCOPED_TRACE(name);
    const testing::Client client = world_.app().as(actor.principal());
    const Bodies bodies = readable(client, "/v1/users/", all);
    const Numbers shown = numbers_of(bodies);
    Numbers allowed;
    for (const Somebody& whom : people) {
      if (reads(actor, whom)) allowed.insert(whom.number);
    }
    EXPECT_EQ(shown, allowed) << "the contract and single reads differ";
    expect_rows_as_read(client, "/v1/users?active=any", bodies);
    for (const std::string sort : {"created", "username", "email", "last_login"}) {
      for (const std::string order : {"asc", "desc"}) {
        const std::string query = "/v1/users?active=any&sort=" + sort + "&order=" + order;
        EXPECT_EQ(numbers_in(client, query), shown) << query;
      }
    }
  }
}

TEST_F(UserVisibility, FiltersSearchesAndCountsKeepToWhatSingleReadsShow) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::vector<Somebody> people = everybody();
  const testing::Client root = world_.root();
  std::vector<std::pair<Filter, Numbers>> matches;  // whoever they belong to
  for (Filter& filter : filters()) {
    Numbers found = numbers_in(root, "/v1/users?" + filter.query);
    EXPECT_FALSE(found.empty()) << filter.query << " would test nothing";
    matches.emplace_back(std::move(filter), std::move(found));
  }
  for (const auto& [name, actor] : sample(3)) {
    SCOPED_TRACE(name);
    const testing::Client client = world_.app().as(actor.principal());
    Numbers allowed;
    for (const Somebody& whom : people) {
      if (reads(actor, whom)) allowed.insert(whom.number);
    }
    for (const auto& [filter, found] : matches) {
      SCOPED_TRACE(filter.query);
      const Numbers expected = common(found, allowed);
      EXPECT_EQ(numbers_in(client, "/v1/users?" + filter.query), expected);
      const auto after = [&](UserListing& listing, const UserRecord& last) {
        listing.after = ask<UserDirectory>([&](const UserDirectory& users, Session&) {
          return Result<UserPosition>(users.position_of(last, listing.sort));
        });
      };
      EXPECT_EQ(listed<UserDirectory>(actor.principal(), filter.listing, after), expected);
      EXPECT_EQ(count<UserDirectory>(actor.principal(), filter.listing), std::ssize(expected));
    }
  }
}

TEST_F(UserVisibility, AnAccountIsAFilterForWhoeverReadsIt) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::vector<Somebody> people = everybody();
  for (const auto& [name, actor] : sample(2)) {
    SCOPED_TRACE(name);
    const testing::Client client = world_.app().as(actor.principal());
    for (const std::int64_t account : accounts_) {
      const std::string query = "/v1/users?active=any&account=" + std::to_string(account);
      if (!reads_account(actor, account)) {
        EXPECT_EQ(client.get(query).status, 400) << query;
        continue;
      }
      Numbers expected;
      for (const Somebody& whom : people) {
        if (whom.account == account && reads(actor, whom)) expected.insert(whom.number);
      }
      EXPECT_EQ(numbers_in(client, query), expected) << query;
    }
  }
}

class AccountVisibility : public Crowd {
 protected:
  Numbers all_accounts() {
    Numbers all(accounts_.begin(), accounts_.end());
    all.insert(world_.default_account());
    return all;
  }
};

TEST_F(AccountVisibility, ListsShowExactlyWhatSingleReadsShow) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const Numbers all = all_accounts();
  for (const auto& [name, actor] : sample(3)) {
    SCOPED_TRACE(name);
    const testing::Client client = world_.app().as(actor.principal());
    const Bodies bodies = readable(client, "/v1/accounts/", all);
    const Numbers shown = numbers_of(bodies);
    Numbers allowed;
    for (const std::int64_t account : all) {
      if (reads_account(actor, account)) allowed.insert(account);
    }
    EXPECT_EQ(shown, allowed) << "the contract and single reads differ";
    expect_rows_as_read(client, "/v1/accounts", bodies);
    for (const std::string sort : {"name", "created"}) {
      for (const std::string order : {"asc", "desc"}) {
        const std::string query = "/v1/accounts?sort=" + sort + "&order=" + order;
        EXPECT_EQ(numbers_in(client, query), shown) << query;
      }
    }
  }
}

TEST_F(AccountVisibility, SearchesAndCountsKeepToWhatSingleReadsShow) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  struct Filter {
    std::string query;
    std::string text;
    std::string role;
  };
  const Filter filters[] = {{"", "", ""},
                            {"?text=harbour", "harbour", ""},
                            {"?text=r+1", "r 1", ""},
                            {"?role=hospital", "", "hospital"},
                            {"?role=hospital&text=r", "r", "hospital"}};
  const testing::Client root = world_.root();
  for (const Filter& filter : filters) {
    SCOPED_TRACE(filter.query);
    const Numbers found = numbers_in(root, "/v1/accounts" + filter.query);
    EXPECT_FALSE(found.empty()) << "would test nothing";
    AccountListing listing;
    listing.text = filter.text;
    listing.role = filter.role;
    for (const auto& [name, actor] : sample(3)) {
      SCOPED_TRACE(name);
      Numbers expected;
      for (const std::int64_t account : found) {
        if (reads_account(actor, account)) expected.insert(account);
      }
      const Principal who = actor.principal();
      EXPECT_EQ(numbers_in(world_.app().as(who), "/v1/accounts" + filter.query), expected);
      const auto after = [&](AccountListing& next, const AccountRecord& last) {
        next.after = ask<AccountDirectory>([&](const AccountDirectory& accounts, Session&) {
          return Result<AccountPosition>(accounts.position_of(last, next.sort));
        });
      };
      EXPECT_EQ(listed<AccountDirectory>(who, listing, after), expected);
      EXPECT_EQ(count<AccountDirectory>(who, listing), std::ssize(expected));
    }
  }
}

}  // namespace
}  // namespace gatehouse::identity
