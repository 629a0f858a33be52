// SPDX-License-Identifier: Apache-2.0
#include "stored_live_users.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace gatehouse::users {

StoredLiveUsers::StoredLiveUsers(Context& host,
                                 const UserRepository& users,
                                 const LoginRepository& logins,
                                 std::size_t limit)
    : host_(host),
      users_(users),
      logins_(logins),
      cache_(host.bus(), host.metrics(), kUserTopic, limit) {
  // How old it may be now is bus_staleness_seconds.
  host.metrics()
      .gauge("users_live_bound_seconds", "How old what is known of a user may be.", {})
      .set(static_cast<double>(cache_.kBound.count()));
}

Result<std::shared_ptr<const LiveUser>> StoredLiveUsers::find(std::int64_t number) {
  return cache_.get(
      number, [&] { return host_.storage().read([&](Session& db) { return find(db, number); }); });
}

Result<std::shared_ptr<const LiveUser>> StoredLiveUsers::find(Session& db, std::int64_t number) {
  GATEHOUSE_TRY(auto user, users_.find_live(db, number));
  if (!user) return std::shared_ptr<const LiveUser>();
  return std::make_shared<const LiveUser>(*std::move(user));
}

void StoredLiveUsers::note_seen(std::int64_t number) {
  const Time now = host_.clock().now();
  const std::lock_guard lock(mutex_);
  if (seen_.size() < kMaxSeen || seen_.count(number) != 0) seen_[number] = now;
}

void StoredLiveUsers::write_seen() {
  constexpr std::size_t kBatch = 500;
  std::vector<SeenUser> all;
  {
    const std::lock_guard lock(mutex_);
    all.reserve(seen_.size());
    for (const auto& [number, at] : seen_) all.push_back({number, at.time_since_epoch().count()});
    seen_.clear();
  }
  // In one order, so that instances that write the same users do not lock each other out.
  std::sort(all.begin(), all.end(), [](const SeenUser& a, const SeenUser& b) {
    return a.number < b.number;
  });
  for (std::size_t begin = 0; begin < all.size(); begin += kBatch) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
    const std::size_t count = std::min(kBatch, all.size() - begin);
    const std::vector<SeenUser> batch(first, first + static_cast<std::ptrdiff_t>(count));
    // What the database refuses now is lost: the next sign of life tells as much.
    std::ignore = host_.storage().write([&](Session& db) { return logins_.note_seen(db, batch); });
  }
}

}  // namespace gatehouse::users
