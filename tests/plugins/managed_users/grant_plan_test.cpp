// How SQLite finds grants. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "plugins/managed_users/grants/grant_repository.hpp"
#include "plugins/managed_users/plugin.hpp"
#include "tests/plugins/query_plan.hpp"

namespace gatehouse::managed_users {
namespace {

using SqliteGrantPlan = testing::QueryPlanTest<ManagedUsersPlugin>;

TEST_F(SqliteGrantPlan, EveryStatementGoesByAnIndexAndSortsNoMoreThanAnOwnersGrants) {
  for (const Sql& sql : GrantRepository::statements()) {
    const std::string text(sql.for_engine(Engine::Sqlite));
    const bool is_of_an_owner = text.find("where owner = :owner and number < :before") != text.npos;
    for (const std::string& step : plan_of(sql)) {
      EXPECT_FALSE(step.starts_with("SCAN managed_users_grant")) << step << "\n" << text;
      EXPECT_TRUE(is_of_an_owner || step.find("TEMP B-TREE") == step.npos) << step << "\n" << text;
    }
  }
}

}  // namespace
}  // namespace gatehouse::managed_users
