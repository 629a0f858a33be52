// How SQLite finds sessions. SPDX-License-Identifier: Apache-2.0
#include "plugins/tokens/plugin.hpp"
#include "plugins/tokens/sessions/session_repository.hpp"
#include "tests/plugins/query_plan.hpp"

namespace gatehouse::tokens {
namespace {

class SqliteSessionPlan : public testing::QueryPlanTest<TokensPlugin> {};

TEST_F(SqliteSessionPlan, NoStatementWalksAllSessionsOrSortsThem) {
  for (const Sql& sql : SessionRepository::statements()) {
    for (const std::string& step : plan_of(sql)) {
      EXPECT_EQ(step.find("SCAN"), step.npos) << sql.for_engine(Engine::Sqlite) << ": " << step;
      EXPECT_EQ(step.find("TEMP B-TREE"), step.npos)
          << sql.for_engine(Engine::Sqlite) << ": " << step;
    }
  }
}

}  // namespace
}  // namespace gatehouse::tokens
