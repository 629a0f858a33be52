// SPDX-License-Identifier: Apache-2.0
#include "runtime/claimed_job.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include <gatehouse/body/describe.hpp>

#include "runtime/database_clock.hpp"
#include "runtime/guard.hpp"

namespace gatehouse::runtime {

struct ClaimedJob::Row {
  std::int64_t now = 0;
  std::int64_t due_at = 0;
  std::int64_t lease_end = 0;
  BOOST_DESCRIBE_CLASS(Row, (), (now, due_at, lease_end), (), ())
};

namespace {

using std::chrono::microseconds;

// All by the primary key.
constexpr Sql kSelect{"select " GATEHOUSE_SQLITE_NOW
                      " as now, due_at, lease_end from gatehouse_job"
                      " where plugin = :plugin and name = :name",
                      "select " GATEHOUSE_POSTGRESQL_NOW
                      " as now, due_at, lease_end from gatehouse_job"
                      " where plugin = :plugin and name = :name"};
constexpr Sql kIntroduce{
    "insert into gatehouse_job (plugin, name, due_at, holder, lease_end)"
    " values (:plugin, :name, " GATEHOUSE_SQLITE_NOW
    " + :period, '', 0)"
    " on conflict (plugin, name) do nothing",
    "insert into gatehouse_job (plugin, name, due_at, holder, lease_end)"
    " values (:plugin, :name, " GATEHOUSE_POSTGRESQL_NOW
    " + :period, '', 0)"
    " on conflict (plugin, name) do nothing"};
constexpr Sql kClaim =
    "update gatehouse_job set holder = :holder, lease_end = :lease_end"
    " where plugin = :plugin and name = :name and due_at = :seen_due_at"
    " and lease_end = :seen_lease_end";
constexpr Sql kRenew{"update gatehouse_job set lease_end = " GATEHOUSE_SQLITE_NOW
                     " + :lease where plugin = :plugin and name = :name and holder = :holder",
                     "update gatehouse_job set lease_end = " GATEHOUSE_POSTGRESQL_NOW
                     " + :lease where plugin = :plugin and name = :name and holder = :holder"};
constexpr Sql kNow{"select " GATEHOUSE_SQLITE_NOW, "select " GATEHOUSE_POSTGRESQL_NOW};
constexpr Sql kRelease =
    "update gatehouse_job set lease_end = 0, due_at = :due_at"
    " where plugin = :plugin and name = :name and holder = :holder";

}  // namespace

// A claim that was made, kept up by a thread of its own until the work has ended. Only then is the
// job due later: what a process leaves that dies in the middle is still to be done.
class ClaimedJob::Lease {
 public:
  Lease(ClaimedJob& job, std::string holder, std::int64_t next_due_at)
      : job_(job),
        holder_(std::move(holder)),
        next_due_at_(next_due_at),
        thread_([this](const std::stop_token& stop) { keep(stop); }) {}
  ~Lease() {
    thread_.request_stop();
    thread_.join();
    // When the database is away, the lease ends by itself, and the work is done once more.
    std::int64_t due_at = 0;
    const auto released = attempt([&](Session& db) -> Result<std::int64_t> {
      GATEHOUSE_TRY(const auto now, db.get<std::int64_t>(kNow));
      // What took longer than its period begins anew a period after it ended.
      due_at = next_due_at_ > now ? next_due_at_ : now + job_.period_.count();
      return db.run(kRelease, due_at, job_.plugin_, job_.name_, holder_);
    });
    if (released == 1) job_.due_at_ = due_at;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

 private:
  void keep(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
      wake.wait_for(lock, stop, job_.parts_.lease / 3, [] { return false; });
      if (stop.stop_requested()) return;
      const auto renewed = attempt([this](Session& db) {
        return db.run(
            kRenew, microseconds(job_.parts_.lease).count(), job_.plugin_, job_.name_, holder_);
      });
      if (renewed != 0) continue;
      job_.parts_.log.error("job_claim_lost",
                            "job '{}' runs here, but was out of touch with the database for so "
                            "long that another process may have begun it too",
                            job_.name_);
      return;
    }
  }
  // Nothing: the database could not be asked.
  template <class F>
  std::optional<std::int64_t> attempt(const F& change) const noexcept {
    try {
      const auto changed = job_.parts_.db.write(change);
      if (changed) return *changed;
    } catch (...) {
      job_.parts_.log.error("job_claim_failed",
                            "job '{}': its claim could not be kept up: {}",
                            job_.name_,
                            text_of(std::current_exception()));
    }
    return std::nullopt;
  }

  ClaimedJob& job_;
  const std::string holder_;
  const std::int64_t next_due_at_;
  std::jthread thread_;  // last: it uses the others
};

ClaimedJob::ClaimedJob(Parts parts,
                       std::string plugin,
                       std::string name,
                       std::chrono::seconds period)
    : parts_(parts),
      plugin_(std::move(plugin)),
      name_(std::move(name)),
      period_(period),
      runs_(parts.metrics.counter(
          "job_runs_total",
          "Runs of jobs that take place once across all processes.",
          std::array<Metrics::Label, 2>{{{"plugin", plugin_}, {"job", name_}}})),
      runs_elsewhere_(parts.metrics.counter(
          "job_runs_elsewhere_total",
          "Runs left out here since another process had them.",
          std::array<Metrics::Label, 2>{{{"plugin", plugin_}, {"job", name_}}})) {}

Result<ClaimedJob::Row> ClaimedJob::look() {
  GATEHOUSE_TRY(auto row, parts_.db.read([this](Session& db) {
    return db.find<Row>(kSelect, plugin_, name_);
  }));
  if (row) return *row;
  return parts_.db.write([this](Session& db) -> Result<Row> {
    GATEHOUSE_CHECK(db.run(kIntroduce, plugin_, name_, period_.count()));
    return db.get<Row>(kSelect, plugin_, name_);
  });
}

Result<bool> ClaimedJob::claim(const Row& seen, const std::string& holder) {
  const std::int64_t lease_end = seen.now + microseconds(parts_.lease).count();
  GATEHOUSE_TRY(const auto changed, parts_.db.write([&](Session& db) {
    return db.run(kClaim, holder, lease_end, plugin_, name_, seen.due_at, seen.lease_end);
  }));
  return changed == 1;
}

void ClaimedJob::note(std::int64_t due_at) {
  if (due_at_ != 0 && due_at_ != due_at) runs_elsewhere_.add(1);
  due_at_ = due_at;
}

microseconds ClaimedJob::wait_for(std::int64_t time) const {
  return std::clamp(microseconds(time), microseconds(0), microseconds(kLongestWait));
}

microseconds ClaimedJob::run_if_due(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const auto seen = look();
  if (!seen) {
    if (!std::exchange(is_away_, true)) {
      parts_.log.warning(
          "job_postponed", "job '{}' waits for the database: {}", name_, seen.error().message);
    }
    return std::min(period_, microseconds(kTryAgain));
  }
  is_away_ = false;
  note(seen->due_at);

  // Times further away than they can be were written under a clock that has been set back since, or
  // for a longer period. A lease that was not given back is of a run that goes on or broke off.
  const std::int64_t period = period_.count();
  const bool is_due =
      seen->due_at <= seen->now || seen->due_at > seen->now + period || seen->lease_end != 0;
  const bool is_held = seen->lease_end > seen->now &&
                       seen->lease_end <= seen->now + 2 * microseconds(parts_.lease).count();
  if (!is_due) return wait_for(seen->due_at - seen->now);
  if (is_held) return std::min(wait_for(seen->lease_end - seen->now), period_);

  const bool is_on_time = seen->due_at <= seen->now && seen->due_at + period > seen->now;
  const std::int64_t due_at = (is_on_time ? seen->due_at : seen->now) + period;
  const std::string holder = parts_.random.base62(16);
  const auto claimed = claim(*seen, holder);
  if (!claimed) return std::min(period_, microseconds(kTryAgain));
  if (!*claimed) return microseconds(0);  // what the other one wrote tells how long to wait
  runs_.add(1);
  {
    const Lease lease(*this, holder, due_at);
    work();
  }
  const auto took =
      std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin);
  return wait_for(due_at - seen->now - took.count());
}

Result<None> ClaimedJob::forget_all(Session& session) {
  GATEHOUSE_CHECK(session.run("delete from gatehouse_job"));
  return None{};
}

}  // namespace gatehouse::runtime
