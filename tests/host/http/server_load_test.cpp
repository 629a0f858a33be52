// The engine over real sockets: time-outs, threads and the end.
// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host/http/test_server.hpp"

namespace gatehouse::host::testing {
namespace {

using namespace std::chrono_literals;

// --- Time ---

TEST(HttpServerLoad, answers_408_to_a_slow_head_also_of_a_later_request) {
  auto options = patient();
  options.header_timeout = 100ms;
  Server server(options);
  RawClient client(server.port());
  ASSERT_EQ(client.ask(get("/inline/x"))->status, 200);
  const auto reply = client.ask("GET / HTTP/1.1\r\nHos");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServerLoad, closes_a_connection_on_which_nothing_ever_comes) {
  auto options = patient();
  options.header_timeout = 100ms;
  Server server(options);
  RawClient client(server.port());
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServerLoad, answers_408_to_a_slow_body) {
  auto options = patient();
  options.body_timeout = 100ms;
  Server server(options);
  RawClient client(server.port());
  ASSERT_EQ(client.ask(get("/inline/x"))->status, 200);
  const auto reply = client.ask(post("Content-Length: 5\r\n", "he"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServerLoad, closes_an_idle_connection_without_a_word) {
  auto options = patient();
  options.idle_timeout = 100ms;
  Server server(options);
  RawClient client(server.port());
  ASSERT_EQ(client.ask(get("/inline/x"))->status, 200);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServerLoad, answers_503_when_the_handler_takes_too_long_and_drops_its_answer) {
  auto options = patient();
  options.handler_deadline = 100ms;
  Server server(options);
  RawClient client(server.port());
  client.send(get("/gated/late"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_TRUE(reply->fields.contains("retry-after"));
  EXPECT_EQ(server.metrics.deadlines.value, 1);
  server.application.gate.open();
  ASSERT_TRUE(eventually([&] { return server.application.alive == 0; }));
  EXPECT_EQ(client.ask(get("/inline/next"))->body, "/inline/next");
}

TEST(HttpServerLoad, answers_503_when_no_worker_comes_free_in_time_without_running_the_request) {
  auto options = patient();
  options.worker_threads = 1;
  options.handler_deadline = 100ms;
  Server server(options);
  RawClient first(server.port());
  first.send(get("/gated/first"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  RawClient second(server.port());
  EXPECT_EQ(second.ask(get("/gated/second"))->status, 503);
  EXPECT_EQ(first.reply()->status, 503);
  server.application.gate.open();
  ASSERT_TRUE(eventually([&] { return server.application.alive == 0; }));
  EXPECT_EQ(server.application.runs, 1);
}

TEST(HttpServerLoad, drops_a_reader_that_has_stalled) {
  auto options = patient();
  options.write_stall = 100ms;
  Server server(options);
  RawClient client(server.port());
  client.set_receive_buffer(4096);
  client.send(get("/huge/20000000"));
  ASSERT_TRUE(server.has_connections(1));
  EXPECT_TRUE(server.has_connections(0));
}

TEST(HttpServerLoad, waits_for_a_reader_who_begins_late) {
  auto options = patient();
  options.idle_timeout = options.header_timeout = 100ms;  // must not count while output waits
  Server server(options);
  RawClient client(server.port());
  client.send(get("/huge/20000000"));
  ASSERT_TRUE(eventually([&] { return server.application.runs == 1; }));
  const auto until = std::chrono::steady_clock::now() + 300ms;
  ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > until; }));
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body.size(), 20'000'000U);
}

// --- Lanes ---

TEST(HttpServerLoad, answers_others_while_all_workers_are_held) {
  Server server;
  RawClient a(server.port());
  RawClient b(server.port());
  a.send(get("/gated/a"));
  b.send(get("/gated/b"));
  ASSERT_TRUE(server.application.gate.wait_for(2));
  RawClient c(server.port());
  EXPECT_EQ(c.ask(get("/inline/c"))->body, "/inline/c");
  server.application.gate.open();
  EXPECT_EQ(a.reply()->body, "/gated/a");
  EXPECT_EQ(b.reply()->body, "/gated/b");
}

TEST(HttpServerLoad, leaves_workers_to_others_when_one_groups_handlers_hang) {
  auto options = patient();
  options.worker_threads = 4;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> hanging;
  for (int i = 0; i < 8; ++i) {
    hanging.push_back(std::make_unique<RawClient>(server.port()));
    hanging.back()->send(get("/gated/1." + std::to_string(i)));
  }
  ASSERT_TRUE(server.application.gate.wait_for(3));
  RawClient other(server.port());
  for (int i = 0; i < 20; ++i) {
    const auto path = "/worker/2." + std::to_string(i);
    EXPECT_EQ(other.ask(get(path))->body, path);
  }
  EXPECT_EQ(server.application.gate.arrived(), 3) << "all but one worker, however many ask";
  server.application.gate.open();
  for (std::size_t i = 0; i < hanging.size(); ++i) {
    EXPECT_EQ(hanging[i]->reply()->body, "/gated/1." + std::to_string(i));
  }
}

TEST(HttpServerLoad, refuses_a_group_at_once_whose_handlers_are_past_their_deadline) {
  auto options = patient();
  options.worker_threads = 2;
  options.handler_deadline = 200ms;
  Server server(options);
  RawClient hanging(server.port());
  EXPECT_EQ(hanging.ask(get("/gated/1.x"))->status, 503);
  // Nobody waits for the handler any more, and it still holds the group's only worker.
  // The client's deadline began before the thread's, so the first may still be let in to wait.
  EXPECT_TRUE(eventually([&] {
    const auto reply = hanging.ask(get("/worker/1.x"));
    return reply && reply->status == 503 && reply->fields.at("retry-after") == "1" &&
           reply->body.find("overloaded") != std::string::npos;
  }));
  EXPECT_EQ(hanging.ask(get("/worker/2.x"))->body, "/worker/2.x");
  server.application.gate.open();
  EXPECT_TRUE(eventually([&] { return hanging.ask(get("/worker/1.y"))->status == 200; }));
}

TEST(HttpServerLoad, leaves_room_in_the_queue_to_other_groups) {
  auto options = patient();
  options.worker_threads = 2;
  options.worker_queue = 4;
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
  for (int i = 0; i < 3; ++i) send("/gated/1.waiting");
  RawClient refused(server.port());
  EXPECT_EQ(refused.ask(get("/gated/1.refused"))->status, 503);
  EXPECT_EQ(refused.ask(get("/worker/2.other"))->status, 200);
  server.application.gate.open();
  for (const auto& client : clients) EXPECT_EQ(client->reply()->status, 200);
}

TEST(HttpServerLoad, answers_503_with_retry_after_when_the_workers_queue_is_full) {
  auto options = patient();
  options.worker_threads = 1;
  options.worker_queue = 1;
  Server server(options);
  RawClient running(server.port());
  running.send(get("/gated/running"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  RawClient waiting(server.port());
  waiting.send(get("/worker/waiting"));
  ASSERT_TRUE(eventually([&] { return server.application.opened == 2; }));
  RawClient refused(server.port());
  const auto reply = refused.ask(get("/worker/refused"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->fields.at("retry-after"), "1");
  EXPECT_EQ(refused.ask(get("/inline/next"))->status, 200);
  server.application.gate.open();
  EXPECT_EQ(running.reply()->body, "/gated/running");
  EXPECT_EQ(waiting.reply()->body, "/worker/waiting");
}

TEST(HttpServerLoad, holds_no_worker_while_requests_wait_for_hashing) {
  auto options = patient();
  options.worker_threads = 1;
  options.hashing_queue = 1;
  Server server(options);
  RawClient hashing(server.port());
  hashing.send(get("/gated-hash/x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  RawClient waiting(server.port());
  waiting.send(get("/hashing/waiting"));
  // It has been at the worker once, and waits in the hashing queue.
  ASSERT_TRUE(eventually([&] { return server.application.runs == 2; }));
  RawClient other(server.port());
  EXPECT_EQ(other.ask(get("/worker/other"))->body, "/worker/other");
  RawClient refused(server.port());
  EXPECT_EQ(refused.ask(get("/hashing/refused"))->status, 503);
  server.application.gate.open();
  EXPECT_EQ(waiting.reply()->body, "/hashing/waiting");
}

TEST(HttpServerLoad, does_not_start_the_work_of_clients_that_have_left) {
  auto options = patient();
  options.worker_threads = 1;
  Server server(options);
  RawClient running(server.port());
  running.send(get("/gated/running"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  for (int i = 0; i < 50; ++i) {
    RawClient leaving(server.port());
    leaving.send(get("/worker/left"));
    ASSERT_TRUE(eventually([&] { return server.application.opened == i + 2; }));
  }
  ASSERT_TRUE(server.has_connections(1));
  server.application.gate.open();
  EXPECT_EQ(running.reply()->body, "/gated/running");
  ASSERT_TRUE(eventually([&] { return server.application.alive == 0; }));
  EXPECT_EQ(server.application.runs, 1);
}

TEST(HttpServerLoad, serves_on_several_io_threads) {
  auto options = patient();
  options.io_threads = 3;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < 20; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i]->send(get((i % 2 ? "/worker/" : "/inline/") + std::to_string(i)));
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      EXPECT_EQ(clients[i]->reply()->body, (i % 2 ? "/worker/" : "/inline/") + std::to_string(i));
    }
  }
}

// --- The end ---

TEST(HttpServerLoad, drains_what_is_being_handled_and_refuses_what_is_new) {
  Server server;
  RawClient handled(server.port());
  handled.send(get("/gated/x"));
  RawClient idle(server.port());
  ASSERT_EQ(idle.ask(get("/inline/x"))->status, 200);
  RawClient half(server.port());
  half.send("GET /inline/half HTTP/1.1\r\nHost");
  ASSERT_TRUE(server.application.gate.wait_for(1));
  ASSERT_TRUE(server.has_connections(3));
  std::thread drain([&] { EXPECT_EQ(server->drain(20s), HttpServer::Drained::Completely); });
  EXPECT_EQ(idle.rest(), "");
  half.send(": a\r\n\r\n");
  const auto refused = half.reply();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->fields.at("connection"), "close");
  server.application.gate.open();
  const auto reply = handled.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_EQ(handled.rest(), "");
  drain.join();
}

TEST(HttpServerLoad, gives_up_draining_at_the_deadline) {
  Server server;
  RawClient handled(server.port());
  handled.send(get("/gated/x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  EXPECT_EQ(server->drain(50ms), HttpServer::Drained::WithRequestsLeft);
}

TEST(HttpServerLoad, stops_with_connections_open_and_work_queued) {
  auto options = patient();
  options.worker_threads = 1;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get("/gated/x"));
  }
  ASSERT_TRUE(server.application.gate.wait_for(1));
  server.application.gate.open();
  server->stop();
  EXPECT_EQ(server.application.alive, 0);
}

}  // namespace
}  // namespace gatehouse::host::testing
