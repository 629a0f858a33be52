// Answers that are made while they are sent: whole for those who read, cheap for those who do not.
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

std::string pieces(int count) {
  std::string whole;
  for (int i = 0; i < count; ++i) whole += TestApplication::piece(i);
  return whole;
}

// Waits until nothing more is made: the client has stalled, and with it the stream.
int settled(Server& server) {
  int before = -1;
  auto since = std::chrono::steady_clock::now();
  eventually([&] {
    const auto now = std::chrono::steady_clock::now();
    if (server.application.pieces != before) {
      before = server.application.pieces;
      since = now;
    }
    return before > 0 && now - since > 200ms;
  });
  return before;
}

std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Stream, comes_in_chunks_and_leaves_the_connection_open) {
  Server server;
  RawClient client(server.port());
  client.send(get("/stream/20") + get("/inline/next") + get("/stream/1"));
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->fields.at("transfer-encoding"), "chunked");
  EXPECT_FALSE(reply->fields.contains("content-length"));
  EXPECT_TRUE(reply->body == pieces(20));
  EXPECT_EQ(client.reply()->body, "/inline/next");
  const auto whole = client.reply();
  EXPECT_EQ(whole->fields.at("content-length"), std::to_string(TestApplication::kPiece))
      << "what is whole at once is no stream";
}

TEST(Stream, ends_with_the_connection_for_http_1_0) {
  for (const std::string fields : {"", "Connection: keep-alive\r\n"}) {
    Server server;
    RawClient client(server.port());
    const auto reply = client.ask("GET /stream/5 HTTP/1.0\r\n" + fields + "\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->fields.at("connection"), "close");
    EXPECT_FALSE(reply->fields.contains("transfer-encoding"));
    EXPECT_TRUE(client.rest() == pieces(5));
  }
}

TEST(Stream, has_no_body_for_head) {
  Server server;
  RawClient client(server.port());
  const auto head = client.ask("HEAD /stream/5 HTTP/1.1\r\nHost: a\r\n\r\n", HeadReply::Yes);
  ASSERT_TRUE(head);
  EXPECT_EQ(client.ask(get("/inline/next"))->body, "/inline/next");
  EXPECT_EQ(server.application.pieces, 1);
}

TEST(Stream, costs_bounded_memory_for_slow_readers) {
  constexpr int kPieces = 2'000;  // 64 MB
  constexpr int kReaders = 8;
  Server server;
  std::vector<std::unique_ptr<RawClient>> readers;
  const auto before = resident_bytes();
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(std::make_unique<RawClient>(server.port()));
    readers.back()->set_receive_buffer(4096);
    readers.back()->send(get("/stream/" + std::to_string(kPieces)));
  }
  const int made = settled(server);
  // What the kernel takes in for a socket: 4 MB as Linux comes.
  EXPECT_LT(made, kReaders * 250);
  const auto grown = resident_bytes() - std::min(resident_bytes(), before);
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed
  EXPECT_LT(grown, std::size_t{kReaders} * 1'024 * 1'024);
#endif
  RecordProperty("pieces_made", made);
  RecordProperty("resident_growth_kib", static_cast<int>(grown / 1024));
  RawClient other(server.port());
  EXPECT_EQ(other.ask(get("/worker/other"))->body, "/worker/other") << "no worker is held";
}

TEST(Stream, is_whole_for_a_reader_who_begins_late) {
  Server server;
  RawClient client(server.port());
  client.send(get("/stream/600"));
  EXPECT_LT(settled(server), 600);
  EXPECT_TRUE(client.reply()->body == pieces(600));
}

TEST(Stream, ends_when_the_client_leaves) {
  Server server;
  for (const bool reset : {false, true}) {
    auto client = std::make_unique<RawClient>(server.port());
    client->send(get("/stream/100000"));
    ASSERT_TRUE(eventually([&] { return server.application.pieces > 3; }));
    if (reset) client->reset();
    client.reset();
    EXPECT_TRUE(server.has_connections(0));
    EXPECT_TRUE(eventually([&] { return server.application.alive == 0; }));
    server.application.pieces = 0;
  }
}

TEST(Stream, is_dropped_when_the_client_stops_reading) {
  auto options = patient();
  options.write_stall = 100ms;
  Server server(options);
  RawClient client(server.port());
  client.set_receive_buffer(4096);
  client.send(get("/stream/100000"));
  ASSERT_TRUE(eventually([&] { return server.application.pieces > 3; }));
  EXPECT_TRUE(server.has_connections(0));
  EXPECT_TRUE(eventually([&] { return server.application.alive == 0; }));
}

TEST(Stream, that_breaks_off_never_looks_whole) {
  Server server;
  RawClient chunked(server.port());
  EXPECT_FALSE(chunked.ask(get("/stream/10?breaks")));
  RawClient until_close(server.port());
  EXPECT_EQ(until_close.ask("GET /stream/10?breaks HTTP/1.0\r\n\r\n")->status, 200);
  EXPECT_FALSE(until_close.rest()) << "a reset, not an end";
}

TEST(Stream, has_a_deadline_for_each_piece) {
  auto options = patient();
  options.handler_deadline = 300ms;
  Server server(options);
  RawClient client(server.port());
  EXPECT_FALSE(client.ask(get("/stream/10?gated")));
  EXPECT_EQ(server.metrics.deadlines.value, 1);
  server.application.gate.open();
  EXPECT_TRUE(eventually([&] { return server.application.alive == 0; }));
}

TEST(Stream, waits_for_room_on_the_workers) {
  auto options = patient();
  options.worker_threads = 1;
  options.worker_queue = 1;
  Server server(options);
  RawClient reader(server.port());
  reader.send(get("/stream/600"));
  settled(server);
  RawClient holder(server.port());
  holder.send(get("/gated/x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  RawClient waiter(server.port());
  waiter.send(get("/worker/waits"));
  ASSERT_TRUE(eventually([&] { return server.application.opened == 3; }));
  std::thread opener([&] {
    // Some ticks without room.
    const auto until = std::chrono::steady_clock::now() + 100ms;
    eventually([&] { return std::chrono::steady_clock::now() > until; });
    server.application.gate.open();
  });
  EXPECT_TRUE(reader.reply()->body == pieces(600));
  EXPECT_EQ(waiter.reply()->body, "/worker/waits");
  opener.join();
}

TEST(Stream, goes_on_to_its_end_while_the_server_drains) {
  Server server;
  RawClient client(server.port());
  client.send(get("/stream/10?gated"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  std::thread drain([&] { EXPECT_EQ(server->drain(20s), HttpServer::Drained::Completely); });
  server.application.gate.open();
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->body == pieces(10));
  EXPECT_EQ(client.rest(), "");
  drain.join();
}

TEST(Stream, stops_with_the_server) {
  Server server;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get("/stream/100000"));
  }
  ASSERT_TRUE(eventually([&] { return server.application.pieces > 20; }));
  server->stop();
  EXPECT_EQ(server.application.alive, 0);
}

}  // namespace
}  // namespace gatehouse::host::testing
