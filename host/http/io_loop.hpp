// The connections of one I/O thread. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/http/admission.hpp"
#include "host/http/connection.hpp"

namespace gatehouse::host {

// The counters of the engine, asked for once.
struct EngineMetrics {
  explicit EngineMetrics(Metrics& metrics);
  Gauge& connections;
  Counter& refused_connections;
  Counter& deadlines;
  Counter& shed_answers;
  Gauge& buffered;
};

// What the I/O threads have in common.
struct Engine {
  HttpOptions options;
  Application& application;
  Log& log;
  EngineMetrics metrics;
  Admission admission;
  Lanes lanes;
  std::atomic<std::size_t> buffered = 0;  // see HttpOptions::buffered_bytes
  std::atomic<bool> draining = false;
  std::atomic<std::uint64_t> next_connection = kFirstConnectionId;
};

// Ownership: the server's; outlives the reactor. Threads: the I/O thread's, except wake() (any) and
// close_all() (once that thread and the lanes' have ended).
class IoLoop final : public IoEvents {
 public:
  explicit IoLoop(Engine& engine);

  void wake() { mailbox_.wake(); }
  void close_all();

  int wake_fd() const override { return mailbox_.fd(); }
  void attach(IoSockets& sockets) override { context_.sockets = &sockets; }
  void on_batch() override;
  std::uint64_t on_accept(int fd, std::string address) override;
  void on_ready(std::uint64_t id, Readiness readiness) override;
  void on_wake() override;
  void on_tick() override;

 private:
  using Connections = std::unordered_map<std::uint64_t, std::unique_ptr<Connection>>;

  Connections::iterator remove(Connections::iterator position);
  void remove_turned_away();
  template <class Call>
  void for_each(Call call);
  std::uint64_t turn_away(int fd, std::string address);
  void drain();
  void shed();

  Engine& engine_;
  Mailbox mailbox_;
  IoContext context_;
  std::time_t date_second_ = 0;
  Connections connections_;
  Connections turned_away_;  // those too many that linger for a moment; a few
  std::vector<std::shared_ptr<Job>> mail_;
};

}  // namespace gatehouse::host
