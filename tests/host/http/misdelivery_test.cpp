// That an answer never reaches another client's connection, which is what happens when connections
// are addressed by file descriptor: once with the number's re-use forced, once under load.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

// The server's file descriptor for a client, found among this process's; -1 while there is none.
int server_side(int client_port, int server_port) {
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in peer{};
    sockaddr_in own{};
    socklen_t peer_size = sizeof peer;
    socklen_t own_size = sizeof own;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) continue;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_size) != 0) continue;
    if (ntohs(peer.sin_port) == client_port && ntohs(own.sin_port) == server_port) return fd;
  }
  return -1;
}

// One client leaves while its request is being handled; the next one gets its file descriptor and
// says nothing. Then the handler answers.
TEST(Misdelivery, does_not_hand_an_answer_to_the_next_owner_of_the_file_descriptor) {
  int reused = 0;
  for (int round = 0; round < 20; ++round) {
    TestApplication application;
    SilentLog log;
    TestMetrics metrics;
    HttpServer server({}, application, log, metrics);
    auto started = server.start();
    ASSERT_TRUE(started);
    const int port = *started;

    auto leaving = std::make_unique<RawClient>(port);
    leaving->send(get("/gated/SECRET"));
    ASSERT_TRUE(application.gate.wait_for(1));
    const int fd = server_side(leaving->local_port(), port);
    ASSERT_NE(fd, -1);
    leaving.reset();
    ASSERT_TRUE(eventually([&] { return metrics.connections.value == 0; }));

    RawClient next(port);
    ASSERT_TRUE(eventually([&] { return metrics.connections.value == 1; }));
    if (server_side(next.local_port(), port) == fd) ++reused;
    application.gate.open();
    ASSERT_TRUE(eventually([&] { return application.alive == 0; }));
    ASSERT_TRUE(next.silent_for(20ms));
    next.send(get("/worker/own"));
    const auto reply = next.reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "/worker/own");
    server.stop();
  }
  EXPECT_GT(reused, 0) << "the test never met its case";
}

// Some clients send and leave at once, others check that what they get is theirs.
TEST(Misdelivery, gives_every_client_its_own_answers_among_clients_that_leave) {
  const char* wanted_text = std::getenv("GATEHOUSE_MISDELIVERY_ANSWERS");
  const long wanted = std::max(100'000L, wanted_text == nullptr ? 0 : std::atol(wanted_text));
  constexpr int kPerThread = 16;

  TestApplication application;
  SilentLog log;
  TestMetrics metrics;
  HttpOptions options;
  options.io_threads = 2;
  options.worker_queue = 100'000;
  options.max_connections_per_address =
      options.max_connections;  // clients leave faster than is seen
  HttpServer server(options, application, log, metrics);
  auto started = server.start();
  ASSERT_TRUE(started);
  const int port = *started;

  std::atomic<long> checked{0};
  std::atomic<long> foreign{0};
  std::atomic<long> unanswered{0};
  std::atomic<long> left{0};
  const auto check = [&](int thread) {
    const std::vector<std::string> lanes = {
        "/inline/", "/worker/", "/io/", "/inline/", "/hashing/"};
    for (int generation = 0; checked < wanted; ++generation) {
      // New connections every now and then, so that file descriptors change hands.
      std::vector<std::unique_ptr<RawClient>> clients;
      for (int i = 0; i < kPerThread; ++i) clients.push_back(std::make_unique<RawClient>(port));
      for (int round = 0; round < 40; ++round) {
        std::vector<std::string> tags;
        for (std::size_t i = 0; i < clients.size(); ++i) {
          tags.push_back(lanes[(i + static_cast<std::size_t>(round)) % lanes.size()] +
                         std::to_string(thread) + "." + std::to_string(generation) + "." +
                         std::to_string(round) + "." + std::to_string(i));
          clients[i]->send(get(tags[i]));
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
          const auto reply = clients[i]->reply();
          if (!reply || reply->status != 200)
            ++unanswered;
          else if (reply->body != tags[i])
            ++foreign;
          ++checked;
        }
      }
    }
  };
  const auto leave = [&] {
    for (long i = 0; checked < wanted; ++i) {
      // Each close without a reset costs a local port for a minute, of which there are not so many.
      while (left > checked / 5 && checked < wanted) std::this_thread::yield();
      RawClient client(port);
      client.send(get(i % 2 == 0 ? "/worker/SECRET" : "/inline/SECRET"));
      if (i % 3 != 0) client.reset();
      ++left;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back(check, i);
  threads.emplace_back(leave);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(foreign, 0);
  EXPECT_EQ(unanswered, 0);
  EXPECT_GE(checked, wanted);
  EXPECT_GT(left, 0);
  RecordProperty("checked", std::to_string(checked));
  RecordProperty("left", std::to_string(left));
  server.stop();
  EXPECT_EQ(application.alive, 0);
}

}  // namespace
}  // namespace gatehouse::host::testing
