// SPDX-License-Identifier: Apache-2.0
#include "throttle_repository.hpp"

namespace gatehouse::users {

BOOST_DESCRIBE_STRUCT(StoredBudget, (), (key, full_at))

namespace {

constexpr Sql kSelectBudgets =
    "select key, full_at from users_throttle where key in (:first_key, :second_key)";

// One statement counts and refuses, so that attempts at the same time cannot pass each other: who
// comes second waits for the row. No row comes back when too little is left.
constexpr Sql kTake =
    "insert into users_throttle (key, full_at) values (:key, :first) "
    "on conflict (key) do update set full_at = case "
    "when users_throttle.full_at between :now and :beyond then users_throttle.full_at + :cost "
    "else excluded.full_at end "
    "where users_throttle.full_at <= :last or users_throttle.full_at > :impossible "
    "returning full_at";

constexpr Sql kGiveBack = "update users_throttle set full_at = full_at - :cost where key = :key";

// By users_throttle_by_time.
constexpr Sql kDropWhole =
    "delete from users_throttle where key in "
    "(select key from users_throttle where full_at <= :now order by full_at limit 1000)";

// The day does not matter, so that most sign-ins write nothing here.
constexpr Sql kNoteDevice =
    "insert into users_device (user_number, network, seen_at) "
    "values (:user_number, :network, :now) on conflict (user_number, network) "
    "do update set seen_at = excluded.seen_at "
    "where users_device.seen_at < excluded.seen_at - 86400000000";

constexpr Sql kSelectDevice =
    "select seen_at from users_device "
    "where user_number = :user_number and network = :network and seen_at > :since";

// By users_device_by_time.
constexpr Sql kDropDevices{
    "delete from users_device where rowid in "
    "(select rowid from users_device where seen_at <= :time order by seen_at limit 1000)",
    "delete from users_device where ctid in "
    "(select ctid from users_device where seen_at <= :time order by seen_at limit 1000)"};

static_assert(ThrottleRepository::kBatch == 1'000);

}  // namespace

Result<std::vector<StoredBudget>> ThrottleRepository::find(Session& db,
                                                           std::string_view first_key,
                                                           std::string_view second_key) const {
  return db.list<StoredBudget>(kSelectBudgets, first_key, second_key);
}

Result<bool> ThrottleRepository::take(Session& db, std::string_view key, const Take& what) const {
  GATEHOUSE_TRY(const auto taken,
                db.find<Time>(kTake,
                              key,
                              what.now + what.cost,
                              what.now,
                              what.beyond,
                              what.cost.count(),
                              what.last,
                              what.beyond));
  return taken.has_value();
}

Result<None> ThrottleRepository::give_back(Session& db,
                                           std::string_view key,
                                           std::chrono::microseconds cost) const {
  GATEHOUSE_CHECK(db.run(kGiveBack, cost.count(), key));
  return None{};
}

Result<std::int64_t> ThrottleRepository::drop_whole(Session& db, Time now) const {
  return db.run(kDropWhole, now);
}

Result<None> ThrottleRepository::note_device(Session& db,
                                             std::int64_t user,
                                             std::string_view network,
                                             Time now) const {
  GATEHOUSE_CHECK(db.run(kNoteDevice, user, network, now));
  return None{};
}

Result<bool> ThrottleRepository::is_device(Session& db,
                                           std::int64_t user,
                                           std::string_view network,
                                           Time since) const {
  GATEHOUSE_TRY(const auto seen, db.find<Time>(kSelectDevice, user, network, since));
  return seen.has_value();
}

Result<std::int64_t> ThrottleRepository::drop_devices(Session& db, Time time) const {
  return db.run(kDropDevices, time);
}

}  // namespace gatehouse::users
