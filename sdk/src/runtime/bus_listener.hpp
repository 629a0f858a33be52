// The inside of the bus: events stand in a table, every process reads those that it has not seen.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gatehouse/bus.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/storage.hpp>

#include "storage/notification_waiter.hpp"

namespace gatehouse::runtime {

// An event is a row of gatehouse_event, written in the transaction that it tells of. The position
// of a process says which rows it has read: on PostgreSQL a snapshot, since transactions commit in
// another order than their rows are numbered; on SQLite, which has one writer, a number. A thread
// reads on when a notification wakes it, and every kPeriod anyway, so that a lost one costs no more
// than that; notifications carry nothing. Whenever the server may have crashed, anything may have
// changed, and the position is taken anew.
//
// Threads: the phases (subscribe, start, stop) on one, the rest on any. Blocking: start() never,
// stop() for as long as one look at the database may take.
class BusListener {
 public:
  static constexpr std::chrono::milliseconds kPeriod{1'000};
  // Rows older than this may be gone; twice what a listener may have been away for.
  static constexpr std::chrono::minutes kKept{10};
  // More at a time are not worth telling one by one.
  static constexpr std::size_t kMostAtOnce = 5'000;

  // What it stands on; all outlive it.
  struct Parts {
    Metrics& metrics;
    std::function<Log&(std::string_view plugin)> log_for;
  };
  explicit BusListener(Parts parts) : parts_(std::move(parts)) {}
  ~BusListener() { stop(); }
  BusListener(const BusListener&) = delete;
  BusListener& operator=(const BusListener&) = delete;

  void subscribe(std::string plugin, std::string_view topic, Bus::Handler handler);
  bool has_subscribers() const { return !subscribers_.empty(); }

  // `make_waiter` may return null: nothing can wake it. `db` is the SDK's own.
  using MakeWaiter = std::function<std::unique_ptr<storage::NotificationWaiter>()>;
  void start(Db& db, MakeWaiter make_waiter);
  // Afterwards no handler runs any more.
  void stop() noexcept;

  Result<None> publish(Session& session, std::string_view topic, std::string_view key);
  std::chrono::nanoseconds staleness() const;

  // Deletes what everybody has read.
  static void forget_old(Db& db);
  static Result<None> forget_all(Session& session);

  static constexpr const char* kChannel = "gatehouse_event";

 private:
  struct Subscriber {
    std::string plugin;
    std::string topic;
    Bus::Handler handler;
  };
  struct Row;
  struct Meters {
    explicit Meters(Metrics& metrics);
    Gauge& staleness;
    Counter& told;
    Counter& gaps;
    Counter& lost_notifications;
    Counter& lost_connections;
  };
  using Outcome = storage::NotificationWaiter::Outcome;

  void loop();
  void open_waiter();
  void drop_waiter();
  Outcome wait();
  void judge(Outcome woke_by, std::size_t news);
  bool is_stopping() const;
  // How many events it told of.
  std::size_t look();
  Result<std::vector<Row>> read_on();
  std::size_t tell_all(const std::vector<Row>& rows);
  void tell(std::string_view topic, std::optional<std::string_view> key);
  void tell(const Subscriber& subscriber, std::optional<std::string_view> key);
  Log& log() const;

  const Parts parts_;
  std::vector<Subscriber> subscribers_;  // constant from start() on
  std::optional<Meters> meters_;         // from start() on
  Db* db_ = nullptr;                     // from start() on
  MakeWaiter make_waiter_;               // empty: nothing can wake it

  mutable std::shared_mutex telling_;  // handlers run under it
  bool is_running_ = false;            // guarded by telling_

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;                                // guarded by mutex_
  std::unique_ptr<storage::NotificationWaiter> waiter_;  // changed by the thread under mutex_

  // Of the thread alone.
  std::string server_;
  std::string position_;    // empty: none yet
  bool is_unsure_ = false;  // the server may have crashed: the position may mean nothing
  bool is_away_ = false;
  bool is_deaf_ = false;      // no waiter could be made
  bool unannounced_ = false;  // the timer found what no notification had told of so far

  std::atomic<std::int64_t> sure_at_ = 0;  // nanoseconds of CLOCK_BOOTTIME; 0: never
  std::thread thread_;
};

}  // namespace gatehouse::runtime
