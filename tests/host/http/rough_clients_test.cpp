// The engine under clients that come in masses, leave in the middle or use up what the process has.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

std::ptrdiff_t descriptors() {
  const std::filesystem::directory_iterator open("/proc/self/fd");
  return std::distance(begin(open), end(open));
}

int count_from(const char* variable, int fallback) {
  const char* text = std::getenv(variable);
  return text == nullptr ? fallback : static_cast<int>(std::strtol(text, nullptr, 10));
}

TEST(RoughClients, survives_300_resets_in_every_state) {
  Server server;
  for (int i = 0; i < 300; ++i) {
    RawClient client(server.port());
    switch (i % 6) {
      case 0:
        break;
      case 1:
        client.send("GET / HT");
        break;
      case 2:
        client.send(post("Content-Length: 50\r\n", "x"));
        break;
      case 3:
        client.send(get("/hashing/x"));
        break;
      case 4:
        client.send(get("/huge/5000000"));
        break;
      default:
        client.send("nonsense\r\n\r\n");
        break;
    }
    client.reset();
  }
  EXPECT_TRUE(server.has_connections(0));
  RawClient client(server.port());
  EXPECT_EQ(client.ask(get("/worker/x"))->status, 200);
}

TEST(RoughClients, wait_by_the_thousand_without_harm_to_others) {
  const int count = count_from("GATEHOUSE_IDLE_CONNECTIONS", 2'000);
  auto options = patient();
  options.max_connections = options.max_connections_per_address = 1'000'000;
  Server server(options);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < static_cast<rlim_t>(count) * 5) {
    GTEST_SKIP() << "both sides are in this process, which may open " << limit.rlim_cur << " files";
  }
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < count; ++i) {
    idle.push_back(std::make_unique<RawClient>(server.port()));
    if (i % 2 == 0) idle.back()->send("GET / HT");  // half of them have begun
  }
  ASSERT_TRUE(server.has_connections(count));
  RawClient other(server.port());
  EXPECT_EQ(other.ask(get("/worker/x"))->status, 200);
  EXPECT_EQ(idle[1]->ask(get("/worker/x"))->status, 200);
  idle.clear();
  EXPECT_TRUE(server.has_connections(1));
}

// Every fourth leaves without a word, every other one with a reset.
TEST(RoughClients, leave_no_descriptor_behind_however_many_come) {
  const int count = count_from("GATEHOUSE_CHURNED_CONNECTIONS", 20'000);
  Server server;
  const auto before = descriptors();
  std::ptrdiff_t most = 0;
  for (int i = 0; i < count; ++i) {
    RawClient client(server.port());
    if (i % 4 != 0) {
      ASSERT_EQ(client.ask(get(i % 8 == 1 ? "/worker/x" : "/inline/x"))->status, 200);
    }
    // A close without a reset costs a local port for a minute, of which there are 28,000.
    if (i % 16 != 3) client.reset();
    if (i % 1'000 == 999) {
      ASSERT_TRUE(server.has_connections(0));
      most = std::max(most, descriptors());
    }
  }
  EXPECT_TRUE(eventually([&] { return descriptors() == before; }))
      << descriptors() << " " << before;
  EXPECT_LE(most, before + 2);
}

// Requests are cancelled as fast as they come; who stays is answered all the same.
TEST(RoughClients, cancel_in_a_storm_and_others_are_served) {
  Server server;
  std::atomic<bool> over{false};
  std::atomic<int> cancelled{0};
  std::thread storm([&] {
    // Bounded: they come faster than an instrumented server can close its ends.
    while (!over && cancelled < 3'000) {
      RawClient client(server.port());
      client.send(get(cancelled % 2 == 0 ? "/worker/x" : "/hashing/x"));
      client.reset();
      ++cancelled;
    }
  });
  RawClient staying(server.port());
  for (int i = 0; i < 300 || cancelled < 500; ++i) {
    const auto path = "/worker/" + std::to_string(i);
    const auto reply = staying.ask(get(path));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, path);
  }
  over = true;
  storm.join();
  EXPECT_TRUE(server.has_connections(1));
}

TEST(RoughClients, find_the_server_again_after_it_had_no_descriptor_left) {
  Server server;
  RawClient known(server.port());
  ASSERT_EQ(known.ask(get("/inline/x"))->status, 200);
  // Made while there still are descriptors; the server's side of it will find none.
  const int waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(waiting, 0);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  auto few = before;
  few.rlim_cur = static_cast<rlim_t>(descriptors()) + 20;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<int> taken;
  for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken.push_back(fd);
  ASSERT_FALSE(taken.empty());
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(waiting, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto request = get("/inline/waiting");
  ASSERT_EQ(::send(waiting, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(known.ask(get("/worker/x"))->status, 200);
  pollfd answered{waiting, POLLIN, 0};
  EXPECT_EQ(::poll(&answered, 1, 50), 0) << "it cannot have been accepted";
  for (const int fd : taken) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(::poll(&answered, 1, 20'000), 1);
  ::close(waiting);
  RawClient next(server.port());
  EXPECT_EQ(next.ask(get("/inline/next"))->status, 200);
}

// All of it is there before the server accepts, so that closing at once would be a reset.
TEST(RoughClients, TooManyThatSendAtOnceReadWhyTheyAreRefused) {
  auto options = patient();
  options.max_connections = 1;
  TestApplication application;
  SilentLog log;
  TestMetrics metrics;
  HttpServer server(options, application, log, metrics);
  const auto port = server.listen();
  ASSERT_TRUE(port);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(*port));
    clients.back()->send(get("/inline/x", "X: " + std::string(10'000, 'a') + "\r\n"));
  }
  ASSERT_TRUE(server.start());
  int refused = 0;
  for (const auto& client : clients) {
    const auto reply = client->reply();
    ASSERT_TRUE(reply) << "reset";
    if (reply->status != 503) continue;
    ++refused;
    EXPECT_EQ(client->rest(), "") << "reset";
  }
  EXPECT_EQ(refused, 19);
  server.stop();
}

// Those who do not go are not waited for for long, nor many of them.
TEST(RoughClients, TooManyThatStayAreClosedAfterAMoment) {
  auto options = patient();
  options.max_connections = 1;
  options.linger = 100ms;
  Server server(options);
  RawClient first(server.port());
  ASSERT_EQ(first.ask(get("/inline/x"))->status, 200);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (const auto& client : clients) EXPECT_TRUE(client->rest());
  EXPECT_TRUE(eventually([&] {
    for (const auto& client : clients) {
      if (client->send("x")) return false;
    }
    return true;
  })) << "a socket is still open";
  EXPECT_EQ(server.metrics.refused.value, 100);
}

}  // namespace
}  // namespace gatehouse::host::testing
