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

Numbers common(const Numbers& a, const Numbers& b) {
  Numbers both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

// Of what there is, what a single read by the client shows; all else must be unknown to it.
Numbers readable(const testing::Client& client, const std::string& path, const Numbers& all) {
  Numbers shown;
  for (const std::int64_t number : all) {
    const int status = client.get(path + std::to_string(number)).status;
    EXPECT_TRUE(status == 200 || status == 404) << path << number << ": " << status;
    if (status == 200) shown.insert(number);
  }
  return shown;
}

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
      listing.limit = 1000;
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

  std::int64_t count(const Principal& who, const UserListing& listing) {
    const auto* directory = world_.app().services().find<UserDirectory>();
    const auto counted = world_.app().storage().read(
        [&](Session& db) { return directory->count(db, who, listing); });
    EXPECT_TRUE(counted);
    return counted ? *counted : -1;
  }
  Numbers listed(const Principal& who, UserListing listing) {
    const auto* directory = world_.app().services().find<UserDirectory>();
    Numbers numbers;
    for (bool more = true; more;) {
      const auto page = world_.app().storage().read(
          [&](Session& db) { return directory->list(db, who, listing); });
      EXPECT_TRUE(page);
      if (!page) break;
      for (const UserRecord& user : *page) numbers.insert(user.number);
      more = std::ssize(*page) == listing.limit;
      if (more) listing.after = directory->position_of(page->back(), listing.sort);
    }
    return numbers;
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
    const Numbers shown = readable(client, "/v1/users/", all);
    Numbers allowed;
    for (const Somebody& whom : people) {
      if (reads(actor, whom)) allowed.insert(whom.number);
    }
    EXPECT_EQ(shown, allowed) << "the contract and single reads differ";
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
      EXPECT_EQ(listed(actor.principal(), filter.listing), expected);
      EXPECT_EQ(count(actor.principal(), filter.listing), std::ssize(expected));
    }
  }
}

}  // namespace
}  // namespace gatehouse::identity
