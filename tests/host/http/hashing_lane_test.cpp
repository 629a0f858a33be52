// Hashing that nobody can hog, over sockets (security.md 14). Clients stand behind a proxy, so that
// they have addresses of their own. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

HttpOptions behind_a_proxy() {
  HttpOptions options = patient();
  options.is_trusted_proxy = [](std::string_view address) { return address == "127.0.0.1"; };
  return options;
}

class HashingLane : public ::testing::Test {
 protected:
  void serve(std::size_t slots, std::size_t queue, std::size_t spares = 0) {
    HttpOptions options = behind_a_proxy();
    options.hashing_slots = slots;
    options.hashing_spares = spares;
    options.hashing_queue = queue;
    server = std::make_unique<Server>(options);
  }
  // "/gated-hash/TAG", which has been handed to the lanes when this returns.
  RawClient& send(const std::string& address, const std::string& tag) {
    auto client = std::make_unique<RawClient>(server->port());
    client->send(get("/gated-hash/" + tag, "X-Forwarded-For: " + address + "\r\n"));
    ++sent;
    EXPECT_TRUE(eventually([&] { return server->application.opened == sent; }));
    RawClient other(server->port());  // one more event on the I/O thread
    EXPECT_EQ(other.ask(get("/inline/x"))->status, 200);
    ++sent;
    clients.push_back(std::move(client));
    return *clients.back();
  }
  bool runs(int number) { return server->application.gate.wait_for(number); }

  std::unique_ptr<Server> server;
  std::vector<std::unique_ptr<RawClient>> clients;
  int sent = 0;
};

TEST_F(HashingLane, AnAddressLeavesHalfOfTheSlotsToOthers) {
  serve(2, 100);
  for (int i = 0; i < 5; ++i) send("198.51.100.1", "flood?client");
  ASSERT_TRUE(runs(1));
  send("198.51.100.2", "other?client");
  EXPECT_TRUE(runs(2));
  EXPECT_EQ(server->application.order().back(), "/gated-hash/other?client");
  EXPECT_EQ(server->application.gate.arrived(), 2);
}

TEST_F(HashingLane, AnAddressHasHalfOfTheSlotsAndNoneOfTheSpares) {
  serve(2, 100, 1);
  for (int i = 0; i < 5; ++i) send("198.51.100.1", "flood?client");
  ASSERT_TRUE(runs(1));
  send("198.51.100.2", "second?client");
  ASSERT_TRUE(runs(2));
  send("198.51.100.3", "third?client");
  EXPECT_TRUE(runs(3));
  EXPECT_EQ(server->application.order().back(), "/gated-hash/third?client");
}

TEST_F(HashingLane, ANetworkOfIpv6IsOneAddressAndAMappedOneIsIpv4) {
  serve(2, 100);
  send("2001:db8::1", "flood?client");
  ASSERT_TRUE(runs(1));
  send("2001:db8::ffff:2", "same?client");
  send("2001:db8:0:1::1", "other?client");
  ASSERT_TRUE(runs(2));
  EXPECT_EQ(server->application.order().back(), "/gated-hash/other?client");

  serve(2, 100);
  sent = 0;
  send("::ffff:198.51.100.1", "flood?client");
  ASSERT_TRUE(runs(1));
  send("198.51.100.1", "same?client");
  send("::ffff:198.51.100.2", "other?client");
  ASSERT_TRUE(runs(2));
  EXPECT_EQ(server->application.order().back(), "/gated-hash/other?client");
}

TEST_F(HashingLane, AnAddressIsRefusedAloneBeyondHalfOfTheQueue) {
  serve(1, 4);
  send("198.51.100.1", "running?client");
  ASSERT_TRUE(runs(1));
  for (int i = 0; i < 2; ++i) send("198.51.100.1", "waiting?client");
  const auto refused = send("198.51.100.1", "refused?client").reply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->fields.at("retry-after"), "1");
  EXPECT_EQ(server->metrics.refused_of_address.value, 1);
  EXPECT_TRUE(eventually([&] { return server->metrics.waiting_for_hashing.value == 2; }));
  RawClient& other = send("198.51.100.2", "other?client");
  EXPECT_TRUE(other.silent_for(50ms)) << "no room was left";
  server->application.gate.open();
  EXPECT_EQ(other.reply()->status, 200);
}

TEST_F(HashingLane, AKnownDeviceWaitsForNoMoreThanWhatRuns) {
  serve(1, 4);
  send("198.51.100.1", "running?client");
  ASSERT_TRUE(runs(1));
  for (int i = 2; i < 6; ++i) {
    send("198.51.100." + std::to_string(i), "stranger" + std::to_string(i) + "?client");
  }
  send("198.51.100.20", "known?known");
  server->application.gate.open();
  EXPECT_EQ(clients.back()->reply()->status, 200);
  EXPECT_EQ(server->application.order().at(1), "/gated-hash/known?known");
}

TEST_F(HashingLane, KnownDevicesHaveAQueueOfTheirOwn) {
  serve(1, 2);
  send("198.51.100.1", "running");
  ASSERT_TRUE(runs(1));
  send("198.51.100.1", "1.stranger?client");
  send("198.51.100.2", "2.stranger?client");
  EXPECT_EQ(send("198.51.100.3", "3.stranger?client").reply()->status, 503);
  RawClient& known = send("198.51.100.4", "1.known?known");
  EXPECT_TRUE(known.silent_for(50ms));
  server->application.gate.open();
  EXPECT_EQ(known.reply()->status, 200);
}

TEST_F(HashingLane, KnownDevicesDoNotStarveStrangers) {
  serve(2, 100);
  send("198.51.100.1", "k1?known");
  ASSERT_TRUE(runs(1));
  send("198.51.100.2", "k2?known");
  ASSERT_TRUE(runs(2));
  for (int i = 3; i < 6; ++i) send("198.51.100." + std::to_string(i), "more?known");
  send("198.51.100.9", "stranger?client");
  server->application.gate.open();
  for (const auto& client : clients) EXPECT_EQ(client->reply()->status, 200);
  const auto order = server->application.order();
  const auto at = std::find(order.begin(), order.end(), "/gated-hash/stranger?client");
  // Of the two slots that come free, one is the stranger's.
  EXPECT_LE(at - order.begin(), 3);
}

TEST_F(HashingLane, WhoLeavesGivesUpTheAddresssPlace) {
  serve(1, 2);
  send("198.51.100.1", "running?client");
  ASSERT_TRUE(runs(1));
  for (int i = 0; i < 5; ++i) {
    send("198.51.100.1", "left?client");
    clients.pop_back();
    ASSERT_TRUE(server->has_connections(1));
  }
  RawClient& staying = send("198.51.100.1", "stays?client");
  EXPECT_TRUE(staying.silent_for(50ms)) << "a live request is refused for dead ones";
}

}  // namespace
}  // namespace gatehouse::host::testing
