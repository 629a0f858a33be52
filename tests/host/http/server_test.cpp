// The engine over real sockets: connections, order, limits, time-outs, threads and the end.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host/http/raw_client.hpp"
#include "tests/host/http/test_application.hpp"

namespace gatehouse::host {
namespace {

using namespace std::chrono_literals;
using testing::HeadReply;
using testing::RawClient;
using testing::Reply;

// Waits until the condition holds; a failed test takes 20 s.
bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

// Nothing times out by itself within a test that does not ask for it.
HttpOptions patient() {
  HttpOptions options;
  options.worker_threads = 2;
  options.hashing_slots = 1;
  options.sweep = 20ms;
  options.header_timeout = options.body_timeout = options.idle_timeout = 60s;
  options.write_stall = options.handler_deadline = 60s;
  return options;
}

class Server {
 public:
  explicit Server(const HttpOptions& options = patient())
      : server_(options, application, log, metrics) {
    auto started = server_.start();
    if (!started) throw std::runtime_error(started.error().message);
    port_ = *started;
  }
  ~Server() {
    application.gate.open();
    server_.stop();
    EXPECT_EQ(application.alive, 0) << "an exchange outlived the server";
  }

  int port() const { return port_; }
  HttpServer& operator*() { return server_; }
  HttpServer* operator->() { return &server_; }
  bool has_connections(int number) {
    return eventually([&] { return metrics.connections.value == number; });
  }

  testing::TestApplication application;
  testing::SilentLog log;
  testing::TestMetrics metrics;

 private:
  HttpServer server_;
  int port_ = 0;
};

// --- Answers ---

TEST(HttpServer, keeps_a_connection_for_many_requests) {
  Server server;
  RawClient client(server.port());
  for (int i = 0; i < 50; ++i) {
    for (const std::string lane : {"inline", "worker", "hashing", "io"}) {
      const auto path = "/" + lane + "/" + std::to_string(i);
      const auto reply = client.ask(get(path));
      ASSERT_TRUE(reply);
      EXPECT_EQ(reply->status, 200);
      EXPECT_EQ(reply->body, path);
    }
  }
  EXPECT_EQ(server.metrics.connections.value, 1);
}

TEST(HttpServer, answers_with_date_length_and_type_and_says_nothing_of_the_connection) {
  Server server;
  RawClient client(server.port());
  const auto reply = client.ask(get("/inline/x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->fields.at("content-length"), "9");
  EXPECT_EQ(reply->fields.at("content-type"), "text/plain");
  EXPECT_EQ(reply->fields.at("date").size(), std::string("Sat, 21 Nov 2026 17:10:47 GMT").size());
  EXPECT_FALSE(reply->fields.contains("connection"));
}

TEST(HttpServer, answers_pipelined_requests_in_their_order) {
  Server server;
  RawClient client(server.port());
  std::string requests;
  std::vector<std::string> paths;
  for (int i = 0; i < 100; ++i) {
    // The first take longest, so that an engine that does not wait would overtake them.
    const auto lane = i % 4 == 0   ? "/hashing/"
                      : i % 4 == 1 ? "/worker/"
                      : i % 4 == 2 ? "/io/"
                                   : "/inline/";
    paths.push_back(lane + std::to_string(i));
    requests += get(paths.back());
  }
  ASSERT_TRUE(client.send(requests));
  for (const auto& path : paths) {
    const auto reply = client.reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, path);
  }
}

TEST(HttpServer, answers_head_with_the_length_and_without_the_body) {
  Server server;
  RawClient client(server.port());
  const auto head = client.ask("HEAD /inline/abc HTTP/1.1\r\nHost: a\r\n\r\n", HeadReply::Yes);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->fields.at("content-length"), "11");
  const auto next = client.ask(get("/inline/next"));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "/inline/next");
}

TEST(HttpServer, answers_204_without_length_and_body) {
  Server server;
  RawClient client(server.port());
  const auto reply = client.ask(get("/empty"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 204);
  EXPECT_FALSE(reply->fields.contains("content-length"));
  EXPECT_EQ(client.ask(get("/inline/next"))->body, "/inline/next");
}

TEST(HttpServer, closes_after_the_answer_when_asked_to) {
  Server server;
  RawClient client(server.port());
  const auto reply = client.ask(get("/worker/x", "Connection: close\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, closes_after_an_answer_to_http_1_0) {
  Server server;
  RawClient client(server.port());
  const auto reply = client.ask("GET /inline/x HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, keeps_an_http_1_0_connection_that_asks_for_it) {
  Server server;
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    const auto reply = client.ask("GET /inline/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->fields.at("connection"), "keep-alive");
  }
}

TEST(HttpServer, still_answers_a_client_that_has_ended_its_side) {
  Server server;
  RawClient client(server.port());
  client.send(get("/inline/x"));
  client.end_sending();
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "/inline/x");
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, sends_ten_megabytes_and_then_the_next_answer) {
  Server server;
  RawClient client(server.port());
  client.send(get("/huge/10000000") + get("/inline/next"));
  const auto huge = client.reply();
  ASSERT_TRUE(huge);
  EXPECT_EQ(huge->body, std::string(10'000'000, 'h'));
  EXPECT_EQ(client.reply()->body, "/inline/next");
}

TEST(HttpServer, never_lets_an_answer_break_the_framing) {
  Server server;
  RawClient client(server.port());
  for (const auto path : {"/injected", "/framed"}) {
    const auto reply = client.ask(get(path));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 500);
    EXPECT_FALSE(reply->fields.contains("set-cookie"));
  }
  EXPECT_EQ(server.log.errors, 2);
  EXPECT_EQ(client.ask(get("/inline/next"))->body, "/inline/next");
}

// --- Bodies ---

TEST(HttpServer, takes_a_body_in_pieces) {
  Server server;
  RawClient client(server.port());
  for (const char byte : post("Content-Length: 5\r\n", "hello")) client.send({&byte, 1});
  EXPECT_EQ(client.reply()->body, "hello");
}

TEST(HttpServer, takes_a_chunk_whose_end_is_split_between_cr_and_lf) {
  Server server;
  RawClient client(server.port());
  client.send(post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r"));
  ASSERT_TRUE(eventually([&] { return server.application.opened == 1; }));
  EXPECT_TRUE(client.silent_for(50ms));
  client.send("\n0\r\n\r\n");
  EXPECT_EQ(client.reply()->body, "hello");
  EXPECT_EQ(client.ask(get("/inline/next"))->body, "/inline/next");
}

TEST(HttpServer, says_100_continue_before_it_waits_for_the_body) {
  Server server;
  RawClient client(server.port());
  const auto go_on = client.ask(post("Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  const auto reply = client.ask("hello");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "hello");
}

TEST(HttpServer, does_not_ask_for_a_body_that_it_refuses) {
  Server server;
  RawClient client(server.port());
  const auto reply = client.ask(post("Content-Length: 5000\r\nExpect: 100-continue\r\n", ""));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, lets_a_client_that_goes_on_sending_see_413) {
  Server server;
  RawClient client(server.port());
  // Far more than fits the socket's buffers, so that closing early would reset the connection.
  client.send(post("Content-Length: 8000000\r\n", ""));
  EXPECT_TRUE(client.send(std::string(8'000'000, 'x')));
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, counts_a_chunked_body) {
  Server server;
  RawClient client(server.port());
  client.send(
      post("Transfer-Encoding: chunked\r\n", "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n"));
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, reads_over_a_small_body_that_nobody_wants_and_goes_on) {
  Server server;
  RawClient client(server.port());
  const std::string body(5000, 'x');
  client.send("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + body +
              get("/inline/next"));
  EXPECT_EQ(client.reply()->status, 404);
  EXPECT_EQ(client.reply()->body, "/inline/next");
}

TEST(HttpServer, answers_404_rather_than_wait_for_a_large_body) {
  Server server;
  RawClient client(server.port());
  client.send("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
  EXPECT_EQ(client.reply()->status, 404);
  EXPECT_EQ(client.rest(), "");
}

// --- Refusals ---

TEST(HttpServer, answers_each_kind_of_unreadable_request_and_closes) {
  struct Case {
    std::string input;
    int status;
  };
  const std::vector<Case> cases = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {get("/", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {get("/", "Authorization: a\r\nAuthorization: b\r\n"), 400},
      {get("/\xc3\xa9"), 400},
      {"GET /" + std::string(20'000, 'a'), 414},
      {get("/", "Expect: miracles\r\n"), 417},
      {get("/", "X: " + std::string(20'000, 'a') + "\r\n"), 431},
      {get("/", "Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"FROB / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
  };
  Server server;
  for (const auto& test : cases) {
    RawClient client(server.port());
    // What follows an error must never be read as a request.
    client.send(test.input + get("/inline/smuggled"));
    const auto reply = client.reply();
    ASSERT_TRUE(reply) << test.input.substr(0, 60);
    EXPECT_EQ(reply->status, test.status) << test.input.substr(0, 60);
    EXPECT_EQ(reply->fields.at("connection"), "close");
    EXPECT_EQ(client.rest(), "") << test.input.substr(0, 60);
  }
  EXPECT_EQ(server.application.runs, 0);
}

TEST(HttpServer, survives_a_flood_of_slashes) {
  Server server;
  RawClient client(server.port());
  const auto path = "/inline/" + std::string(16'000, '/');
  EXPECT_EQ(client.ask(get(path))->body, path);
  RawClient longer(server.port());
  longer.send(get("/" + std::string(100'000, '/')));
  EXPECT_EQ(longer.reply()->status, 414);
}

TEST(HttpServer, holds_pipelined_requests_back_beyond_the_backlog) {
  auto options = patient();
  options.pipelined_backlog = 4096;
  Server server(options);
  RawClient client(server.port());
  client.send(get("/gated/x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  std::thread sender([&] {
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += get("/inline/x");
    client.send(many);
  });
  server.application.gate.open();
  for (int i = 0; i < 20'001; ++i) {
    const auto reply = client.reply();
    ASSERT_TRUE(reply) << i;
  }
  sender.join();
}

TEST(HttpServer, refuses_connections_beyond_the_limit_and_admits_again) {
  auto options = patient();
  options.max_connections = 3;
  Server server(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    ASSERT_EQ(clients.back()->ask(get("/inline/x"))->status, 200);
  }
  RawClient refused(server.port());
  const auto reply = refused.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(server.metrics.refused.value, 1);
  clients.pop_back();
  ASSERT_TRUE(server.has_connections(2));
  RawClient admitted(server.port());
  EXPECT_EQ(admitted.ask(get("/inline/x"))->status, 200);
}

TEST(HttpServer, limits_connections_of_one_address_except_exempt_ones) {
  auto options = patient();
  options.max_connections_per_address = 1;
  {
    Server server(options);
    RawClient first(server.port());
    ASSERT_EQ(first.ask(get("/inline/x"))->status, 200);
    RawClient second(server.port());
    EXPECT_EQ(second.reply()->status, 503);
  }
  options.exempt_from_address_limit = [](std::string_view address) {
    return address == "127.0.0.1";
  };
  Server server(options);
  RawClient first(server.port());
  ASSERT_EQ(first.ask(get("/inline/x"))->status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.ask(get("/inline/x"))->status, 200);
}

TEST(HttpServer, says_which_address_it_cannot_have) {
  Server server;
  testing::TestApplication application;
  testing::SilentLog log;
  testing::TestMetrics metrics;
  auto options = patient();
  options.port = static_cast<std::uint16_t>(server.port());
  HttpServer second(options, application, log, metrics);
  auto started = second.start();
  ASSERT_FALSE(started);
  const auto& message = started.error().message;
  EXPECT_NE(message.find("127.0.0.1:" + std::to_string(server.port())), std::string::npos)
      << message;
  EXPECT_NE(message.find("already in use"), std::string::npos) << message;
}

// --- Time ---

TEST(HttpServer, answers_408_to_a_slow_head_also_of_a_later_request) {
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

TEST(HttpServer, closes_a_connection_on_which_nothing_ever_comes) {
  auto options = patient();
  options.header_timeout = 100ms;
  Server server(options);
  RawClient client(server.port());
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, answers_408_to_a_slow_body) {
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

TEST(HttpServer, closes_an_idle_connection_without_a_word) {
  auto options = patient();
  options.idle_timeout = 100ms;
  Server server(options);
  RawClient client(server.port());
  ASSERT_EQ(client.ask(get("/inline/x"))->status, 200);
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, answers_503_when_the_handler_takes_too_long_and_drops_its_answer) {
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

TEST(HttpServer, answers_503_when_no_worker_comes_free_in_time_without_running_the_request) {
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

TEST(HttpServer, drops_a_reader_that_has_stalled) {
  auto options = patient();
  options.write_stall = 100ms;
  Server server(options);
  RawClient client(server.port());
  client.set_receive_buffer(4096);
  client.send(get("/huge/20000000"));
  ASSERT_TRUE(server.has_connections(1));
  EXPECT_TRUE(server.has_connections(0));
}

TEST(HttpServer, waits_for_a_reader_who_begins_late) {
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

TEST(HttpServer, answers_others_while_all_workers_are_held) {
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

TEST(HttpServer, answers_503_with_retry_after_when_the_workers_queue_is_full) {
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

TEST(HttpServer, holds_no_worker_while_requests_wait_for_hashing) {
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

TEST(HttpServer, does_not_start_the_work_of_clients_that_have_left) {
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

// --- Rough treatment ---

TEST(HttpServer, survives_300_resets_in_every_state) {
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

TEST(HttpServer, serves_among_500_idle_connections) {
  Server server;
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 500; ++i) idle.push_back(std::make_unique<RawClient>(server.port()));
  ASSERT_TRUE(server.has_connections(500));
  EXPECT_EQ(idle[250]->ask(get("/worker/x"))->status, 200);
  idle.clear();
  EXPECT_TRUE(server.has_connections(0));
}

TEST(HttpServer, serves_on_several_io_threads) {
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

TEST(HttpServer, drains_what_is_being_handled_and_refuses_what_is_new) {
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

TEST(HttpServer, gives_up_draining_at_the_deadline) {
  Server server;
  RawClient handled(server.port());
  handled.send(get("/gated/x"));
  ASSERT_TRUE(server.application.gate.wait_for(1));
  EXPECT_EQ(server->drain(50ms), HttpServer::Drained::WithRequestsLeft);
}

TEST(HttpServer, stops_with_connections_open_and_work_queued) {
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
}  // namespace gatehouse::host
