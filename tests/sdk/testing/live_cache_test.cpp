// Caches that the bus keeps true. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/live_cache.hpp>
#include <gatehouse/testing/fakes.hpp>
#include <gatehouse/testing/harness.hpp>

#include "tests/sdk/testing/instances.hpp"

namespace gatehouse::testing {
namespace {

using namespace std::chrono_literals;

// A bus whose age the test chooses.
class StillBus final : public Bus {
 public:
  Result<None> publish(Session&, std::string_view, std::string_view) override { return None{}; }
  void subscribe(std::string_view, Handler handler) override { tell = std::move(handler); }
  std::chrono::nanoseconds staleness() const override { return age; }

  std::chrono::nanoseconds age = 0ns;
  Handler tell;
};

class LiveCacheTest : public ::testing::Test {
 protected:
  using Cache = LiveCache<std::int64_t, std::string>;
  // What the cache says of `key`, where the database has `stored`.
  std::string get(std::int64_t key, std::string_view stored) {
    return **cache.get(key, [&]() -> Result<Cache::Found> {
      ++reads;
      return std::make_shared<const std::string>(stored);
    });
  }

  StillBus bus;
  RecordedMetrics metrics;
  Cache cache{bus, metrics, "test.word", 32};
  int reads = 0;
};

TEST_F(LiveCacheTest, ReadsOnceAndThenRemembers) {
  EXPECT_EQ(get(1, "ada"), "ada");
  EXPECT_EQ(get(1, "bob"), "ada");
  EXPECT_EQ(reads, 1);
}

TEST_F(LiveCacheTest, ForgetsWhatIsPublishedAndNothingElse) {
  get(1, "ada");
  get(2, "cy");
  bus.tell("1");
  EXPECT_EQ(get(1, "bob"), "bob");
  EXPECT_EQ(get(2, "dan"), "cy");
}

TEST_F(LiveCacheTest, ForgetsAllWhenAnythingMayHaveChanged) {
  for (std::int64_t key = 0; key < 20; ++key) get(key, "before");
  bus.tell(std::nullopt);
  for (std::int64_t key = 0; key < 20; ++key) EXPECT_EQ(get(key, "after"), "after") << key;
}

TEST_F(LiveCacheTest, ForgetsAllWhenTheKeyIsNone) {
  get(1, "ada");
  bus.tell("no number");
  EXPECT_EQ(get(1, "bob"), "bob");
}

TEST_F(LiveCacheTest, ReadsAnewWhileTheBusMayHaveMissedSomething) {
  get(1, "ada");
  bus.age = 2s;
  EXPECT_EQ(get(1, "bob"), "ada") << "at its bound";
  bus.age = 2s + 1ns;
  EXPECT_EQ(get(1, "bob"), "bob");
}

TEST_F(LiveCacheTest, NeverTrustsWhatCannotBeReadAnew) {
  get(1, "ada");
  bus.age = 3s;
  const auto answer =
      cache.get(1, []() -> Result<Cache::Found> { return unavailable("The database is away."); });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Unavailable);
}

TEST_F(LiveCacheTest, KeepsNothingThatChangedWhileItWasRead) {
  const auto found = cache.get(1, [&]() -> Result<Cache::Found> {
    auto old = std::make_shared<const std::string>("ada");
    bus.tell("1");
    return old;
  });
  EXPECT_EQ(**found, "ada");
  EXPECT_EQ(get(1, "bob"), "bob");
}

TEST_F(LiveCacheTest, KeepsNothingOfWhatThereIsNot) {
  const auto missing = cache.get(1, []() -> Result<Cache::Found> { return Cache::Found(); });
  EXPECT_EQ(*missing, nullptr);
  EXPECT_EQ(get(1, "ada"), "ada");
}

TEST_F(LiveCacheTest, HoldsNoMoreThanItsLimit) {
  for (std::int64_t key = 0; key < 1'000; ++key) get(key, "before");
  int kept = 0;
  for (std::int64_t key = 0; key < 1'000; ++key) {
    const int before = reads;
    get(key, "after");
    if (reads == before) ++kept;
  }
  EXPECT_LE(kept, 32);
}

TEST_F(LiveCacheTest, CountsWhereItsAnswersComeFrom) {
  get(1, "ada");
  get(1, "ada");
  get(1, "ada");
  const auto answers = [&](const std::string& from) {
    return metrics.value("live_cache_answers_total{topic=\"test.word\",from=\"" + from + "\"}");
  };
  EXPECT_EQ(answers("database"), 1);
  EXPECT_EQ(answers("memory"), 2);
}

// A plugin with a cache of the words in its table.
class Words final : public Plugin {
 public:
  using Cache = LiveCache<std::string, std::string>;
  Migrations migrations() const override {
    return {{"0001", "words", "create table bare_word (word text primary key, means text)"}};
  }
  void wire(Context& host) override {
    host_ = &host;
    cache_.emplace(host.bus(), host.metrics(), "bare.word", 100);
  }
  void set(const std::string& word, const std::string& means) {
    const auto stored = host_->storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(
          db.run("insert into bare_word (word, means) values (:word, :means) "
                 "on conflict (word) do update set means = excluded.means",
                 word,
                 means));
      return host_->bus().publish(db, "bare.word", word);
    });
    EXPECT_TRUE(stored);
  }
  std::string get(const std::string& word) {
    const auto found = cache_->get(word, [&]() -> Result<Cache::Found> {
      GATEHOUSE_TRY(auto means, host_->storage().read([&](Session& db) {
        return db.get<std::string>("select means from bare_word where word = :word", word);
      }));
      return std::make_shared<const std::string>(std::move(means));
    });
    return found ? **found : "";
  }
  bool is_sure() { return host_->bus().staleness() <= Cache::kBound; }

 private:
  Context* host_ = nullptr;
  std::optional<Cache> cache_;
};

TEST(LiveCacheOfTwoInstances, TellsWhatTheOtherChanged) {
  TestDatabase place;
  Instance<Words> one(place);
  Instance<Words> other(place);
  ASSERT_TRUE(eventually([&] { return one.plugin.is_sure() && other.plugin.is_sure(); }));
  one.plugin.set("ada", "first");
  EXPECT_EQ(other.plugin.get("ada"), "first");
  one.plugin.set("ada", "second");
  EXPECT_EQ(one.plugin.get("ada"), "second") << "one never meets one's own past";
  EXPECT_TRUE(eventually([&] { return other.plugin.get("ada") == "second"; }));
}

}  // namespace
}  // namespace gatehouse::testing
