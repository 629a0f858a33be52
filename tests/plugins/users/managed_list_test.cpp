// Lists of those whom one user manages. SPDX-License-Identifier: Apache-2.0
#include <map>

#include <soci/soci.h>

#include <gatehouse/storage/native.hpp>

#include "managed_fixture.hpp"

namespace gatehouse::users {
namespace {

class ManagedList : public ManagedUsersTest {
 protected:
  const UserDirectory& directory() { return *app().services().find<UserDirectory>(); }
  UserListing of_mia() const {
    UserListing listing;
    listing.manager = mia_;
    return listing;
  }
  // The names on the list, each after a blank.
  std::string names(const Principal& who, const UserListing& listing) {
    const auto listed =
        app().storage().read([&](Session& db) { return directory().list(db, who, listing); });
    if (!listed) return listed.error().message;
    std::string names;
    for (const UserRecord& user : *listed) names += " " + user.display_name;
    const auto counted =
        app().storage().read([&](Session& db) { return directory().count(db, who, listing); });
    EXPECT_TRUE(counted && *counted == static_cast<std::int64_t>(listed->size()));
    return names;
  }
  void make_later(std::string_view name) {
    app().clock().advance(std::chrono::seconds(1));
    make(name);
  }
};

TEST_F(ManagedList, ShowsThoseWhomTheReaderMayRead) {
  make_later("Kim");
  make_later("Lou");
  const std::int64_t max = create("max", other_);
  const std::int64_t head = create("head", client_, R"(, "roles": ["account-admin"])");
  EXPECT_EQ(names(mia(), of_mia()), " Lou Kim");
  EXPECT_EQ(names(person(1, Role::Admin), of_mia()), " Lou Kim");
  EXPECT_EQ(names(person(head, Role::AccountAdmin), of_mia()), " Lou Kim");
  EXPECT_EQ(names(person(max), of_mia()), "");
  UserListing of_max;
  of_max.manager = max;
  EXPECT_EQ(names(mia(), of_max), "");
  EXPECT_EQ(names(person(1, Role::Admin), of_max), "");
}

TEST_F(ManagedList, AListOfUsernamesHasNobodyManaged) {
  make_later("Kim");
  UserListing listing;
  listing.has_username = true;
  const Principal root = person(1, Role::Admin);
  const std::string all = names(root, listing);
  EXPECT_EQ(all.find("Kim"), all.npos) << all;
  EXPECT_NE(all.find("mia"), all.npos) << all;
  listing.text = "kim";
  EXPECT_EQ(names(root, listing), "");
  listing.has_username = false;
  EXPECT_EQ(names(root, listing), " Kim");
  listing = of_mia();
  listing.has_username = true;
  EXPECT_EQ(names(mia(), listing), "");
}

TEST_F(ManagedList, ObeysOrderAndFilters) {
  for (const std::string_view name : {"Kim", "Alex", "Lou", "Ali"}) make_later(name);
  UserListing listing = of_mia();
  listing.descending = false;
  EXPECT_EQ(names(mia(), listing), " Kim Alex Lou Ali");
  listing.text = "al";
  EXPECT_EQ(names(mia(), listing), " Alex Ali");
  listing.account = other_;
  EXPECT_EQ(names(mia(), listing), "");
  UserListing inactive = of_mia();
  inactive.active = false;
  EXPECT_EQ(names(mia(), inactive), "");
  UserListing by_name = of_mia();
  by_name.sort = UserListing::Sort::Username;
  EXPECT_EQ(names(mia(), by_name).size(), std::string(" Kim Alex Lou Ali").size());
}

// The plan of a page in the middle of a manager's list.
std::string explain(soci::session& db, const Sql& list, std::int64_t manager) {
  const std::string terms = "[]";
  const int yes = 1, no = 0, limit = 50, middle = 5'000;
  long long whose = manager;
  const soci::rowset<std::string> lines =
      (db.prepare << "explain " + std::string(list.for_engine(Engine::PostgreSql)),
       soci::use(terms),
       soci::use(whose),
       soci::use(yes),
       soci::use(no),
       soci::use(no),
       soci::use(no),
       soci::use(whose),
       soci::use(yes),
       soci::use(middle),
       soci::use(no),
       soci::use(limit),
       soci::use(no));
  std::string plan;
  for (const std::string& line : lines) plan += line + "\n";
  return plan;
}

// Ten managers with a thousand each.
constexpr Sql kFill{
    "insert into users_user (id, username_key, email_key, email_verified, first_name_key, "
    "last_name_key, timezone, description, manager, role_bits, active, locked, clearance_bits, "
    "can_inbox, api_access, created_at, updated_at) "
    "with recursive step (n) as (select 1 union all select n + 1 from step where n < 10000) "
    "select 'feed' || substr('00000000000000000000' || n, -20), '', '', false, '', '', 'UTC', '', "
    "100 + n % 10, 0, true, false, 1, true, true, n, 0 from step",
    "insert into users_user (id, username_key, email_key, email_verified, first_name_key, "
    "last_name_key, timezone, description, manager, role_bits, active, locked, clearance_bits, "
    "can_inbox, api_access, created_at, updated_at) "
    "select 'feed' || lpad(cast(n as text), 20, '0'), '', '', false, '', '', 'UTC', '', "
    "100 + n % 10, 0, true, false, 1, true, true, n, 0 from generate_series(1, 10000) as n"};

using PostgresqlManagedList = ManagedList;  // SQLite's is in list_plan_test.cpp

TEST_F(PostgresqlManagedList, APageWalksTheManagersIndex) {
  UserFilter filter;
  filter.manager = 103;
  filter.sees.manager = 103;
  for (const SortOrder order : {SortOrder::Ascending, SortOrder::Descending}) {
    filter.order = order;
    const auto plan = app().storage().write([&](Session& db) -> Result<std::string> {
      GATEHOUSE_CHECK(db.run("delete from users_user where manager is not null"));
      GATEHOUSE_CHECK(db.run(kFill));
      soci::session& raw = native_session(db);
      raw << "analyze users_user";
      return explain(raw, UserRepository::list_statement(filter), filter.manager);
    });
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_NE(plan->find("using users_user_by_manager on users_user"), std::string::npos) << *plan;
    EXPECT_EQ(plan->find("Sort"), std::string::npos) << *plan;
  }
}

// Pages of three of which each is read while users are made and deleted.
TEST_F(ManagedList, AWalkShowsEachUnchangedRowOnce) {
  std::map<std::string, int> shown;
  for (int i = 0; i < 20; ++i) {
    if (i % 3 != 0) app().clock().advance(std::chrono::seconds(1));  // some share their instant
    make("steady" + std::to_string(i));
  }
  for (const bool descending : {false, true}) {
    shown.clear();
    UserListing listing = of_mia();
    listing.limit = 3;
    listing.descending = descending;
    for (int page = 0; page < 20; ++page) {
      const auto listed =
          app().storage().read([&](Session& db) { return directory().list(db, mia(), listing); });
      ASSERT_TRUE(listed) << listed.error().message;
      if (listed->empty()) break;
      for (const UserRecord& user : *listed) ++shown[user.display_name];
      listing.after = directory().position_of(listed->back(), listing.sort);
      const UserRecord brief = make("brief" + std::to_string(page));
      if (page % 2 == 0) {
        ASSERT_TRUE(erase(mia(), brief.number));
      }
    }
    for (int i = 0; i < 20; ++i) EXPECT_EQ(shown["steady" + std::to_string(i)], 1) << i;
  }
}

}  // namespace
}  // namespace gatehouse::users
