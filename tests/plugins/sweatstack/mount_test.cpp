// Where the dialect of SweatStack stands. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "plugins/sweatstack/plugin.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::sweatstack {
namespace {

TEST(SweatStackMount, IsWhereTheConfigurationSays) {
  std::vector<testing::TestedPlugin> plugins;
  plugins.push_back({"sweatstack", std::make_unique<SweatStackPlugin>(), {}, "/moved/api/v1"});
  identity::World world(std::move(plugins));
  EXPECT_EQ(world.app().anonymous().get("/moved/api/v1/nothing").status, 404);
}

}  // namespace
}  // namespace gatehouse::sweatstack
