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
  const auto anonymous = world.app().anonymous();
  EXPECT_EQ(anonymous.get("/moved/api/v1/nothing").body, R"({"detail":"Not Found"})");
  EXPECT_EQ(anonymous.get("/moved/api/v1/users/").body, R"({"detail":"Not authenticated"})");
  EXPECT_EQ(anonymous.get("/api/v1/users/").status, 404);
}

}  // namespace
}  // namespace gatehouse::sweatstack
