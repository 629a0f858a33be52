// The engine over real sockets: answers, bodies, refusals and limits.
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
    EXPECT_EQ(reply->fields.at("x-request-id"), "test") << "the exchange's own refusal";
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
  options.is_trusted_proxy = [](std::string_view address) { return address == "127.0.0.1"; };
  Server server(options);
  RawClient first(server.port());
  ASSERT_EQ(first.ask(get("/inline/x"))->status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.ask(get("/inline/x"))->status, 200);
}

// --- What ends when ---

TEST(HttpServer, closes_after_a_404_to_a_client_that_waits_for_100_continue) {
  Server server;
  RawClient client(server.port());
  const auto reply = client.ask(
      "POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->fields.at("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST(HttpServer, times_a_body_from_its_begin_and_not_from_its_last_byte) {
  auto options = patient();
  options.body_timeout = 200ms;
  Server server(options);
  RawClient client(server.port());
  client.send(post("Content-Length: 200\r\n", ""));
  for (int i = 0; i < 200 && client.silent_for(20ms); ++i) client.send("x");
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
}

TEST(HttpServer, waits_only_for_a_moment_for_a_refused_client_to_go) {
  auto options = patient();
  options.linger = 100ms;
  Server server(options);
  RawClient client(server.port());
  client.send("nonsense\r\n\r\n");
  EXPECT_TRUE(server.has_connections(0));
}

TEST(HttpServer, reads_over_only_so_much_of_a_refused_client) {
  auto options = patient();
  options.linger = 60s;
  Server server(options);
  RawClient client(server.port());
  client.send("nonsense\r\n\r\n");
  const std::string megabyte(1024 * 1024, 'x');
  int taken = 0;
  while (taken < 100 && client.send(megabyte)) ++taken;
  EXPECT_LT(taken, 100);
}

TEST(HttpServer, lets_the_date_move) {
  Server server;
  RawClient client(server.port());
  const auto date = [&] { return client.ask(get("/inline/x"))->fields.at("date"); };
  const auto first = date();
  EXPECT_TRUE(eventually([&] { return date() != first; }));
}

TEST(HttpServer, says_which_address_it_cannot_have) {
  Server server;
  TestApplication application;
  SilentLog log;
  TestMetrics metrics;
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

}  // namespace
}  // namespace gatehouse::host::testing
