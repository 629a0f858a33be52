// From the reactor's events to the connections they are for. SPDX-License-Identifier: Apache-2.0
#include "host/http/io_loop.hpp"

#include <ctime>

#include <sys/socket.h>
#include <unistd.h>

#include "host/config/network.hpp"

namespace gatehouse::host {

namespace {

// How many connections beyond the limit may linger on each I/O thread; more are just closed.
constexpr std::size_t kTurnedAway = 64;

}  // namespace

EngineMetrics::EngineMetrics(Metrics& metrics)
    : connections(metrics.gauge("http_connections", "Connections that are open.", {})),
      refused_connections(metrics.counter(
          "http_connections_refused_total", "Connections closed because there were too many.", {})),
      deadlines(metrics.counter("http_deadlines_exceeded_total",
                                "Requests answered 503 because their handler took too long.",
                                {})),
      shed_answers(metrics.counter("http_answers_shed_total",
                                   "Answers broken off because http.limits.buffered_bytes was "
                                   "reached and their clients had taken nothing for longest.",
                                   {})),
      buffered(metrics.gauge(
          "http_buffered_bytes",
          "Bodies and backlogs of clients and answers that they have not taken, in bytes.",
          {})) {}

IoLoop::IoLoop(Engine& engine)
    : engine_(engine),
      context_{engine.options,
               engine.application,
               engine.lanes,
               engine.log,
               mailbox_,
               engine.metrics.deadlines,
               engine.buffered} {}

void IoLoop::on_batch() {
  context_.now = std::chrono::steady_clock::now();
  timespec wall{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &wall);
  if (wall.tv_sec != date_second_) {
    date_second_ = wall.tv_sec;
    context_.date = imf_fixdate(wall.tv_sec);
  }
}

std::uint64_t IoLoop::on_accept(int fd, std::string address) {
  address = normal_address(address).value_or(address);
  if (!engine_.admission.admit(address)) {
    engine_.metrics.refused_connections.add(1);
    return turn_away(fd, std::move(address));
  }
  const auto id = engine_.next_connection.fetch_add(1, std::memory_order_relaxed);
  connections_.emplace(id, std::make_unique<Connection>(context_, id, fd, std::move(address)));
  engine_.metrics.connections.set(static_cast<double>(engine_.admission.count()));
  return id;
}

std::uint64_t IoLoop::turn_away(int fd, std::string address) {
  const auto refusal =
      engine_.application.unreadable(503,
                                     "too_many_connections",
                                     "There are too many connections; try again soon.",
                                     {"", "", {}, address});
  const auto id = engine_.next_connection.fetch_add(1, std::memory_order_relaxed);
  auto connection = std::make_unique<Connection>(context_, id, fd, std::move(address));
  connection->turn_away(refusal);
  if (connection->closed() || turned_away_.size() >= kTurnedAway) {
    context_.sockets->close(fd);
    return 0;
  }
  turned_away_.emplace(id, std::move(connection));
  return id;
}

void IoLoop::remove_turned_away() {
  for (auto at = turned_away_.begin(); at != turned_away_.end();) {
    if (!at->second->closed()) {
      ++at;
      continue;
    }
    context_.sockets->close(at->second->fd());
    at = turned_away_.erase(at);
  }
}

IoLoop::Connections::iterator IoLoop::remove(Connections::iterator position) {
  const auto connection = std::move(position->second);
  const auto next = connections_.erase(position);
  context_.sockets->close(connection->fd());
  engine_.admission.release(connection->address());
  engine_.metrics.connections.set(static_cast<double>(engine_.admission.count()));
  return next;
}

template <class Call>
void IoLoop::for_each(Call call) {
  for (auto at = connections_.begin(); at != connections_.end();) {
    call(*at->second);
    at = at->second->closed() ? remove(at) : std::next(at);
  }
}

void IoLoop::on_ready(std::uint64_t id, Readiness readiness) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) {  // closed earlier in the same batch, or too many
    if (const auto other = turned_away_.find(id); other != turned_away_.end()) {
      other->second->on_ready(readiness);
      remove_turned_away();
    }
    return;
  }
  found->second->on_ready(readiness);
  if (found->second->closed()) remove(found);
  shed();
}

// Whoever has taken nothing for longest goes, and not who comes last: else a few slow readers could
// keep the memory and shut everybody else out. Each I/O thread judges its own connections; the one
// whose answer was too much is among them.
void IoLoop::shed() {
  while (engine_.buffered.load(std::memory_order_relaxed) > engine_.options.buffered_bytes) {
    auto slowest = connections_.end();
    for (auto at = connections_.begin(); at != connections_.end(); ++at) {
      const auto since = at->second->waits_for_client();
      if (!since) continue;
      if (slowest == connections_.end() || *since < *slowest->second->waits_for_client()) {
        slowest = at;
      }
    }
    if (slowest == connections_.end()) return;  // bodies hold it, and no more are let in
    slowest->second->close();
    remove(slowest);
    engine_.metrics.shed_answers.add(1);
  }
}

void IoLoop::on_wake() {
  mailbox_.take(mail_);
  for (auto& job : mail_) {
    const auto found = connections_.find(job->connection);
    if (found == connections_.end()) continue;  // the client has left
    found->second->on_job(std::move(job));
    if (found->second->closed()) remove(found);
  }
  mail_.clear();
  shed();
  if (engine_.draining.load(std::memory_order_relaxed)) drain();
}

void IoLoop::on_tick() {
  engine_.lanes.look_after();
  for_each([](Connection& connection) { connection.on_tick(); });
  for (auto& [id, connection] : turned_away_) connection->on_tick();
  remove_turned_away();
  shed();
  engine_.metrics.buffered.set(
      static_cast<double>(engine_.buffered.load(std::memory_order_relaxed)));
  if (engine_.draining.load(std::memory_order_relaxed)) drain();
}

void IoLoop::drain() {
  context_.draining = Draining::Yes;
  for_each([](Connection& connection) { connection.on_drain(); });
}

void IoLoop::close_all() {
  for (auto& [id, connection] : connections_) {
    connection->close();
    ::close(connection->fd());
    engine_.admission.release(connection->address());
  }
  connections_.clear();
  for (auto& [id, connection] : turned_away_) ::close(connection->fd());
  turned_away_.clear();
  mailbox_.take(mail_);  // what was finished too late to be answered
  mail_.clear();
}

}  // namespace gatehouse::host
