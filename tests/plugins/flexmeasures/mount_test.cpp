// Where the dialect of FlexMeasures stands. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "plugins/flexmeasures/plugin.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::flexmeasures {
namespace {

TEST(FlexMeasuresMount, IsWhereTheConfigurationSays) {
  std::vector<testing::TestedPlugin> plugins;
  plugins.push_back(
      {"flexmeasures", std::make_unique<FlexMeasuresPlugin>(), {}, "/moved/api/v3_0"});
  identity::World world(std::move(plugins));
  EXPECT_EQ(world.app().anonymous().get("/moved/api/v3_0/nothing").status, 404);
}

}  // namespace
}  // namespace gatehouse::flexmeasures
