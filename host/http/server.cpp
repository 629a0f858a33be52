// Puts the engine's parts together, and takes them apart in the opposite order.
// SPDX-License-Identifier: Apache-2.0
#include "host/http/server.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include "host/http/io_loop.hpp"
#include "host/http/reactor.hpp"

namespace gatehouse::host {

struct HttpServer::State {
  State(HttpOptions options, Application& application, Log& log, Metrics& metrics)
      : engine{options,
               application,
               log,
               EngineMetrics(metrics),
               Admission(options, descriptors_for_connections()),
               Lanes(options, metrics)} {
    const auto count = std::clamp<std::size_t>(options.io_threads, 1, 64);
    for (std::size_t i = 0; i < count; ++i) loops.push_back(std::make_unique<IoLoop>(engine));
  }

  Engine engine;
  std::vector<std::unique_ptr<IoLoop>> loops;  // outlive the reactor and the lanes' threads
  Reactor reactor;
  std::optional<std::uint16_t> port;  // after listen()
};

HttpServer::HttpServer(HttpOptions options, Application& application, Log& log, Metrics& metrics)
    : state_(std::make_unique<State>(std::move(options), application, log, metrics)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::uint16_t> HttpServer::listen() {
  // A client that leaves while it is being written to must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<IoEvents*> threads;
  for (const auto& loop : state_->loops) threads.push_back(loop.get());
  const auto& options = state_->engine.options;
  GATEHOUSE_TRY(state_->port,
                state_->reactor.listen(options.address, options.port, options.sweep, threads));
  return *state_->port;
}

Result<std::uint16_t> HttpServer::start() {
  if (!state_->port) GATEHOUSE_CHECK(listen());
  state_->reactor.start();
  return *state_->port;
}

HttpServer::Drained HttpServer::drain(std::chrono::milliseconds deadline) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  state_->engine.draining = true;
  for (const auto& loop : state_->loops) loop->wake();
  return state_->engine.admission.wait_for_none(until) ? Drained::Completely
                                                       : Drained::WithRequestsLeft;
}

void HttpServer::stop() {
  state_->reactor.stop();
  state_->engine.lanes.stop();
  for (const auto& loop : state_->loops) loop->close_all();
}

}  // namespace gatehouse::host
