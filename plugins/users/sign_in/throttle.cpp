// SPDX-License-Identifier: Apache-2.0
#include "throttle.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/digest.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/network.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::users {
namespace {

struct Names {
  std::string_view kind;    // in metrics
  std::string_view policy;  // in RateLimit
};

Names names_of(Throttle::Kind kind) {
  switch (kind) {
    case Throttle::Kind::User:
      return {"user", "sign-in"};
    case Throttle::Kind::Device:
      return {"device", "sign-in"};
    case Throttle::Kind::Address:
      return {"address", "sign-in-address"};
  }
  return {};
}

std::int64_t quota_of(Throttle::Kind kind, const Throttle::Settings& settings) {
  switch (kind) {
    case Throttle::Kind::User:
      return settings.per_user;
    case Throttle::Kind::Device:
      return settings.per_device;
    case Throttle::Kind::Address:
      return settings.per_address;
  }
  return 0;
}

}  // namespace

Throttle::Limit Throttle::make_limit(Context& host, Kind kind, const Settings& settings) {
  const Names names = names_of(kind);
  const std::array<Metrics::Label, 1> labels = {{{"kind", names.kind}}};
  Limit limit;
  limit.budget = {names.policy, quota_of(kind, settings), settings.window};
  // A known device looks like everybody, or a neighbour on its network would learn who is known.
  const bool is_device = kind == Kind::Device && settings.per_user > 0;
  limit.shown = is_device ? settings.per_user : limit.budget.quota;
  host.metrics()
      .gauge("users_sign_in_limit",
             "Failed sign-ins that are let through in a window; 0: any.",
             labels)
      .set(static_cast<double>(limit.budget.quota));
  limit.refusals = &host.metrics().counter("users_sign_in_throttled_total",
                                           "Sign-ins that were answered 429, by what was used up.",
                                           labels);
  return limit;
}

Throttle::Throttle(Context& host, const ThrottleRepository& rows, const Settings& settings)
    : host_(host),
      rows_(rows),
      limits_{make_limit(host, Kind::User, settings),
              make_limit(host, Kind::Device, settings),
              make_limit(host, Kind::Address, settings)} {
  host.metrics()
      .gauge("users_sign_in_window_seconds", "The window of the limits of failed sign-ins.", {})
      .set(static_cast<double>(settings.window.count()));
}

const Throttle::Limit& Throttle::limit_of(const Budget& budget) const {
  return limits_[static_cast<std::size_t>(budget.kind)];
}

Time Throttle::devices_since() const {
  return host_.clock().now() - kDeviceLife;
}

Throttle::Attempt Throttle::attempt_of(std::int64_t user,
                                       std::string_view name,
                                       std::string_view address,
                                       bool is_known_device) const {
  Attempt attempt;
  attempt.network = client_network(address);
  attempt.is_known_device = is_known_device;
  // A rotated master key makes every budget whole once.
  const auto key = [this](std::string_view kind, std::string_view who, std::string_view where) {
    return to_hex(host_.keys().digest("throttle", {kind, who, where}));
  };
  const std::string number = std::to_string(user);
  if (is_known_device) {
    attempt.budgets = {{Kind::Device, key("device", number, attempt.network)}};
    return attempt;
  }
  attempt.budgets = {
      {Kind::User, user != 0 ? key("user", number, "") : key("name", fold(name), "")},
      {Kind::Address, key("address", "", attempt.network)}};
  return attempt;
}

Result<Throttle::Attempt> Throttle::find(Session& db,
                                         std::int64_t user,
                                         std::string_view address) const {
  GATEHOUSE_TRY(const bool is_known,
                rows_.is_device(db, user, client_network(address), devices_since()));
  return attempt_of(user, "", address, is_known);
}

Error Throttle::refusal(const Limit& limit, Time full_at, Time now) {
  return limit.budget.refusal("too_many_failures",
                              "Too many sign-ins have failed: wait, and try again.",
                              limit.shown,
                              full_at,
                              now);
}

Result<None> Throttle::check(Session& db, const Attempt& attempt) const {
  const Time now = host_.clock().now();
  GATEHOUSE_TRY(const auto stored,
                rows_.find(db, attempt.budgets.front().key, attempt.budgets.back().key));
  for (const Budget& budget : attempt.budgets) {
    const Limit& limit = limit_of(budget);
    const Take take = limit.budget.take_at(now);
    for (const StoredBudget& row : stored) {
      if (row.key != budget.key || row.full_at <= take.last || row.full_at > take.beyond) continue;
      return refusal(limit, row.full_at, now);
    }
  }
  return None{};
}

// The user's before the network's, everywhere: transactions that wait for each other's rows wait in
// one order.
Result<None> Throttle::take(Session& db, const Attempt& attempt) const {
  const Time now = host_.clock().now();
  for (const Budget& budget : attempt.budgets) {
    const Limit& limit = limit_of(budget);
    // Without a limit the row is written all the same: that an attempt cost a write must not tell
    // whether there is such a user.
    GATEHOUSE_TRY(const bool taken, rows_.take(db, budget.key, limit.budget.take_at(now)));
    if (taken) continue;
    GATEHOUSE_CHECK(check(db, attempt));
    return refusal(limit, now + limit.budget.window, now);
  }
  return None{};
}

Result<None> Throttle::give_back(Session& db, const Attempt& attempt) const {
  for (const Budget& budget : attempt.budgets) {
    const Limit& limit = limit_of(budget);
    if (limit.budget.quota == 0) continue;
    GATEHOUSE_CHECK(rows_.give_back(db, budget.key, limit.budget.cost()));
  }
  return None{};
}

Result<None> Throttle::note_device(Session& db, std::int64_t user, const Attempt& attempt) const {
  return rows_.note_device(db, user, attempt.network, host_.clock().now());
}

// By name: of the budgets of one attempt each has another.
void Throttle::count(const Attempt& attempt, const Error& error) const {
  if (error.code != ErrorCode::RateLimited || !error.rate_limit) return;
  for (const Budget& budget : attempt.budgets) {
    const Limit& limit = limit_of(budget);
    if (limit.budget.policy == error.rate_limit->policy) limit.refusals->add(1);
  }
}

void Throttle::tidy() const {
  constexpr int kMostBatches = 1'000;  // what is left is dropped in the next round
  const Time now = host_.clock().now();
  const auto drop = [&](auto drop_batch) {
    for (int i = 0; i < kMostBatches; ++i) {
      const auto dropped = host_.storage().write(drop_batch);
      if (!dropped || *dropped < ThrottleRepository::kBatch) return;
    }
  };
  drop([&](Session& db) { return rows_.drop_whole(db, now); });
  drop([&](Session& db) { return rows_.drop_devices(db, now - kDeviceLife); });
}

}  // namespace gatehouse::users
