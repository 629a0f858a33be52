// How SQLite finds the accounts that a list shows. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "plugins/accounts/account_repository.hpp"
#include "plugins/accounts/plugin.hpp"

namespace gatehouse::accounts {
namespace {

// The plugin's tables without a row.
class SqliteListPlan : public ::testing::Test {
 protected:
  void SetUp() override {
    sqlite3* opened = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
    db_.reset(opened);
    for (const Migration& step : AccountsPlugin().migrations()) {
      const std::string script(step.script.for_engine(Engine::Sqlite));
      ASSERT_EQ(sqlite3_exec(db_.get(), script.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    }
  }

  std::vector<std::string> plan_of(const AccountFilter& filter) {
    const Sql& sql = AccountRepository::list_statement(filter);
    const std::string text = "explain query plan " + std::string(sql.for_engine(Engine::Sqlite));
    std::vector<std::string> steps;
    const auto add = [](void* to, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(to)->emplace_back(values[3]);
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(db_.get(), text.c_str(), add, &steps, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_.get());
    return steps;
  }

 private:
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db_{nullptr, &sqlite3_close};
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
