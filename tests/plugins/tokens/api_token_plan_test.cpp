// How SQLite finds API tokens. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "plugins/tokens/api_tokens/api_token_repository.hpp"
#include "plugins/tokens/plugin.hpp"
#include "tests/plugins/query_plan.hpp"

namespace gatehouse::tokens {
namespace {

using SqliteApiTokenPlan = testing::QueryPlanTest<TokensPlugin>;

TEST_F(SqliteApiTokenPlan, EveryStatementGoesByAnIndexAndSortsNothing) {
  for (const Sql& sql : ApiTokenRepository::statements()) {
    const std::string text(sql.for_engine(Engine::Sqlite));
    for (const std::string& step : plan_of(sql)) {
      const bool walks = step.starts_with("SCAN tokens_api_token");
      // The first thousand of all.
      const bool is_of_all = text.find("order by number limit :batch") != text.npos;
      EXPECT_TRUE(!walks || is_of_all) << step << "\n" << text;
      EXPECT_EQ(step.find("TEMP B-TREE"), step.npos) << step << "\n" << text;
    }
  }
}

}  // namespace
}  // namespace gatehouse::tokens
