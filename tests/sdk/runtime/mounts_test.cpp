// Which mount answers for a path that no route has. SPDX-License-Identifier: Apache-2.0
#include "sdk/src/runtime/mounts.hpp"

#include <gtest/gtest.h>

#include "sdk/src/runtime/router.hpp"

namespace gatehouse::runtime {
namespace {

void own_errors(const Call&, const Error&, Answer&) {}

TEST(KeptFree, IsNobodysBelowAShorterMountUnlessSomebodyTakesIt) {
  Mounts mounts;
  mounts.declare("short", "/api", &own_errors);
  mounts.declare("taken", "/api/v2", &own_errors);
  for (const char* prefix : {"/api/v1", "/api/v2", "/api/v1", "", "/", "api", "/api/", "/v1/x"}) {
    mounts.keep_free(prefix);
  }
  std::deque<RouteEntry> routes;
  EXPECT_TRUE(mounts.freeze(routes).empty());
  const auto errors_of = [&](std::vector<std::string> segments) {
    return mounts.of_path(segments).errors;
  };
  EXPECT_EQ(errors_of({"api", "v1"}), &render_problem);
  EXPECT_EQ(errors_of({"api", "v1", "users"}), &render_problem);
  EXPECT_EQ(errors_of({"api", "v10"}), &own_errors);
  EXPECT_EQ(errors_of({"api", "v2", "users"}), &own_errors);
  EXPECT_EQ(errors_of({"api", ""}), &own_errors);
  EXPECT_EQ(errors_of({"elsewhere"}), &render_problem);
}

}  // namespace
}  // namespace gatehouse::runtime
