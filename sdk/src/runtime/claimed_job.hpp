// A job that takes place once across all processes on one database.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::runtime {

// Each run is claimed by one conditional update of the job's row in gatehouse_job, so that of
// several processes one has it. The claim is a lease, renewed while the work runs: whoever dies in
// the middle keeps it for kLease at most, and another does the work then: a run counts as done, and
// the next one is due, when the claim is given back. All times are the database's, so that the
// clocks of the processes do not matter; one that is set back makes a job due at once.
//
// At most one at a time, but for a process that was suspended, or cut off the database, for longer
// than kLease and then goes on: others may have begun by then.
//
// Threads: one. Blocking: a read for each look, two writes for each run. Errors: what the work and
// a broken database throw.
class ClaimedJob {
 public:
  static constexpr std::chrono::milliseconds kLease{30'000};
  // However far away the next run is, the row is looked at this often: clocks are set, machines
  // sleep, and releases shorten periods.
  static constexpr std::chrono::milliseconds kLongestWait{60'000};
  static constexpr std::chrono::milliseconds kTryAgain{5'000};  // when the database is away

  // What it stands on; all outlive it.
  struct Parts {
    Db& db;  // the SDK's own
    Random& random;
    Metrics& metrics;
    Log& log;
    std::chrono::milliseconds lease = kLease;
  };
  ClaimedJob(Parts parts, std::string plugin, std::string name, std::chrono::seconds period);

  // Runs `work` when that is due and nobody else does. Returns after how long to ask again.
  std::chrono::microseconds run_if_due(const std::function<void()>& work);

  // All jobs of the database are due at once.
  static Result<None> forget_all(Session& session);

 private:
  class Lease;
  struct Row;
  Result<Row> look();
  Result<bool> claim(const Row& seen, const std::string& holder);
  void note(std::int64_t due_at);
  std::chrono::microseconds wait_for(std::int64_t microseconds) const;

  const Parts parts_;
  const std::string plugin_;
  const std::string name_;
  const std::chrono::microseconds period_;
  Counter& runs_;
  Counter& runs_elsewhere_;
  std::int64_t due_at_ = 0;  // as last seen; 0: not yet
  bool is_away_ = false;     // the database, at the last look
};

}  // namespace gatehouse::runtime
