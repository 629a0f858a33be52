// SPDX-License-Identifier: Apache-2.0
#include "runtime/bus_listener.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <time.h>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/text.hpp>

#include "runtime/database_clock.hpp"
#include "runtime/guard.hpp"
#include "runtime/own_tables.hpp"
#include "storage/session_state.hpp"

namespace gatehouse::runtime {

// `server` tells servers apart, and the lives of one: transaction numbers of another timeline mean
// nothing, and after a crash those are given again that were not on the disk. The postmaster
// outlives the crash of a backend, but its statistics do not: behind a pooler nothing else may tell
// of it. Without topic and key there is no news.
struct BusListener::Row {
  std::string server;
  std::string position;
  std::optional<std::string> topic;
  std::optional<std::string> key;
  BOOST_DESCRIBE_CLASS(Row, (), (server, position, topic, key), (), ())
};

namespace {

using std::chrono::nanoseconds;

// The notification is sent when the transaction commits; many of one transaction are one.
constexpr Sql kPublish{
    "insert into gatehouse_event (topic, key, at) values (:topic, :key, " GATEHOUSE_SQLITE_NOW ")",
    "insert into gatehouse_event (topic, key, at)"
    " select :topic, :key, " GATEHOUSE_POSTGRESQL_NOW " from pg_notify('gatehouse_event', '')"};
#define GATEHOUSE_SERVER                            \
  "cast(pg_postmaster_start_time() as text) || '/'" \
  " || coalesce(cast(pg_stat_get_bgwriter_stat_reset_time() as text), '') as server"
constexpr Sql kFirstPosition{
    "select '' as server, cast(coalesce(max(id), 0) as text) as position,"
    " null as topic, null as key from gatehouse_event",
    "select " GATEHOUSE_SERVER
    ", cast(pg_current_snapshot() as text) as position,"
    " cast(null as text) as topic, cast(null as text) as key"};
// What the snapshot of this statement sees and that of the position did not. Walks the primary key,
// or gatehouse_event_xid. The limit is kMostAtOnce + 1.
constexpr Sql kNews{
    "with reach as (select coalesce(max(id), 0) as id from gatehouse_event)"
    " select '' as server, cast(reach.id as text) as position, e.topic as topic, e.key as key"
    " from reach left join gatehouse_event e on e.id > cast(:position as integer)"
    " order by e.id limit 5001",
    "with seen as materialized (select cast(:position as pg_snapshot) as snapshot)"
    " select " GATEHOUSE_SERVER
    ", cast(pg_current_snapshot() as text) as position, e.topic as topic, e.key as key"
    " from seen left join gatehouse_event e on e.xid >= pg_snapshot_xmin(seen.snapshot)"
    " and not pg_visible_in_snapshot(e.xid, seen.snapshot)"
    " order by e.id limit 5001"};
static_assert(BusListener::kMostAtOnce == 5'000);
constexpr Sql kForget{"delete from gatehouse_event where at < " GATEHOUSE_SQLITE_NOW " - :kept",
                      "delete from gatehouse_event where at < " GATEHOUSE_POSTGRESQL_NOW
                      " - :kept"};

// Runs on while the machine sleeps.
nanoseconds boot_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

void check_topic(std::string_view topic) {
  const bool is_one =
      !topic.empty() && topic.size() <= 64 && std::all_of(topic.begin(), topic.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
      });
  if (!is_one) {
    throw std::logic_error(
        format("bus: the topic '{}' is not at most 64 of a-z, 0-9, _ and dots", topic));
  }
}

}  // namespace

BusListener::Meters::Meters(Metrics& metrics)
    : staleness(metrics.gauge("bus_staleness_seconds",
                              "How long ago this process was sure to have heard of every change, "
                              "before it last looked.",
                              {})),
      told(metrics.counter("bus_events_total", "Events that were read from the bus.", {})),
      gaps(metrics.counter("bus_gaps_total",
                           "Times that anything may have changed, so that caches begin anew.",
                           {})),
      lost_notifications(metrics.counter("bus_notifications_lost_total",
                                         "Events found by the timer and announced by nobody.",
                                         {})),
      lost_connections(metrics.counter(
          "bus_connections_lost_total", "Connections for notifications that broke.", {})) {}

void BusListener::subscribe(std::string plugin, std::string_view topic, Bus::Handler handler) {
  check_topic(topic);
  subscribers_.push_back({std::move(plugin), std::string(topic), std::move(handler)});
}

void BusListener::start(Db& db, MakeWaiter make_waiter) {
  if (!has_subscribers()) return;
  meters_.emplace(parts_.metrics);
  db_ = &db;
  make_waiter_ = std::move(make_waiter);
  is_running_ = true;
  thread_ = std::thread([this] { loop(); });
}

void BusListener::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (waiter_) waiter_->interrupt();
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(telling_);
  is_running_ = false;
}

Result<None> BusListener::publish(Session& session, std::string_view topic, std::string_view key) {
  SessionAccess::State& state = SessionAccess::state(session);
  if (state.access != storage::Access::Write) {
    throw std::logic_error("bus: publish() outside Db::write()");
  }
  check_topic(topic);
  if (key.size() > 255) throw std::logic_error("bus: a key has at most 255 bytes");
  GATEHOUSE_CHECK(session.run(kPublish, topic, key));
  state.after_commit.push_back(
      [this, topic = std::string(topic), key = std::string(key)] { tell(topic, key); });
  return None{};
}

nanoseconds BusListener::staleness() const {
  const std::int64_t sure_at = sure_at_;
  return sure_at == 0 ? nanoseconds::max() : boot_now() - nanoseconds(sure_at);
}

Result<None> BusListener::forget_all(Session& session) {
  GATEHOUSE_CHECK(session.run("delete from gatehouse_event"));
  return None{};
}

void BusListener::forget_old(Db& db) {
  const auto forgotten = db.write([](Session& session) {
    return session.run(kForget, std::chrono::microseconds(kKept).count());
  });
  static_cast<void>(forgotten);  // when the database is away, the next run does it
}

void BusListener::loop() {
  Outcome woke_by = Outcome::Woken;
  while (!is_stopping()) {
    open_waiter();
    judge(woke_by, look());
    woke_by = wait();
  }
  drop_waiter();
}

void BusListener::drop_waiter() {
  const std::lock_guard lock(mutex_);
  waiter_.reset();
}

bool BusListener::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

// Before each look, so that what is committed after the look wakes it.
void BusListener::open_waiter() {
  if (waiter_ || !make_waiter_) return;
  try {
    auto waiter = make_waiter_();
    if (!waiter) {
      make_waiter_ = nullptr;
      return;
    }
    if (std::exchange(is_deaf_, false)) {
      log().info("bus_listens", "Notifications of changes arrive again");
    }
    const std::lock_guard lock(mutex_);
    if (stopping_) waiter->interrupt();
    waiter_ = std::move(waiter);
  } catch (...) {
    if (std::exchange(is_deaf_, true)) return;
    log().warning("bus_deaf",
                  "Notifications of changes cannot be listened for; changes elsewhere are found by "
                  "looking once a second: {}",
                  text_of(std::current_exception()));
  }
}

BusListener::Outcome BusListener::wait() {
  if (waiter_) {
    const Outcome outcome = waiter_->wait(kPeriod);
    if (outcome != Outcome::Lost) return outcome;
    meters_->lost_connections.add(1);
    drop_waiter();
    is_unsure_ = true;
    return outcome;
  }
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kPeriod, [this] { return stopping_; });
  return Outcome::TimedOut;
}

// A row may be seen a moment before its notification is, so what the timer finds was lost only when
// nothing announces it until the next time.
void BusListener::judge(Outcome woke_by, std::size_t news) {
  const bool is_overdue = std::exchange(unannounced_, false) && woke_by == Outcome::TimedOut;
  if (is_overdue && waiter_) {
    meters_->lost_notifications.add(1);
    drop_waiter();  // its connection may be dead without knowing it
  }
  unannounced_ = waiter_ && woke_by == Outcome::TimedOut && news != 0;
}

Result<std::vector<BusListener::Row>> BusListener::read_on() {
  try {
    return db_->read([this](Session& session) {
      return position_.empty() || is_unsure_ ? session.list<Row>(kFirstPosition)
                                             : session.list<Row>(kNews, position_);
    });
  } catch (...) {
    return unavailable(text_of(std::current_exception()));
  }
}

std::size_t BusListener::look() {
  const nanoseconds begin = boot_now();
  if (sure_at_ != 0) {
    meters_->staleness.set(std::chrono::duration<double>(staleness()).count());
  }
  const auto rows = read_on();
  if (!rows) {
    is_unsure_ = true;
    if (!std::exchange(is_away_, true)) {
      log().warning(
          "bus_blind", "Changes elsewhere are not known at present: {}", rows.error().message);
    }
    return 0;
  }
  if (std::exchange(is_away_, false)) log().info("bus_sees", "Changes elsewhere are known again");
  const std::size_t told = tell_all(*rows);
  server_ = rows->front().server;
  position_ = rows->front().position;
  is_unsure_ = false;
  sure_at_ = begin.count();
  return told;
}

std::size_t BusListener::tell_all(const std::vector<Row>& rows) {
  const bool is_first = position_.empty();
  const bool is_gap = !is_first && (is_unsure_ || rows.front().server != server_ ||
                                    rows.size() > kMostAtOnce || staleness() > kKept / 2);
  if (is_first || is_gap) {
    if (is_gap) {
      meters_->gaps.add(1);
      log().warning("bus_gap", "Anything may have changed elsewhere; caches begin anew");
    }
    const std::shared_lock lock(telling_);
    for (const Subscriber& subscriber : subscribers_) tell(subscriber, std::nullopt);
    return 0;
  }
  std::size_t told = 0;
  for (const Row& row : rows) {
    if (!row.topic || !row.key) continue;
    tell(*row.topic, *row.key);
    ++told;
  }
  meters_->told.add(static_cast<double>(told));
  return told;
}

void BusListener::tell(std::string_view topic, std::optional<std::string_view> key) {
  const std::shared_lock lock(telling_);
  if (!is_running_) return;
  for (const Subscriber& subscriber : subscribers_) {
    if (subscriber.topic == topic) tell(subscriber, key);
  }
}

void BusListener::tell(const Subscriber& subscriber, std::optional<std::string_view> key) {
  try {
    subscriber.handler(key);
  } catch (...) {
    parts_.log_for(subscriber.plugin)
        .error("bus_handler_failed",
               "the handler of '{}' failed: {}",
               subscriber.topic,
               text_of(std::current_exception()));
  }
}

Log& BusListener::log() const {
  return parts_.log_for(kOwner);
}

}  // namespace gatehouse::runtime
