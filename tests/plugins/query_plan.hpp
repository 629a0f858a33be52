// How SQLite would run a statement on a plugin's tables. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <gatehouse/plugin.hpp>

namespace gatehouse::testing {

// The tables of the plugin P, without a row.
template <class P>
class QueryPlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sqlite3* opened = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &opened), SQLITE_OK);
    db_.reset(opened);
    for (const Migration& step : P().migrations()) {
      const std::string script(step.script.for_engine(Engine::Sqlite));
      ASSERT_EQ(sqlite3_exec(db_.get(), script.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    }
  }

  // Its steps, in the words of `explain query plan`.
  std::vector<std::string> plan_of(const Sql& sql) {
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

}  // namespace gatehouse::testing
