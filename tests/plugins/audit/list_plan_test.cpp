// How SQLite finds the events that a list shows. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/audit/plugin.hpp"
#include "plugins/audit/trail/trail_repository.hpp"
#include "tests/plugins/query_plan.hpp"

namespace gatehouse::audit {
namespace {

class SqliteTrailPlan : public testing::QueryPlanTest<AuditPlugin> {
 protected:
  std::vector<std::string> plan_of(const TrailFilter& filter) {
    return QueryPlanTest::plan_of(TrailRepository::list_statement(filter));
  }
};

TEST_F(SqliteTrailPlan, WalksTheIndexOfWhatWasAskedForAndSortsNothing) {
  struct Case {
    TrailFilter filter;
    const char* way;
  };
  std::vector<Case> cases(4);
  for (Case& one : cases) one.filter.sees.all = true;
  cases[0].way = "SEARCH e USING INTEGER PRIMARY KEY (rowid<?)";
  cases[1].filter.listing.actor = 1;
  cases[1].way = "SEARCH w USING PRIMARY KEY (person=? AND part=? AND number<?)";
  cases[2].filter.listing.account = 1;
  cases[2].way = "SEARCH e USING INDEX audit_event_by_account (account=? AND number<?)";
  cases[3].filter.listing.user = 1;
  cases[3].way = cases[1].way;
  for (const Case& one : cases) {
    const auto steps = plan_of(one.filter);
    ASSERT_FALSE(steps.empty());
    EXPECT_EQ(steps.front(), one.way);
    for (const std::string& step : steps) {
      EXPECT_EQ(step.find("TEMP B-TREE"), std::string::npos) << step;
      EXPECT_EQ(step.find("SCAN e"), std::string::npos) << step;
      EXPECT_EQ(step.find("SCAN audit"), std::string::npos) << step;
    }
  }
}

TEST_F(SqliteTrailPlan, WhoSeesSomeNeverWalksAllEvents) {
  TrailFilter filter;
  filter.sees.self = 4;
  filter.sees.accounts = {20, 21};
  bool by_user = false;
  bool by_account = false;
  for (const std::string& step : plan_of(filter)) {
    EXPECT_EQ(step.find("SCAN e"), std::string::npos) << step;
    EXPECT_EQ(step.find("SCAN audit"), std::string::npos) << step;
    by_user =
        by_user || step.find("SEARCH audit_personal USING PRIMARY KEY (person=? AND part=?)") !=
                       std::string::npos;
    by_account = by_account || step.find("audit_event_by_account (account=?") != std::string::npos;
  }
  EXPECT_TRUE(by_user);
  EXPECT_TRUE(by_account);
}

}  // namespace
}  // namespace gatehouse::audit
