// The invalidation bus, between instances on one database. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <stdexcept>

#include <gtest/gtest.h>
#include <unistd.h>

#include <gatehouse/bus.hpp>
#include <gatehouse/testing/harness.hpp>

#include "tests/sdk/testing/instances.hpp"

namespace gatehouse::testing {
namespace {

using namespace std::chrono_literals;

struct Word {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Word, (), (text))

// Remembers what it was told; "*": anything may have changed.
class Cache final : public Plugin {
 public:
  void wire(Context& host) override {
    host_ = &host;
    latest = this;
    before_start = host.bus().staleness();
    host.bus().subscribe("cache.word", [](std::optional<std::string_view> key) {
      if (key == "poison") throw std::runtime_error("broken handler");
    });
    host.bus().subscribe("cache.word", [this](std::optional<std::string_view> key) {
      const std::lock_guard lock(mutex_);
      told_.emplace_back(key.value_or("*"));
    });
    host.permissions().declare("bare:write", held_by_everybody);
    host.routes().post(
        "/words", "bare:write", "Change", [this](Call&, const Word& word) -> Result<None> {
          GATEHOUSE_CHECK(publish(word.text));
          told_in_handler = times(word.text);
          return None{};
        });
  }

  Db& db() { return host_->storage(); }
  Bus& bus() { return host_->bus(); }
  Result<None> publish(std::string_view key) {
    return db().write([&](Session& session) { return bus().publish(session, "cache.word", key); });
  }
  Result<std::int64_t> run(const Sql& sql) {
    return db().write([&](Session& session) { return session.run(sql); });
  }
  Result<std::optional<std::int64_t>> find(const Sql& sql) {
    return db().read([&](Session& session) { return session.find<std::int64_t>(sql); });
  }
  std::int64_t count(const Sql& sql) { return find(sql).value().value(); }
  std::int64_t times(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    return std::count(told_.begin(), told_.end(), key);
  }
  bool was_told(std::string_view key) const { return times(key) > 0; }
  bool is_sure() { return bus().staleness() != std::chrono::nanoseconds::max(); }

  std::chrono::nanoseconds before_start{};
  std::atomic<std::int64_t> told_in_handler = -1;
  static inline Cache* latest = nullptr;  // that was wired, for the harness does not show it

 private:
  Context* host_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<std::string> told_;  // guarded by mutex_
};

class BusTest : public ::testing::Test {
 protected:
  BusTest() {
    EXPECT_TRUE(eventually([&] { return one.is_sure() && other.is_sure(); }));
  }
  bool on_postgresql() const { return place.options().engine == Engine::PostgreSql; }

  TestDatabase place;
  Instance<Cache> one_instance{place};
  Instance<Cache> other_instance{place};
  Cache& one = one_instance.plugin;
  Cache& other = other_instance.plugin;
};

TEST_F(BusTest, TellsOneselfAtOnceAndOthersSoon) {
  ASSERT_TRUE(one.publish("ada"));
  EXPECT_TRUE(one.was_told("ada"));
  EXPECT_TRUE(eventually([&] { return other.was_told("ada"); }));
  ASSERT_TRUE(other.publish("bob"));
  EXPECT_TRUE(eventually([&] { return one.was_told("bob"); }));
}

TEST_F(BusTest, TellsNobodyWhatWasRolledBack) {
  const auto refused = one.db().write([&](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(one.bus().publish(session, "cache.word", "never"));
    return conflict("changed_my_mind", "No.");
  });
  EXPECT_FALSE(refused);
  ASSERT_TRUE(one.publish("afterwards"));
  EXPECT_TRUE(eventually([&] { return other.was_told("afterwards"); }));
  EXPECT_FALSE(one.was_told("never"));
  EXPECT_FALSE(other.was_told("never"));
}

TEST_F(BusTest, TellsWhatIsCommittedInAnotherOrderThanPublished) {
  if (!on_postgresql()) GTEST_SKIP() << "SQLite has one writer";
  const auto early = one.db().write([&](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(one.bus().publish(session, "cache.word", "published early"));
    std::thread([&] { EXPECT_TRUE(other.publish("published late")); }).join();
    // The listener has read beyond the row that is not committed yet.
    EXPECT_TRUE(eventually([&] { return other.times("published late") > 1; }));
    return None{};
  });
  ASSERT_TRUE(early);
  EXPECT_TRUE(eventually([&] { return other.was_told("published early"); }));
}

TEST_F(BusTest, FindsWhatNoNotificationAnnounced) {
  ASSERT_TRUE(
      one.run("insert into gatehouse_event (topic, key, at) values ('cache.word', 'mute', "
              "9000000000000000)"));
  EXPECT_TRUE(eventually([&] { return one.was_told("mute") && other.was_told("mute"); }));
  if (!on_postgresql()) return;
  RecordedMetrics& metrics = other_instance.runtime.metrics;
  EXPECT_TRUE(eventually([&] { return metrics.value("bus_notifications_lost_total") == 1; }));
}

TEST_F(BusTest, CountsNoNotificationAsLostThatCame) {
  if (!on_postgresql()) GTEST_SKIP() << "SQLite has none";
  for (int i = 0; i < 300; ++i) {
    const std::string key = "word " + std::to_string(i);
    ASSERT_TRUE(one.publish(key));
    ASSERT_TRUE(eventually([&] { return other.was_told(key); }));
  }
  EXPECT_EQ(other_instance.runtime.metrics.value("bus_notifications_lost_total"), 0);
  EXPECT_EQ(other_instance.runtime.metrics.value("bus_gaps_total"), 0);
}

TEST_F(BusTest, TakesALostConnectionAsAGap) {
  if (!on_postgresql()) GTEST_SKIP() << "SQLite has none";
  constexpr Sql kListeners =
      "select count(*) from pg_stat_activity"
      " where datname = current_database() and query = 'listen gatehouse_event'";
  constexpr Sql kKill =
      "select count(*) from (select pg_terminate_backend(pid) as killed from pg_stat_activity"
      " where datname = current_database() and query = 'listen gatehouse_event') k where killed";
  ASSERT_TRUE(eventually([&] { return one.count(kListeners) == 2; }));
  const auto key_of = [](int round, int i) {
    return std::to_string(round) + ":" + std::to_string(i);
  };
  for (int round = 0; round < 3; ++round) {
    const std::int64_t before = other.times("*");
    EXPECT_EQ(one.count(kKill), 2);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(one.publish(key_of(round, i)));
    EXPECT_TRUE(eventually([&] { return other.times("*") == before + 1; }));
    EXPECT_TRUE(eventually([&] { return one.count(kListeners) == 2; }));
    for (int i = 10; i < 20; ++i) {
      ASSERT_TRUE(one.publish(key_of(round, i)));
      EXPECT_TRUE(eventually([&] { return other.was_told(key_of(round, i)); })) << i;
    }
  }
  EXPECT_EQ(other_instance.runtime.metrics.value("bus_gaps_total"), 3);
  EXPECT_EQ(other_instance.runtime.metrics.value("bus_connections_lost_total"), 3);
}

TEST_F(BusTest, TellsThatAnythingMayHaveChangedWhenItIsTooMuch) {
  const std::int64_t before = other.times("*");
  ASSERT_TRUE(one.run(
      {"with recursive n (i) as (select 1 union all select i + 1 from n where i < 5001)"
       " insert into gatehouse_event (topic, key, at) select 'cache.word', 'flood', 1 from n",
       "insert into gatehouse_event (topic, key, at)"
       " select 'cache.word', 'flood', 1 from generate_series(1, 5001)"}));
  EXPECT_TRUE(eventually([&] { return other.times("*") == before + 1; }));
  ASSERT_TRUE(one.publish("afterwards"));
  EXPECT_TRUE(eventually([&] { return other.was_told("afterwards"); }));
  EXPECT_FALSE(other.was_told("flood"));
  EXPECT_EQ(other_instance.runtime.metrics.value("bus_gaps_total"), 1);
}

TEST_F(BusTest, KnowsHowLongItHasHeardNothing) {
  EXPECT_EQ(one.before_start, std::chrono::nanoseconds::max());
  EXPECT_GE(one.times("*"), 1) << "what was cached before it was sure is forgotten";
  one_instance.runtime.database().close();
  EXPECT_TRUE(eventually([&] { return one.bus().staleness() > 3s; }));
  EXPECT_TRUE(
      eventually([&] { return one_instance.runtime.metrics.value("bus_staleness_seconds") > 3; }));
  EXPECT_EQ(one_instance.runtime.log.count("bus_blind"), 1);
}

TEST_F(BusTest, KeepsWhatAHandlerThrowsToTheLog) {
  ASSERT_TRUE(one.publish("poison"));
  EXPECT_TRUE(one.was_told("poison")) << "the other handler is told all the same";
  EXPECT_GE(one_instance.runtime.log.count("bus_handler_failed"), 1);
  EXPECT_TRUE(eventually([&] { return other.was_told("poison"); }));
}

TEST_F(BusTest, ForgetsWhatEverybodyHasRead) {
  ASSERT_TRUE(one.publish("old"));
  ASSERT_TRUE(one.run("update gatehouse_event set at = at - 601000000"));
  ASSERT_TRUE(one.publish("young"));
  (*one_instance.runtime).run_jobs();
  EXPECT_EQ(one.count("select count(*) from gatehouse_event where key = 'old'"), 0);
  EXPECT_EQ(one.count("select count(*) from gatehouse_event where key = 'young'"), 1);
  EXPECT_TRUE(eventually([&] { return other.was_told("young"); }));
}

TEST_F(BusTest, RefusesWhatCannotBePublished) {
  struct Case {
    const char* name;
    std::string topic;
    std::string key;
  };
  const Case cases[] = {
      {"no topic", "", "key"},
      {"long topic", std::string(65, 'a'), "key"},
      {"capitals", "Cache.word", "key"},
      {"long key", "cache.word", std::string(256, 'a')},
  };
  for (const Case& c : cases) {
    EXPECT_THROW(static_cast<void>(one.db().write(
                     [&](Session& session) { return one.bus().publish(session, c.topic, c.key); })),
                 std::logic_error)
        << c.name;
  }
  EXPECT_THROW(static_cast<void>(one.db().read([&](Session& session) {
                 return one.bus().publish(session, "cache.word", "key");
               })),
               std::logic_error);
  EXPECT_THROW(one.bus().subscribe("cache.word", [](auto) {}), std::logic_error);
}

// A PostgreSQL server that no other test uses; on SQLite nothing.
class OwnServer {
 public:
  OwnServer() {
    const char* shared = std::getenv(kVariable);
    if (shared == nullptr || *shared == '\0') return;
    shared_ = shared;
    own_ = shared_ + "." + std::to_string(::getpid());
    if (!control("start")) throw std::runtime_error("no server of its own could be started");
    ::setenv(kVariable, own_.c_str(), 1);
  }
  ~OwnServer() {
    if (own_.empty()) return;
    ::setenv(kVariable, shared_.c_str(), 1);
    EXPECT_TRUE(control("stop"));
  }
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

 private:
  static constexpr const char* kVariable = "GATEHOUSE_TEST_POSTGRESQL";
  bool control(const std::string& verb) const {
    const std::string command =
        "python3 -B '" GATEHOUSE_POSTGRESQL_SCRIPT "' " + verb + " '" + own_ + "'";
    return std::system(command.c_str()) == 0;
  }
  std::string shared_;
  std::string own_;
};

class BusCrashTest : public ::testing::Test {
 protected:
  bool psql(const std::string& statement) const {
    const PostgresqlOptions& options = place.options().postgresql;
    const std::string command = "psql -Xq -h " + options.hosts.front() + " -p " +
                                std::to_string(options.port) + " -U " + options.role.user + " -d " +
                                options.dbname + " -c \"" + statement + "\" >/dev/null";
    return std::system(command.c_str()) == 0;
  }

  OwnServer server;
  TestDatabase place;
  Instance<Cache> one_instance{place};
  Instance<Cache> other_instance{place};
  Cache& one = one_instance.plugin;
  Cache& other = other_instance.plugin;
};

// One backend is killed; the postmaster lives on. What was committed a moment ago and is not on the
// disk is gone, and the number of its transaction is given again.
TEST_F(BusCrashTest, TellsWhatIsPublishedAfterACrashOfPostgresql) {
  if (place.options().engine != Engine::PostgreSql) GTEST_SKIP() << "SQLite has no server";
  constexpr Sql kLast = "select max(cast(cast(xid as text) as bigint)) from gatehouse_event";
  constexpr Sql kStart =
      "select cast(extract(epoch from pg_postmaster_start_time()) * 1000000 as bigint)";
  // Its checkpointer is another one after a crash.
  constexpr Sql kLife = "select pid from pg_stat_activity where backend_type = 'checkpointer'";
  ASSERT_TRUE(eventually([&] { return one.is_sure() && other.is_sure(); }));
  // Nobody else brings a commit to the disk.
  ASSERT_TRUE(psql("alter system set wal_writer_delay = '10s'"));
  ASSERT_TRUE(psql("alter system set autovacuum = off"));
  ASSERT_TRUE(psql("select pg_reload_conf()"));
  ASSERT_TRUE(eventually([&] {
    return one.count(
               "select count(*) from pg_settings where (name, setting) in "
               "(('wal_writer_delay', '10000'), ('autovacuum', 'off'))") == 2;
  }));
  ASSERT_TRUE(psql("checkpoint"));
  const std::int64_t started = one.count(kStart);
  // The server's own work may bring it to the disk after all.
  bool was_lost = false;
  for (int round = 0; round < 10 && !was_lost; ++round) {
    const std::string key = "lost " + std::to_string(round);
    const std::string again = "again " + std::to_string(round);
    ASSERT_TRUE(one.publish(key));
    ASSERT_TRUE(eventually([&] { return other.was_told(key); }));
    const std::int64_t before = other.times("*");
    const std::int64_t last = one.count(kLast);
    const std::int64_t life = one.count(kLife);
    EXPECT_FALSE(psql("copy (select 1) to program 'kill -9 \\$PPID'")) << "it has killed itself";
    // The other backends live on for a moment, until the postmaster has seen it.
    ASSERT_TRUE(eventually([&] {
      const auto now = one.find(kLife);
      return now && *now && **now != life;
    }));
    ASSERT_TRUE(eventually([&] { return one.publish(again).has_value(); }));
    EXPECT_EQ(one.count(kStart), started);
    was_lost = one.count(kLast) <= last;
    EXPECT_TRUE(eventually([&] { return other.times("*") > before || other.was_told(again); }));
  }
  EXPECT_TRUE(was_lost) << "no number was given again";
}

TEST(BusInAHarness, WaitsForTheCommitOfTheWholeRequest) {
  Harness<Cache> app("bare");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  Cache& cache = *Cache::latest;
  const auto client = app.as("ada");
  EXPECT_EQ(client.post("/words", R"({"text":"at once"})").status, 204);
  EXPECT_EQ(cache.told_in_handler, 1);
  EXPECT_EQ(client.with("Idempotency-Key", "k1").post("/words", R"({"text":"held"})").status, 204);
  EXPECT_EQ(cache.told_in_handler, 0) << "told before the commit";
  EXPECT_TRUE(cache.was_told("held"));
}

}  // namespace
}  // namespace gatehouse::testing
