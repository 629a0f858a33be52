// Groups that hang, beyond the one that the load tests know. SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

TEST(Isolation, HashingOfOthersGoesOnWhenOneGroupsHashingRoutesHang) {
  auto options = patient();
  options.hashing_slots = 2;
  options.handler_deadline = 500ms;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> hanging;
  for (int i = 0; i < 2; ++i) {
    hanging.push_back(std::make_unique<RawClient>(server.port()));
    hanging.back()->send(get("/gated-hash/1." + std::to_string(i)));
  }
  ASSERT_TRUE(server.application.gate.wait_for(2));
  RawClient other(server.port());
  const auto reply = other.ask(get("/hashing/2.x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
}

TEST(Isolation, AThirdGroupIsAnsweredWhenTwoHang) {
  auto options = patient();
  options.worker_threads = 4;
  options.handler_deadline = 500ms;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> hanging;
  for (int i = 0; i < 8; ++i) {
    hanging.push_back(std::make_unique<RawClient>(server.port()));
    hanging.back()->send(get("/gated/" + std::to_string(1 + i % 2) + "." + std::to_string(i)));
  }
  ASSERT_TRUE(server.application.gate.wait_for(4));
  RawClient other(server.port());
  const auto reply = other.ask(get("/worker/3.x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
}

TEST(Isolation, RequestsOfClientsThatLeftDoNotFillTheQueue) {
  auto options = patient();
  options.worker_threads = 1;
  options.worker_queue = 4;
  Server server(options);
  RawClient running(server.port());
  running.send(get("/gated/running"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  for (int i = 0; i < 10; ++i) {
    RawClient leaving(server.port());
    leaving.send(get("/worker/left"));
    ASSERT_TRUE(eventually([&] { return server.application.opened == i + 2; }));
  }
  ASSERT_TRUE(server.has_connections(1));
  EXPECT_EQ(server.application.alive, 1) << "what nobody waits for is kept";
  RawClient staying(server.port());
  staying.send(get("/worker/stays"));
  EXPECT_TRUE(eventually([&] { return server.application.opened == 12; }));
  EXPECT_TRUE(staying.silent_for(100ms)) << "a live request is refused for dead ones";
}

std::string whole(int pieces) {
  std::string text;
  for (int i = 0; i < pieces; ++i) text += TestApplication::piece(i);
  return text;
}

// Whole, or visibly broken off (a reset): an answer that ends with its connection has no other
// mark.
void expect_whole_or_reset(RawClient& client, int pieces) {
  const auto head = client.reply();
  if (!head) return;
  const auto body = client.rest();
  if (!body) return;
  EXPECT_EQ(body->size(), whole(pieces).size()) << "cut off, and looks whole";
}

TEST(CutOff, AStreamForAClientThatHasEndedItsSideNeverLooksWhole) {
  Server server;
  RawClient client(server.port());
  client.send("GET /stream/300 HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.application.pieces > 3; }));
  client.end_sending();
  expect_whole_or_reset(client, 300);
}

TEST(CutOff, AStreamThatStalledNeverLooksWhole) {
  auto options = patient();
  options.write_stall = 100ms;
  Server server(options);
  RawClient client(server.port());
  client.send("GET /stream/300 HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.application.pieces > 3; }));
  ASSERT_TRUE(server.has_connections(0));
  expect_whole_or_reset(client, 300);
}

TEST(CutOff, AStreamThatTheServersEndCutsNeverLooksWhole) {
  Server server;
  RawClient client(server.port());
  client.send("GET /stream/300 HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.application.pieces > 3; }));
  server->stop();
  expect_whole_or_reset(client, 300);
}

// Nothing of the worker's answer reaches a client that says "that was all" as RFC 9112 9.6 lets it.
TEST(HalfClosed, AClientOfAWorkersRouteIsAnswered) {
  Server server;
  RawClient client(server.port());
  client.send(get("/worker/x"));
  client.end_sending();
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "/worker/x");
}

}  // namespace
}  // namespace gatehouse::host::testing
