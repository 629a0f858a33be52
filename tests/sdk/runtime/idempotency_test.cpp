// What the table of idempotency keys forgets, and what another instance with the same database
// sees. SPDX-License-Identifier: Apache-2.0
#include "runtime/idempotency.hpp"

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/kernel_random.hpp>

#include "runtime/own_tables.hpp"
#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::runtime {
namespace {

class MovedClock final : public Clock {
 public:
  Time now() const override { return time; }
  Time time{std::chrono::microseconds(1'700'000'000'000'000)};
};

class IdempotencyTable : public ::testing::Test {
 protected:
  IdempotencyTable() {
    const auto problems = opened->migrate(kOwner, own_tables());
    if (!problems.empty()) throw std::runtime_error(problems.front());
    keys.load({MasterKey::make(random, clock.now(), {})});
  }

  Result<None> keep(const std::string& key) {
    GATEHOUSE_TRY(const auto attempt, table.begin(request(key)));
    return db.write([&](Session& session) {
      return attempt->store(session, {201, "application/json", "{}", {}}, true, KeyUse::Kept);
    });
  }
  static Idempotency::Request request(std::string_view key) {
    return {1, 0, "POST", "/things", "/things", "", "{}", key};
  }
  std::int64_t count() {
    return db
        .read([](Session& session) {
          return session.get<std::int64_t>("select count(*) from gatehouse_idempotency_record");
        })
        .value();
  }

  test::Folder folder;
  test::Opened opened{test::options_in(folder)};
  Db& db = opened->for_plugin(kOwner);
  MovedClock clock;
  KernelRandom random;
  KeyRing keys{random};
  Idempotency table{db, clock, keys};
};

TEST_F(IdempotencyTable, ForgetsWhatIsOlderThanADayInSeveralBatches) {
  const std::size_t old = 2 * Idempotency::kBatch + 1;
  for (std::size_t i = 0; i < old; ++i) ASSERT_TRUE(keep("old-" + std::to_string(i)));
  clock.time += std::chrono::hours(1);
  ASSERT_TRUE(keep("new"));
  table.prune();
  EXPECT_EQ(count(), static_cast<std::int64_t>(old) + 1);
  clock.time += std::chrono::hours(23);
  table.prune();
  EXPECT_EQ(count(), 1);
}

TEST_F(IdempotencyTable, LetsOneInstanceOfTwoFinish) {
  Idempotency other(db, clock, keys);
  auto first = table.begin(request("k"));
  auto second = other.begin(request("k"));
  ASSERT_TRUE(first && second);
  const auto store = [&](const Idempotency::Attempt& attempt) {
    return db.write([&](Session& session) {
      return attempt.store(session, {201, "application/json", "{}", {}}, true, KeyUse::Kept);
    });
  };
  EXPECT_TRUE(store(**first));
  const auto late = store(**second);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, "idempotency_in_progress");
}

TEST_F(IdempotencyTable, HoldsAKeyOnlyAsLongAsItsRequestLasts) {
  auto attempt = table.begin(request("k"));
  ASSERT_TRUE(attempt);
  EXPECT_EQ(table.begin(request("k")).error().reason, "idempotency_in_progress");
  EXPECT_TRUE(table.begin(request("other")));
  attempt->reset();
  EXPECT_TRUE(table.begin(request("k")));
}

}  // namespace
}  // namespace gatehouse::runtime
