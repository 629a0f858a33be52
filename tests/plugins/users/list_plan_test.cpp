// How SQLite finds the users that a list shows. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/users/directory/user_repository.hpp"
#include "plugins/users/plugin.hpp"
#include "tests/plugins/query_plan.hpp"

namespace gatehouse::users {
namespace {

class SqliteListPlan : public testing::QueryPlanTest<UsersPlugin> {
 protected:
  std::vector<std::string> plan_of(const UserFilter& filter) {
    return QueryPlanTest::plan_of(UserRepository::list_statement(filter));
  }
};

constexpr UserSort kSorts[] = {
    UserSort::Created, UserSort::Username, UserSort::Email, UserSort::LastLogin};
constexpr SortOrder kOrders[] = {SortOrder::Ascending, SortOrder::Descending};

TEST_F(SqliteListPlan, WhoSeesFewNeverWalksAllUsers) {
  for (const UserSort sort : kSorts) {
    for (const SortOrder order : kOrders) {
      UserFilter filter;
      filter.sort = sort;
      filter.order = order;
      int by_number = 0;
      int by_manager = 0;
      int by_account = 0;
      for (const std::string& step : plan_of(filter)) {
        EXPECT_FALSE(step.starts_with("SCAN users_user")) << step;
        if (!step.starts_with("SEARCH users_user")) continue;
        by_number += step.ends_with("USING INTEGER PRIMARY KEY (rowid=?)") ? 1 : 0;
        by_manager += step.ends_with("users_user_by_manager (manager=?)") ? 1 : 0;
        by_account += step.ends_with("users_user_by_account (account=?)") ? 1 : 0;
        // The position is no way in: it holds for half of all users.
        EXPECT_EQ(step.find(">?"), std::string::npos) << step;
        EXPECT_EQ(step.find("<?"), std::string::npos) << step;
      }
      EXPECT_EQ(by_number, 1);
      EXPECT_EQ(by_manager, 1);
      EXPECT_EQ(by_account, 2) << "accounts, and colleagues";
    }
  }
}

TEST_F(SqliteListPlan, AListOfOneAccountNeverWalksAllUsers) {
  UserFilter filter;
  filter.sees.all = true;
  filter.account = 7;
  int by_account = 0;
  for (const std::string& step : plan_of(filter)) {
    EXPECT_FALSE(step.starts_with("SCAN users_user")) << step;
    by_account += step.ends_with("users_user_by_account (account=?)") ? 1 : 0;
  }
  EXPECT_EQ(by_account, 2) << "accounts, and colleagues";
}

TEST_F(SqliteListPlan, AListOfOneManagerWalksTheirIndexAndSortsNothing) {
  for (const bool sees_all : {false, true}) {
    for (const SortOrder order : kOrders) {
      UserFilter filter;
      filter.sees.all = sees_all;
      filter.sees.manager = 7;
      filter.manager = 7;
      filter.order = order;
      int walks = 0;
      for (const std::string& step : plan_of(filter)) {
        EXPECT_FALSE(step.starts_with("SCAN users_user")) << step;
        EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << step;
        walks +=
            step.starts_with("SEARCH users_user USING INDEX users_user_by_manager (manager=? AND ")
                ? 1
                : 0;
      }
      EXPECT_EQ(walks, 1);
    }
  }
}

TEST_F(SqliteListPlan, ThoseOfAManagerInAnotherOrderAreLookedUpAndSorted) {
  for (const UserSort sort : {UserSort::Username, UserSort::Email, UserSort::LastLogin}) {
    UserFilter filter;
    filter.sees.all = true;
    filter.manager = 7;
    filter.sort = sort;
    int by_manager = 0;
    for (const std::string& step : plan_of(filter)) {
      EXPECT_FALSE(step.starts_with("SCAN users_user")) << step;
      by_manager += step.ends_with("users_user_by_manager (manager=?)") ? 1 : 0;
    }
    EXPECT_EQ(by_manager, 1);
  }
}

TEST_F(SqliteListPlan, TheWordsOfASearchAreReadOnceAndNotPerRow) {
  UserFilter filter;
  filter.sees.all = true;
  const std::vector<std::string> steps = plan_of(filter);
  EXPECT_NE(std::find(steps.begin(), steps.end(), "MATERIALIZE term"), steps.end());
}

TEST_F(SqliteListPlan, WhoSeesAllWalksTheIndexOfTheOrderAndSortsNothing) {
  for (const UserSort sort : kSorts) {
    for (const SortOrder order : kOrders) {
      UserFilter filter;
      filter.sees.all = true;
      filter.sort = sort;
      filter.order = order;
      int walks = 0;
      for (const std::string& step : plan_of(filter)) {
        EXPECT_FALSE(step.starts_with("SCAN users_user")) << step;
        EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << step;
        walks += step.starts_with("SEARCH users_user USING INDEX users_user_by_") ? 1 : 0;
      }
      EXPECT_EQ(walks, 1);
    }
  }
}

}  // namespace
}  // namespace gatehouse::users
