// A server around the test application, on a free port. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "host/http/server.hpp"
#include "tests/host/http/raw_client.hpp"
#include "tests/host/http/test_application.hpp"

namespace gatehouse::host::testing {

// Waits until the condition holds; a failed test takes 20 s.
inline bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

inline std::string get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

inline std::string post(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

// Nothing times out by itself within a test that does not ask for it.
inline HttpOptions patient() {
  HttpOptions options;
  options.worker_threads = 2;
  options.hashing_slots = 1;
  options.sweep = std::chrono::milliseconds(20);
  options.header_timeout = options.body_timeout = options.idle_timeout = std::chrono::seconds(60);
  options.write_stall = options.handler_deadline = std::chrono::seconds(60);
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

  TestApplication application;
  SilentLog log;
  TestMetrics metrics;

 private:
  HttpServer server_;
  int port_ = 0;
};

}  // namespace gatehouse::host::testing
