// Whom an address counts as. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/network.hpp>

namespace gatehouse {
namespace {

TEST(ClientNetwork, IsTheAddressOrTheFirstHalfOfIt) {
  struct Case {
    std::string_view address;
    std::string_view network;
  };
  const Case cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"},
      {"2001:DB8:0:7::", "2001:db8:0:7::/64"},
      {"::1", "::/64"},
      {"", ""},
      {"not an address", "not an address"},
      {"1:2:3", "1:2:3"},
  };
  for (const Case& c : cases) EXPECT_EQ(client_network(c.address), c.network) << c.address;
}

}  // namespace
}  // namespace gatehouse
