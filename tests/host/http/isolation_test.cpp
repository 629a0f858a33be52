// Groups that hang, beyond the one that the load tests know. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

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

// As the system lists them.
std::vector<id_t> threads_named(const std::string& name) {
  std::vector<id_t> threads;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string text;
    std::getline(std::ifstream(task.path() / "comm"), text);
    if (text == name) threads.push_back(static_cast<id_t>(std::stoul(task.path().filename())));
  }
  return threads;
}

TEST(Isolation, TheOnlyWorkerGetsAStandInThatIsGivenUpWhenItReturns) {
  auto options = patient();
  options.worker_threads = 1;
  options.handler_deadline = 500ms;
  Server server(options);
  RawClient hanging(server.port());
  hanging.send(get("/gated/1.x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  RawClient other(server.port());
  const auto reply = other.ask(get("/worker/2.x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(threads_named("gh-work").size(), 2U);
  server.application.gate.open();
  EXPECT_TRUE(eventually([] { return threads_named("gh-work").size() == 1; }));
  EXPECT_EQ(other.ask(get("/worker/1.y"))->status, 200);
}

TEST(Isolation, AGroupThatHangsGetsNoStandInBeyondItsShare) {
  auto options = patient();
  options.worker_threads = 4;
  options.handler_deadline = 300ms;
  Server server(options);
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<RawClient>> hanging;
    for (int i = 0; i < 6; ++i) {
      hanging.push_back(std::make_unique<RawClient>(server.port()));
      hanging.back()->send(get("/gated/1." + std::to_string(i)));
    }
    for (const auto& client : hanging) EXPECT_EQ(client->reply()->status, 503);
  }
  EXPECT_EQ(server.application.gate.arrived(), 3);
  EXPECT_EQ(threads_named("gh-work").size(), 7U);
}

TEST(Isolation, GroupsThatWaitTakeTurns) {
  auto options = patient();
  options.worker_threads = 1;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  const auto send = [&](const std::string& path) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get(path));
    const auto sent = static_cast<int>(clients.size());
    ASSERT_TRUE(eventually([&] { return server.application.opened == sent; }));
  };
  send("/gated/1.running");
  ASSERT_TRUE(server.application.gate.wait_for(1));
  for (const std::string path : {"1.a", "1.b", "1.c", "2.a", "2.b"}) send("/worker/" + path);
  // One more event on the I/O thread, so that the last has been handed on.
  RawClient other(server.port());
  ASSERT_EQ(other.ask(get("/inline/x"))->status, 200);
  server.application.gate.open();
  for (const auto& client : clients) EXPECT_EQ(client->reply()->status, 200);
  EXPECT_EQ(server.application.order(),
            (std::vector<std::string>{
                "/worker/2.a", "/worker/1.a", "/worker/2.b", "/worker/1.b", "/worker/1.c"}));
}

// Beside whatever the whole process was given: a service may be nice itself.
TEST(Isolation, HashingGivesWayToAllElse) {
  const int own = ::getpriority(PRIO_PROCESS, 0);
  const int nicer = std::min(own + 10, 19);
  Server server;
  ASSERT_TRUE(eventually([nicer] {
    const auto hashers = threads_named("gh-hash");
    return hashers.size() == 1 && ::getpriority(PRIO_PROCESS, hashers[0]) == nicer;
  }));
  for (const id_t worker : threads_named("gh-work")) {
    EXPECT_EQ(::getpriority(PRIO_PROCESS, worker), own);
  }
}

TEST(Isolation, OneGroupsHashingLeavesRoomInTheQueue) {
  auto options = patient();
  options.hashing_slots = 1;
  options.hashing_queue = 4;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  const auto send = [&](const std::string& path) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get(path));
    const auto sent = static_cast<int>(clients.size());
    ASSERT_TRUE(eventually([&] { return server.application.opened == sent; }));
  };
  send("/gated-hash/1.running");
  ASSERT_TRUE(server.application.gate.wait_for(1));
  for (int i = 0; i < 3; ++i) send("/gated-hash/1.waiting");
  RawClient refused(server.port());
  EXPECT_EQ(refused.ask(get("/gated-hash/1.refused"))->status, 503);
  RawClient other(server.port());
  other.send(get("/gated-hash/2.other"));
  EXPECT_TRUE(other.silent_for(50ms)) << "no room was left";
  server.application.gate.open();
  EXPECT_EQ(other.reply()->status, 200);
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

// ARCHITECTURE.md, the life of a request: it cannot be told from a client that has left.
TEST(HalfClosed, AClientThatEndsItsSideCountsAsGone) {
  Server server;
  RawClient client(server.port());
  client.send(get("/gated/x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  client.end_sending();
  EXPECT_TRUE(server.has_connections(0));
  server.application.gate.open();
  EXPECT_EQ(client.rest(), "");
}

}  // namespace
}  // namespace gatehouse::host::testing
