// How addresses and URLs may be written. SPDX-License-Identifier: Apache-2.0
#include "host/config/network.hpp"

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

TEST(Network, IsAnAddressPerhapsWithALength) {
  for (const char* text : {"127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "fd00::/8", "::/128"}) {
    EXPECT_TRUE(is_network(text)) << text;
  }
  for (const char* text : {"",
                           "localhost",
                           "10.0.0/8",
                           "10.0.0.0/",
                           "10.0.0.0/-1",
                           "10.0.0.0/33",
                           "::1/129",
                           "1.2.3.4 ",
                           "010.0.0.1"}) {
    EXPECT_FALSE(is_network(text)) << text;
  }
}

TEST(Network, HoldsTheAddressesThatBeginLikeIt) {
  struct Case {
    const char* address;
    std::vector<std::string> networks;
    bool expected;
  };
  const Case cases[] = {
      {"10.1.2.3", {"10.0.0.0/8"}, true},
      {"11.1.2.3", {"10.0.0.0/8"}, false},
      {"10.15.0.1", {"10.8.0.0/13"}, true},
      {"10.16.0.1", {"10.8.0.0/13"}, false},
      {"192.0.2.1", {"10.0.0.0/8", "192.0.2.1"}, true},
      {"192.0.2.2", {"10.0.0.0/8", "192.0.2.1"}, false},
      {"203.0.113.9", {"0.0.0.0/0"}, true},
      {"::1", {"0.0.0.0/0"}, false},
      {"::ffff:10.1.2.3", {"10.0.0.0/8"}, true},
      {"2001:db8::1", {"2001:db8::/32"}, true},
      {"2001:db9::1", {"2001:db8::/32"}, false},
      {"fd00::1", {"::1", "fc00::/7"}, true},
      {"10.0.0.1", {}, false},
      {"not an address", {"0.0.0.0/0"}, false},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(is_in_networks(each.address, each.networks), each.expected) << each.address;
  }
}

TEST(Endpoint, IsAnAddressAndAPort) {
  ASSERT_TRUE(parse_endpoint("127.0.0.1:9100"));
  EXPECT_EQ(parse_endpoint("127.0.0.1:9100")->port, 9100);
  ASSERT_TRUE(parse_endpoint("[::1]:0"));
  EXPECT_EQ(parse_endpoint("[::1]:0")->address, "::1");
  for (const char* text : {"", ":1", "127.0.0.1", "::1:9100", "[127.0.0.1]:1", "1.2.3.4:65536"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Origin, IsSchemeHostAndPortAndNothingElse) {
  for (const char* text : {"https://a.example", "http://localhost:3000", "http://[::1]:80"}) {
    EXPECT_TRUE(is_origin(text)) << text;
  }
  for (const char* text : {"",
                           "*",
                           "null",
                           "a.example",
                           "https://",
                           "https://A.example",
                           "https://a.example/",
                           "https://a.example:x",
                           "https://*.example",
                           "https://u@a.example",
                           "ftp://a.example"}) {
    EXPECT_FALSE(is_origin(text)) << text;
  }
}

TEST(BaseUrl, IsAnOriginPerhapsWithAPath) {
  EXPECT_TRUE(is_base_url("https://a.example"));
  EXPECT_TRUE(is_base_url("http://127.0.0.1:8080/id"));
  for (const char* text : {"https://a.example/",
                           "https://a.example?x",
                           "https://a.example/x?y",
                           "https://a.example/#",
                           "//a.example",
                           "https:/a"}) {
    EXPECT_FALSE(is_base_url(text)) << text;
  }
}

TEST(Network, AnAddressStandsForWhoCanHaveItsNeighbours) {
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"2001:db8::1", "2001:db8::/64"},
      {"2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"},
      {"2001:DB8:0:1::1", "2001:db8:0:1::/64"},
      {"::1", "::/64"},
      {"elsewhere", "elsewhere"},
      {"", ""},
  };
  for (const auto& [address, group] : cases) EXPECT_EQ(address_group(address), group) << address;
}

}  // namespace
}  // namespace gatehouse::host
