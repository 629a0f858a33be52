// The bound on what all clients together may have the server hold.
// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

void expect_refused(RawClient& client) {
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->fields.at("retry-after"), "1");
  EXPECT_EQ(reply->fields.at("connection"), "close");
}

TEST(Memory, IsNotExceededByBodiesOfAKnownLength) {
  auto options = patient();
  options.buffered_bytes = 2000;
  Server server(options);
  RawClient a(server.port());
  RawClient b(server.port());
  a.send(post("Content-Length: 1000\r\n", std::string(900, 'a')));
  b.send(post("Content-Length: 1000\r\n", std::string(900, 'b')));
  ASSERT_TRUE(eventually([&] { return server.metrics.buffered.value == 1800; }));
  RawClient refused(server.port());
  refused.send(post("Content-Length: 201\r\n", ""));
  expect_refused(refused);
  RawClient small(server.port());
  EXPECT_EQ(small.ask(post("Content-Length: 200\r\n", std::string(200, 's')))->status, 200);
  EXPECT_EQ(a.ask(std::string(100, 'a'))->body, std::string(1000, 'a'));
  b.reset();
  EXPECT_TRUE(eventually([&] { return server.metrics.buffered.value == 0; }));
  EXPECT_EQ(small.ask(post("Content-Length: 201\r\n", std::string(201, 's')))->status, 200);
}

TEST(Memory, IsNotExceededByBodiesThatComeInChunks) {
  auto options = patient();
  options.buffered_bytes = 1500;
  Server server(options);
  RawClient a(server.port());
  a.send(post("Content-Length: 1000\r\n", std::string(900, 'a')));
  ASSERT_TRUE(eventually([&] { return server.metrics.buffered.value == 900; }));
  RawClient chunked(server.port());
  const std::string chunk = "190\r\n" + std::string(400, 'c') + "\r\n";
  chunked.send(post("Transfer-Encoding: chunked\r\n", chunk));
  ASSERT_TRUE(eventually([&] { return server.metrics.buffered.value > 1300; }));
  chunked.send(chunk);
  expect_refused(chunked);
  EXPECT_EQ(a.ask(std::string(100, 'a'))->status, 200);
}

TEST(Memory, IsTakenFromTheAnswerWhoseClientHasTakenNothingForLongest) {
  auto options = patient();
  options.buffered_bytes = 30'000'000;
  Server server(options);
  RawClient stalled(server.port());
  stalled.send(get("/huge/20000000"));
  ASSERT_TRUE(eventually([&] { return server.metrics.buffered.value > 0; }));
  const auto until = std::chrono::steady_clock::now() + 200ms;  // the kernel's buffers fill up
  ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > until; }));
  RawClient reader(server.port());
  const auto reply = reader.ask(get("/huge/20000000"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body.size(), 20'000'000U);
  EXPECT_EQ(server.metrics.shed.value, 1);
  EXPECT_FALSE(stalled.reply()) << "its rest was dropped";
  EXPECT_TRUE(eventually([&] { return server.metrics.buffered.value == 0; }));
}

TEST(Memory, HasNoRoomForAnAnswerThatIsLargerThanAllOfIt) {
  auto options = patient();
  options.buffered_bytes = 10'000'000;
  Server server(options);
  RawClient client(server.port());
  client.set_receive_buffer(4096);
  EXPECT_FALSE(client.ask(get("/huge/20000000")));
  RawClient other(server.port());
  EXPECT_EQ(other.ask(get("/inline/x"))->status, 200);
}

}  // namespace
}  // namespace gatehouse::host::testing
