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

}  // namespace
}  // namespace gatehouse::host
