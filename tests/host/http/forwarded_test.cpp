// Whom X-Forwarded-For is believed from, and how far (security.md 24): a table.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/forwarded.hpp"

#include <gtest/gtest.h>

#include "host/config/network.hpp"
#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

bool is_ours(std::string_view address) {
  return is_in_networks(address, {"10.0.0.0/8", "192.0.2.7", "fd00::/8"});
}

TEST(Forwarded, finds_the_client_behind_trusted_proxies) {
  struct Case {
    const char* name;
    const char* peer;
    Headers headers;
    const char* expected;
  };
  const std::vector<Case> cases = {
      {"no header", "10.0.0.1", {}, "10.0.0.1"},
      {"a peer nobody trusts", "203.0.113.9", {{"X-Forwarded-For", "1.2.3.4"}}, "203.0.113.9"},
      {"one proxy", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4"},
      {"a single address is trusted", "192.0.2.7", {{"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4"},
      {"its neighbour is not", "192.0.2.8", {{"X-Forwarded-For", "1.2.3.4"}}, "192.0.2.8"},
      {"two proxies", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4, 10.0.0.2"}}, "1.2.3.4"},
      {"what the client wrote itself",
       "10.0.0.1",
       {{"X-Forwarded-For", "9.9.9.9, 10.1.1.1, 1.2.3.4"}},
       "1.2.3.4"},
      {"the same, in a header of its own",
       "10.0.0.1",
       {{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-For", "1.2.3.4, 10.0.0.2"}},
       "1.2.3.4"},
      {"a list over two headers",
       "10.0.0.1",
       {{"X-Forwarded-For", "1.2.3.4"}, {"x-forwarded-FOR", "10.0.0.2"}},
       "1.2.3.4"},
      {"all are trusted", "10.0.0.1", {{"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
      {"IPv6", "fd00::1", {{"X-Forwarded-For", "2001:DB8:0:0::1"}}, "2001:db8::1"},
      {"IPv6 behind IPv4", "10.0.0.1", {{"X-Forwarded-For", "2001:db8::1,fd12::2"}}, "2001:db8::1"},
      {"IPv4 as IPv6", "10.0.0.1", {{"X-Forwarded-For", "::ffff:1.2.3.4"}}, "1.2.3.4"},
      {"a mapped proxy", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4, ::ffff:10.0.0.2"}}, "1.2.3.4"},
      {"blanks", "10.0.0.1", {{"X-Forwarded-For", " \t1.2.3.4\t ,  10.0.0.2 "}}, "1.2.3.4"},
      {"malformed stops", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4, x, 10.0.0.2"}}, "10.0.0.2"},
      {"malformed at once", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4, unknown"}}, "10.0.0.1"},
      {"malformed stops before further headers",
       "10.0.0.1",
       {{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-For", "nonsense"}},
       "10.0.0.1"},
      {"empty", "10.0.0.1", {{"X-Forwarded-For", ""}}, "10.0.0.1"},
      {"an empty hop", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4,,10.0.0.2"}}, "10.0.0.2"},
      {"a port", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.4:80"}}, "10.0.0.1"},
      {"brackets", "10.0.0.1", {{"X-Forwarded-For", "[2001:db8::1]"}}, "10.0.0.1"},
      {"a zone", "10.0.0.1", {{"X-Forwarded-For", "fe80::1%eth0"}}, "10.0.0.1"},
      {"octal", "10.0.0.1", {{"X-Forwarded-For", "010.0.0.2"}}, "10.0.0.1"},
      {"a network", "10.0.0.1", {{"X-Forwarded-For", "1.2.3.0/24"}}, "10.0.0.1"},
      {"other headers mean nothing",
       "10.0.0.1",
       {{"Forwarded", "for=1.2.3.4"},
        {"X-Real-IP", "1.2.3.4"},
        {"X-Forwarded-Host", "a.example"},
        {"X-Client-IP", "1.2.3.4"}},
       "10.0.0.1"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(client_address(c.peer, c.headers, is_ours), c.expected) << c.name;
  }
}

TEST(Forwarded, believes_nobody_when_nobody_is_trusted) {
  EXPECT_EQ(client_address("10.0.0.1", {{"X-Forwarded-For", "1.2.3.4"}}, {}), "10.0.0.1");
}

TEST(Forwarded, is_what_the_application_sees) {
  for (const bool trusted : {true, false}) {
    auto options = patient();
    options.is_trusted_proxy = [trusted](std::string_view address) {
      return trusted && address == "127.0.0.1";
    };
    Server server(options);
    RawClient client(server.port());
    const auto reply = client.ask(get("/remote", "X-Forwarded-For: 1.2.3.4\r\n"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, trusted ? "1.2.3.4" : "127.0.0.1");
  }
}

}  // namespace
}  // namespace gatehouse::host::testing
