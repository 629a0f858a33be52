// A reader that is slow and never stops reading. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

// Takes bytes every 20 ms, fifty times within each second of a write_stall of one.
TEST(SlowReader, WhoTakesBytesAllTheTimeIsNotStalled) {
  auto options = patient();
  options.write_stall = 1s;
  Server server(options);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int buffer = 16 * 1024;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto request = get("/huge/20000000");
  ASSERT_GT(::send(fd, request.data(), request.size(), MSG_NOSIGNAL), 0);
  std::array<char, 4 * 1024> bytes{};
  std::size_t taken = 0;
  const auto until = std::chrono::steady_clock::now() + 4s;
  while (std::chrono::steady_clock::now() < until) {
    const auto size = ::recv(fd, bytes.data(), bytes.size(), 0);
    ASSERT_GT(size, 0) << "cut off after " << taken << " bytes, taken without a pause";
    taken += static_cast<std::size_t>(size);
    ASSERT_EQ(server.metrics.connections.value, 1)
        << "given up after " << taken << " bytes, taken without a pause";
    ::poll(nullptr, 0, 20);  // between two reads
  }
  ::close(fd);
}

// The one that came first is refused first, although its only byte comes last.
TEST(SlowHead, IsTimedFromTheConnectAndNotOnceMoreFromItsFirstByte) {
  auto options = patient();
  options.header_timeout = 1s;
  Server server(options);
  RawClient silent(server.port());
  ASSERT_TRUE(server.has_connections(1));
  ASSERT_TRUE(silent.silent_for(500ms));
  RawClient other(server.port());
  other.send("G");
  ASSERT_TRUE(silent.silent_for(100ms));
  silent.send("G");
  ASSERT_TRUE(other.reply());
  EXPECT_FALSE(silent.silent_for(0ms)) << "one byte after silence bought more time";
}

// RFC 9110 9.3.2: no content in an answer to HEAD, whatever is wrong with the fields after its
// line.
TEST(Head, HasNoBodyWhenItsFieldsAreRefused) {
  for (const std::string& fields : {"X: " + std::string(17'000, 'a') + "\r\n",
                                    std::string("Host: a\r\n b\r\n"),
                                    std::string("Host: a\nX: b\r\n"),
                                    std::string("")}) {
    Server server;
    RawClient client(server.port());
    client.send("HEAD / HTTP/1.1\r\n" + fields + "\r\n");
    const auto all = client.rest();
    ASSERT_TRUE(all);
    EXPECT_TRUE(all->ends_with("\r\n\r\n")) << fields.substr(0, 20) << ": " << *all;
  }
}

TEST(Head, HasNoBodyWhenItsHeadIsSlow) {
  auto options = patient();
  options.header_timeout = 50ms;
  Server server(options);
  RawClient client(server.port());
  client.send("HEAD / HTTP/1.1\r\nHos");
  const auto all = client.rest();
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->starts_with("HTTP/1.1 408 ")) << *all;
  EXPECT_TRUE(all->ends_with("\r\n\r\n")) << *all;
}

// The order of the test of the backlog, with the gate held: what comes meanwhile must not be taken.
TEST(Backlog, IsNotTakenWhileARequestIsHandled) {
  auto options = patient();
  options.pipelined_backlog = 4096;
  Server server(options);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ASSERT_TRUE(server.has_connections(1));
  std::string many = get("/gated/x");
  ASSERT_GT(::send(fd, many.data(), many.size(), MSG_NOSIGNAL), 0);
  ASSERT_TRUE(server.application.gate.wait_for(1));
  many.clear();
  for (int i = 0; i < 20'000; ++i) many += get("/inline/x");
  std::size_t taken = 0;
  const auto until = std::chrono::steady_clock::now() + 500ms;
  while (std::chrono::steady_clock::now() < until && taken < 200'000'000) {
    const auto size = ::send(fd, many.data(), many.size(), MSG_NOSIGNAL);
    if (size > 0) taken += static_cast<std::size_t>(size);
  }
  EXPECT_LT(taken, 40'000'000U) << "more than the kernel's buffers hold";
  ::close(fd);
}

}  // namespace
}  // namespace gatehouse::host::testing
