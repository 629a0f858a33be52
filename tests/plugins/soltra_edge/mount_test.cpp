// Where the dialect of Soltra Edge stands. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "plugins/soltra_edge/plugin.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::soltra_edge {
namespace {

TEST(SoltraEdgeMount, IsWhereTheConfigurationSays) {
  std::vector<testing::TestedPlugin> plugins;
  plugins.push_back({"soltra_edge", std::make_unique<SoltraEdgePlugin>(), {}, "/moved/api"});
  identity::World world(std::move(plugins));
  EXPECT_EQ(world.app().anonymous().get("/moved/api/nothing").status, 404);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
