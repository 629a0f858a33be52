// Turns of users, and how they end. SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <gtest/gtest.h>

#include <gatehouse/turns.hpp>

namespace gatehouse {
namespace {

TEST(TurnsTest, AreOneAtATimeForEachUser) {
  Turns turns;
  auto first = turns.take(1);
  EXPECT_TRUE(first);
  EXPECT_FALSE(turns.take(1));
  EXPECT_TRUE(turns.take(2));
  first.reset();
  EXPECT_TRUE(turns.take(1));
}

TEST(TurnsTest, MayOutliveWhatTheyAreTakenFrom) {
  std::optional<Turns> turns(std::in_place);
  const auto held = turns->take(1);
  turns.reset();
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace gatehouse
