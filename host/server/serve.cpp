// SPDX-License-Identifier: Apache-2.0
#include "host/server/serve.hpp"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include <unistd.h>

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
  options.hashing_spares = settings.hashing_slots / 2;
  options.hashing_queue = settings.hashing_queue;
  options.framing.head_bytes = settings.header_bytes;
  options.buffered_bytes = settings.buffered_bytes;
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

// How long plugins may take to end after the drain.
constexpr std::chrono::seconds kGrace{5};
constexpr int kStoppedByForce = 3;

// Blocks the signals from the first thread on, so that only wait() sees them.
class StopSignals {
 public:
  StopSignals() : signals_(stop_signals()) { pthread_sigmask(SIG_BLOCK, &signals_, nullptr); }

  // Whether one has come already; it is used up.
  bool have_come() {
    const timespec now{0, 0};
    return sigtimedwait(&signals_, nullptr, &now) > 0;
  }
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

// Ends the process when stopping takes longer than it may: a handler, a job or a plugin's stop()
// that hangs must not keep a service manager waiting for its own, longer limit.
class Deadline {
 public:
  Deadline(Deployment& deployment, std::chrono::seconds grace)
      : thread_([this, &deployment, grace] {
          std::unique_lock lock(mutex_);
          if (changed_.wait_for(lock, grace, [this] { return met_; })) return;
          for (const std::string& work : deployment.running()) {
            deployment.log().error("still_running", "{}", work);
          }
          deployment.log().error("stopped_by_force", "plugins did not end in time");
          deployment.finish_log();
          _exit(kStoppedByForce);
        }) {}
  ~Deadline() {
    {
      const std::lock_guard lock(mutex_);
      met_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool met_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace

int serve(DeploymentOptions options) {
  StopSignals signals;
  options.purpose = Purpose::Serve;
  Deployment deployment(std::move(options));
  if (const Errors errors = deployment.load(); !errors.empty()) return print(errors);

  // The ports come first, so that one that is taken is found out before anything has been made.
  const Settings& settings = deployment.settings();
  HttpServer server(
      http_options(settings.http), deployment.runtime(), deployment.log(), deployment.metrics());
  const auto port = server.listen();
  if (!port) return print({"error: http.address: " + port.error().message});
  deployment.listens_on(*port);
  std::unique_ptr<HttpServer> operator_server;
  std::uint16_t operator_port = 0;
  if (Runtime* runtime = deployment.operator_runtime(); runtime != nullptr) {
    operator_server = std::make_unique<HttpServer>(
        operator_options(settings.observability), *runtime, deployment.log(), deployment.metrics());
    const auto own_port = operator_server->listen();
    if (!own_port) return print({"error: observability.address: " + own_port.error().message});
    operator_port = *own_port;
  }

  for (const auto phase : {&Deployment::wire, &Deployment::open_storage, &Deployment::start}) {
    if (signals.have_come()) {
      deployment.log().info("stopped", "before it served");
      return 0;
    }
    if (const Errors errors = (deployment.*phase)(); !errors.empty()) return print(errors);
  }

  if (operator_server) {
    if (const auto started = operator_server->start(); !started)
      return print({started.error().message});
    deployment.log().info("observing", "{}", url_of(settings.observability.address, operator_port));
  }
  if (const auto started = server.start(); !started) return print({started.error().message});
  deployment.log().info("serving", "{}", url_of(settings.http.address, *port));

  signals.wait();
  signals.unblock();
  deployment.begin_drain();
  deployment.log().info(
      "draining", "at most {} s; another signal ends at once", settings.http.drain_timeout.count());
  if (server.drain(settings.http.drain_timeout) == HttpServer::Drained::WithRequestsLeft) {
    deployment.log().warning("drain_incomplete",
                             "requests are left after {} s; those in a handler are waited for, "
                             "{} s more; another signal ends at once",
                             settings.http.drain_timeout.count(),
                             kGrace.count());
  }
  {
    const Deadline deadline(deployment, kGrace);
    server.stop();
    if (operator_server) operator_server->stop();
    deployment.stop();
  }
  deployment.log().info("stopped", "good-bye");
  if (!deployment.finish_log()) _exit(0);
  return 0;
}

}  // namespace gatehouse::host
