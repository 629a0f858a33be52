// How SQLite finds the accounts that a list shows. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/accounts/account_repository.hpp"
#include "plugins/accounts/plugin.hpp"
#include "tests/plugins/query_plan.hpp"

namespace gatehouse::accounts {
namespace {

class SqliteListPlan : public testing::QueryPlanTest<AccountsPlugin> {
 protected:
  std::vector<std::string> plan_of(const AccountFilter& filter) {
    return QueryPlanTest::plan_of(AccountRepository::list_statement(filter));
  }
};

constexpr AccountSort kSorts[] = {AccountSort::Name, AccountSort::Created};
constexpr SortOrder kOrders[] = {SortOrder::Ascending, SortOrder::Descending};

TEST_F(SqliteListPlan, WhoSeesFewNeverWalksAllAccounts) {
  for (const AccountSort sort : kSorts) {
    for (const SortOrder order : kOrders) {
      AccountFilter filter;
      filter.sort = sort;
      filter.order = order;
      int by_number = 0;
      int by_consultancy = 0;
      for (const std::string& step : plan_of(filter)) {
        EXPECT_FALSE(step.starts_with("SCAN a") && step != "SCAN accounts") << step;
        if (step.starts_with("SEARCH a USING INTEGER PRIMARY KEY (rowid=?)")) ++by_number;
        if (step.find("accounts_account_by_consultancy (consultancy=?)") != step.npos) {
          ++by_consultancy;
        }
        // The position is no way in: it holds for half of all accounts.
        EXPECT_EQ(step.find(">?"), step.npos) << step;
        EXPECT_EQ(step.find("<?"), step.npos) << step;
      }
      EXPECT_EQ(by_number, 1);
      EXPECT_EQ(by_consultancy, 1);
    }
  }
}

TEST_F(SqliteListPlan, TheWordsOfASearchAreReadOnceAndNotPerRow) {
  AccountFilter filter;
  filter.sees.all = true;
  const std::vector<std::string> steps = plan_of(filter);
  EXPECT_NE(std::find(steps.begin(), steps.end(), "MATERIALIZE term"), steps.end());
}

TEST_F(SqliteListPlan, WhoSeesAllWalksTheIndexOfTheOrderAndSortsNothingButRoles) {
  for (const AccountSort sort : kSorts) {
    for (const SortOrder order : kOrders) {
      AccountFilter filter;
      filter.sees.all = true;
      filter.sort = sort;
      filter.order = order;
      int walks = 0;
      for (const std::string& step : plan_of(filter)) {
        EXPECT_FALSE(step.starts_with("SCAN a")) << step;
        walks += step.starts_with("SEARCH a USING INDEX") ? 1 : 0;
      }
      EXPECT_EQ(walks, 1);
    }
  }
}

}  // namespace
}  // namespace gatehouse::accounts
