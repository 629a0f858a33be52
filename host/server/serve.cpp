// SPDX-License-Identifier: Apache-2.0
#include "host/server/serve.hpp"

#include <csignal>
#include <cstdio>
#include <string_view>
#include <utility>

#include "host/config/network.hpp"
#include "host/http/server.hpp"

namespace gatehouse::host {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

HttpOptions http_options(const HttpSettings& settings) {
  HttpOptions options;
  options.address = settings.address;
  options.port = settings.port;
  options.io_threads = settings.io_threads;
  options.worker_threads = settings.workers;
  options.worker_queue = settings.queue;
  options.hashing_slots = settings.hashing_slots;
  options.hashing_queue = settings.hashing_queue;
  options.framing.head_bytes = settings.header_bytes;
  options.header_timeout = settings.header_timeout;
  options.body_timeout = settings.body_timeout;
  options.idle_timeout = settings.idle_timeout;
  options.write_stall = settings.write_timeout;
  options.max_connections = settings.connections;
  options.max_connections_per_address = settings.connections_per_address;
  if (!settings.trusted_proxies.empty()) {
    options.is_trusted_proxy = [proxies = settings.trusted_proxies](std::string_view address) {
      return is_in_networks(address, proxies);
    };
  }
  return options;
}

// Few requests, by one operator or scraper: one thread of each kind.
HttpOptions operator_options(const ObservabilitySettings& settings) {
  HttpOptions options;
  options.address = settings.address;
  options.port = settings.port;
  options.worker_threads = 1;
  options.hashing_slots = 1;
  options.max_connections = 64;
  return options;
}

int print(const Errors& errors) {
  for (const std::string& error : errors) std::fprintf(stderr, "%s\n", error.c_str());
  return 2;
}

std::string url_of(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != address.npos;
  return "http://" + (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

// Blocks the signals from the first thread on, so that only wait() sees them.
class StopSignals {
 public:
  StopSignals() : signals_(stop_signals()) { pthread_sigmask(SIG_BLOCK, &signals_, nullptr); }

  void wait() {
    int signal = 0;
    while (sigwait(&signals_, &signal) != 0) {
    }
  }
  // From now on a signal ends the process at once; not its twin, which `timeout` and others send to
  // the process group in the same moment.
  void unblock() {
    const timespec moment{0, 50'000'000};
    sigtimedwait(&signals_, nullptr, &moment);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  }

 private:
  sigset_t signals_;
};

}  // namespace

int serve(DeploymentOptions options) {
  StopSignals signals;
  Deployment deployment(std::move(options));
  for (const auto phase :
       {&Deployment::load, &Deployment::open_storage, &Deployment::wire, &Deployment::start}) {
    if (const Errors errors = (deployment.*phase)(); !errors.empty()) return print(errors);
  }

  const Settings& settings = deployment.settings();
  HttpServer server(
      http_options(settings.http), deployment.runtime(), deployment.log(), deployment.metrics());
  std::unique_ptr<HttpServer> operator_server;
  if (Runtime* runtime = deployment.operator_runtime(); runtime != nullptr) {
    operator_server = std::make_unique<HttpServer>(
        operator_options(settings.observability), *runtime, deployment.log(), deployment.metrics());
    const auto started = operator_server->start();
    if (!started) return print({"error: observability.address: " + started.error().message});
    deployment.log().info("observing", "{}", url_of(settings.observability.address, *started));
  }
  const auto port = server.start();
  if (!port) return print({"error: http.address: " + port.error().message});
  deployment.log().info("serving", "{}", url_of(settings.http.address, *port));

  signals.wait();
  signals.unblock();
  deployment.begin_drain();
  deployment.log().info(
      "draining", "at most {} s; another signal ends at once", settings.http.drain_timeout.count());
  if (server.drain(settings.http.drain_timeout) == HttpServer::Drained::WithRequestsLeft) {
    deployment.log().warning("drain_incomplete",
                             "requests are left after {} s; those in a handler are waited for, "
                             "another signal ends at once",
                             settings.http.drain_timeout.count());
  }
  server.stop();
  if (operator_server) operator_server->stop();
  deployment.log().info("stopped", "good-bye");
  deployment.stop();
  return 0;
}

}  // namespace gatehouse::host
