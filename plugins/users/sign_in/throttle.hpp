// How many wrong passwords there may be (security.md 14, bar.md 13). An attempt takes from two
// budgets before its password is hashed, and a right one gives back what it took: so parallel
// attempts are bounded, and good sign-ins cost nothing. One budget is the network's (an IPv4
// address, the first half of an IPv6 one), the other the user's, or that of the name where nobody
// has it, so that known and unknown names are refused alike. From a network where they signed in
// within 30 days, a user has one budget of their own instead, which no stranger can use up, neither
// elsewhere nor under other names behind the same address.
//
// How a budget refills: budget.hpp. In no window are there more failures than the limit.
//
// State stands in the database, for all instances and over restarts. Its size is bounded: only an
// attempt that is about to be hashed adds a row, which is dropped when its budget is whole again,
// after a window at the latest: at 50 hashes a second and a window of an hour, 360,000 rows.
//
// Threads:  any.
// Blocking: some statements in the caller's session.
// Errors:   RateLimited, with how much longer it lasts.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/metrics.hpp>

#include "budget.hpp"
#include "throttle_repository.hpp"

namespace gatehouse::users {

class Throttle {
 public:
  // For how long a network that a user signed in from is theirs.
  static constexpr std::chrono::hours kDeviceLife{24 * 30};

  struct Settings {
    std::int64_t per_user = 100;  // failures within `window`; 0: any number
    std::int64_t per_device = 100;
    std::int64_t per_address = 1'000;
    std::chrono::seconds window = std::chrono::hours(1);
  };
  // Only in Plugin::wire().
  Throttle(Context& host, const ThrottleRepository& rows, const Settings& settings);

  enum class Kind : std::uint8_t { User, Device, Address };
  struct Budget {
    Kind kind = Kind::User;
    std::string key;
  };
  struct Attempt {
    std::vector<Budget> budgets;  // one or two
    std::string network;
    bool is_known_device = false;
  };
  // What an attempt from `address` as `user` takes from, or under `name` where `user` is 0. A
  // device is known that was seen after devices_since().
  Attempt attempt_of(std::int64_t user,
                     std::string_view name,
                     std::string_view address,
                     bool is_known_device) const;
  // The same of a user who is known.
  Result<Attempt> find(Session& db, std::int64_t user, std::string_view address) const;
  Time devices_since() const;

  // Whether take() would succeed; else RateLimited for the first budget that has too little left.
  Result<None> check(Session& db, const Attempt& attempt) const;
  Result<None> take(Session& db, const Attempt& attempt) const;
  Result<None> give_back(Session& db, const Attempt& attempt) const;
  // The attempt was right: from now on the network is the user's.
  Result<None> note_device(Session& db, std::int64_t user, const Attempt& attempt) const;

  // Counts what became of the attempt, if it was RateLimited. Outside transactions, which may run
  // several times.
  void count(const Attempt& attempt, const Error& error) const;

  // A job: drops what says nothing any more.
  void tidy() const;

 private:
  struct Limit {
    BudgetLimit budget;
    std::int64_t shown = 0;  // as the quota, in RateLimit
    Counter* refusals = nullptr;
  };
  static Limit make_limit(Context& host, Kind kind, const Settings& settings);
  const Limit& limit_of(const Budget& budget) const;
  static Error refusal(const Limit& limit, Time full_at, Time now);

  Context& host_;
  const ThrottleRepository& rows_;
  const std::array<Limit, 3> limits_;  // by Kind
};

}  // namespace gatehouse::users
