// Where the dialect of WoTKit stands. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "plugins/wotkit/plugin.hpp"
#include "tests/identity/world.hpp"

namespace gatehouse::wotkit {
namespace {

TEST(WotkitMount, IsWhereTheConfigurationSays) {
  std::vector<testing::TestedPlugin> plugins;
  plugins.push_back({"wotkit", std::make_unique<WotkitPlugin>(), {}, "/moved/wotkit/api"});
  identity::World world(std::move(plugins));
  EXPECT_EQ(world.app().anonymous().get("/moved/wotkit/api/nothing").status, 404);
}

}  // namespace
}  // namespace gatehouse::wotkit
