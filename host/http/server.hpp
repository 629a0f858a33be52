// The HTTP engine: sockets, framing, time-outs and threads. What requests mean is the
// Application's. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/runtime/exchange.hpp>

#include "host/http/options.hpp"

namespace gatehouse::host {

// HTTP/1.1 and HTTP/1.0 on one address. An answer goes out on the connection that its request came
// in on, or nowhere; requests of one connection are answered in their order, one at a time.
//
// Ownership: borrows application, log and metrics, which must outlive it.
// Threads:   all methods from one thread, but stop() may follow a drain() that still waits
// elsewhere. Blocking:  drain() up to its deadline; stop() until the handlers that run return.
// Process:   raises RLIMIT_NOFILE to its hard limit when made; start() ignores SIGPIPE.
class HttpServer {
 public:
  HttpServer(HttpOptions options, Application& application, Log& log, Metrics& metrics);
  ~HttpServer();  // as stop()

  // The port, which is ours from now on: clients that come before start() wait for it. Error: the
  // address cannot be listened on; the message says which and why. Once only.
  Result<std::uint16_t> listen();
  // Answers; after listen() unless that was called. The port, or listen()'s error. Once only.
  Result<std::uint16_t> start();

  enum class Drained : std::uint8_t { Completely, WithRequestsLeft };
  // Requests that have begun to be handled are answered, with "Connection: close"; new ones get 503
  // and the same; connections without a request are closed. start() must have succeeded.
  Drained drain(std::chrono::milliseconds deadline);

  // Ends at once, but for handlers that run: those are waited for, their answers dropped.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::host
