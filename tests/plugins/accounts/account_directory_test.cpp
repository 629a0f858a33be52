// Accounts as other plugins see them. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "accounts_fixture.hpp"
#include "tests/plugins/from_memory.hpp"

namespace gatehouse::accounts {
namespace {

using Numbers = std::vector<std::int64_t>;

class Directory : public AccountsTest {
 protected:
  void SetUp() override {
    AccountsTest::SetUp();
    keeper_ = create("Keeper");
    engines_ = create("Stra\u00dfe Engines",
                      R"(, "roles": ["b", "a"], "primary_color": "#abc",
        "secondary_color": "#def", "logo_url": "http://a")" +
                          consultancy(keeper_));
    motors_ = create("Motors", R"(, "roles": ["a"])" + consultancy(keeper_));
  }

  // Asks the directory, which must answer.
  template <class F>
  auto ask(F&& question) {
    const auto& directory = app().services().require<AccountDirectory>();
    auto answer = app().storage().read([&](Session& db) { return question(directory, db); });
    EXPECT_TRUE(answer) << answer.error().message;
    return *std::move(answer);
  }
  // "name of consultancy"; "": there is none.
  std::string live(std::int64_t number) {
    const auto found = app().services().require<AccountDirectory>().find_live(number);
    if (!found) return found.error().message;
    if (!*found) return "";
    return (*found)->name + " of " + std::to_string((*found)->consultancy);
  }
  // From now on memory answers.
  void remember(std::int64_t number) {
    testing::from_memory(app().metrics(), "accounts.account", [&] { return live(number); });
  }
  std::string names_of(const std::vector<AccountRecord>& records) {
    std::string names;
    for (const AccountRecord& record : records) names += record.name + ",";
    return names;
  }

  std::int64_t keeper_ = 0;
  std::int64_t engines_ = 0;
  std::int64_t motors_ = 0;
};

TEST_F(Directory, TellsFromMemoryWhatEachChangeHasMadeOfAnAccount) {
  const std::string keeper = std::to_string(keeper_);
  remember(motors_);
  EXPECT_EQ(live(motors_), "Motors of " + keeper);
  ASSERT_EQ(admin().patch(path(motors_), R"({"name": "Turbines"})").status, 200);
  EXPECT_EQ(live(motors_), "Turbines of " + keeper);
  remember(motors_);
  ASSERT_EQ(admin().patch(path(motors_), R"({"consultancy_account": null})").status, 200);
  EXPECT_EQ(live(motors_), "Turbines of 0");
  remember(motors_);
  ASSERT_EQ(admin().remove(path(motors_)).status, 204);
  EXPECT_EQ(live(motors_), "");
}

TEST_F(Directory, FindsAnAccountByNumberIdAndName) {
  const std::string id = read(engines_).id;
  const auto by_number =
      ask([&](const auto& d, Session& db) { return d.find_by_number(db, engines_); });
  ASSERT_TRUE(by_number);
  EXPECT_EQ(by_number->id, id);
  EXPECT_EQ(by_number->name, "Stra\u00dfe Engines");
  EXPECT_EQ(by_number->roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(by_number->consultancy, keeper_);
  EXPECT_EQ(by_number->primary_color, "#abc");
  EXPECT_EQ(by_number->secondary_color, "#def");
  EXPECT_EQ(by_number->logo_url, "http://a");
  EXPECT_EQ(by_number->created_at, app().clock().now());
  EXPECT_EQ(by_number->as_object().consultancy, keeper_);
  const auto by_id = ask([&](const auto& d, Session& db) { return d.find_by_id(db, id); });
  EXPECT_EQ(by_id->number, engines_);
  for (const std::string_view name : {"stra\u00dfe engines", "STRASSE ENGINES"}) {
    const auto by_name = ask([&](const auto& d, Session& db) { return d.find_by_name(db, name); });
    ASSERT_TRUE(by_name) << name;
    EXPECT_EQ(by_name->number, engines_);
  }
  EXPECT_FALSE(ask([](const auto& d, Session& db) { return d.find_by_number(db, 0); }));
  EXPECT_FALSE(ask([](const auto& d, Session& db) { return d.find_by_id(db, ""); }));
  EXPECT_FALSE(ask([](const auto& d, Session& db) { return d.find_by_id(db, "x"); }));
  EXPECT_FALSE(ask([](const auto& d, Session& db) { return d.find_by_name(db, "Engines"); }));
  EXPECT_FALSE(ask([](const auto& d, Session& db) { return d.find_by_name(db, "\xff"); }));
}

TEST_F(Directory, FindsManyAtOnceWithoutTheirRoles) {
  const Numbers asked{motors_, 999, engines_, engines_};
  auto found = ask([&](const auto& d, Session& db) { return d.find_all(db, asked); });
  std::sort(
      found.begin(), found.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  EXPECT_EQ(names_of(found), "Stra\u00dfe Engines,Motors,");
  EXPECT_TRUE(found.at(0).roles.empty());
  EXPECT_EQ(found.at(0).consultancy, keeper_);
  EXPECT_TRUE(ask([](const auto& d, Session& db) { return d.find_all(db, Numbers{}); }).empty());
}

TEST_F(Directory, KnowsWhoLooksAfterWhom) {
  const auto clients_of = [&](std::int64_t account) {
    return ask([&](const auto& d, Session& db) { return d.clients_of(db, account); });
  };
  EXPECT_EQ(clients_of(keeper_), (Numbers{engines_, motors_}));
  EXPECT_EQ(clients_of(engines_), Numbers{});
  EXPECT_EQ(clients_of(0), Numbers{});
}

TEST_F(Directory, FindsWordsInNames) {
  const auto found = [&](std::string_view word) {
    auto numbers = ask([&](const auto& d, Session& db) { return d.find_by_text(db, word); });
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  };
  EXPECT_EQ(found("STRASSE"), Numbers{engines_});
  EXPECT_EQ(found("e"), (Numbers{1, keeper_, engines_}));
  EXPECT_EQ(found("e e"), Numbers{engines_});
  EXPECT_EQ(found("%"), Numbers{});
  EXPECT_EQ(found(""), Numbers{});
  EXPECT_EQ(found("\u200b"), Numbers{});
  EXPECT_EQ(found("\xff"), Numbers{});
}

TEST_F(Directory, RefusesAWordThatTooManyNamesHave) {
  const Sql fill{
      "insert into accounts_account (id, name, name_key, is_default, created_at, updated_at) "
      "with recursive step (n) as (select 1 union all select n + 1 from step where n < :count) "
      "select 'x' || n, 'bulk' || n, 'bulk' || n, false, 0, 0 from step",
      "insert into accounts_account (id, name, name_key, is_default, created_at, updated_at) "
      "select 'x' || n, 'bulk' || n, 'bulk' || n, false, 0, 0 from generate_series(1, :count) as "
      "n"};
  ASSERT_TRUE(app().storage().write([&](Session& db) { return db.run(fill, 10'000); }));
  EXPECT_EQ(ask([](const auto& d, Session& db) { return d.find_by_text(db, "bulk"); }).size(),
            10'000U);
  ASSERT_NE(create("Bulk"), 0);
  const auto& directory = app().services().require<AccountDirectory>();
  const auto refused =
      app().storage().read([&](Session& db) { return directory.find_by_text(db, "bulk"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
}

TEST_F(Directory, AlwaysHasADefaultAccount) {
  EXPECT_EQ(ask([](const auto& d, Session& db) { return d.default_account(db); }), 1);
}

TEST_F(Directory, ListsCountsAndGoesOnFromAPosition) {
  const Principal admin = member_of(0, Role::Admin);
  AccountListing listing;
  const auto list = [&](const Principal& who) {
    return ask([&](const auto& d, Session& db) { return d.list(db, who, listing); });
  };
  const auto count = [&](const Principal& who) {
    return ask([&](const auto& d, Session& db) { return d.count(db, who, listing); });
  };
  EXPECT_EQ(names_of(list(admin)), "Default,Keeper,Motors,Stra\u00dfe Engines,");
  EXPECT_EQ(list(admin).at(3).roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(count(admin), 4);
  EXPECT_EQ(names_of(list(member_of(keeper_))), "Keeper,");
  EXPECT_EQ(count(member_of(keeper_, Role::Consultant)), 3);
  const auto& directory = app().services().require<AccountDirectory>();
  for (const auto sort : {AccountListing::Sort::Name, AccountListing::Sort::Created}) {
    listing.sort = sort;
    listing.limit = 2;
    listing.after.reset();
    const auto first = list(admin);
    ASSERT_EQ(first.size(), 2U);
    listing.after = directory.position_of(first.back(), sort);
    const auto second = list(admin);
    ASSERT_EQ(second.size(), 2U);
    listing.after.reset();
    listing.offset = 1;
    EXPECT_EQ(names_of(list(admin)), first.at(1).name + "," + second.at(0).name + ",");
    listing.offset = 0;
    EXPECT_EQ(count(admin), 4);
  }
  listing = {};
  listing.descending = true;
  listing.role = "a";
  listing.text = "\"e e\"";
  EXPECT_EQ(names_of(list(admin)), "Stra\u00dfe Engines,");
  listing.text = "1 2 3 4 5 6 7 8 9";
  const auto refused =
      app().storage().read([&](Session& db) { return directory.list(db, admin, listing); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace gatehouse::accounts
