// The listener over a database that fails now and then. SPDX-License-Identifier: Apache-2.0
#include "runtime/bus_listener.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "runtime/own_tables.hpp"
#include "tests/sdk/storage/fixture.hpp"

namespace gatehouse::runtime {
namespace {

using test::eventually;
using test::Folder;
using test::Opened;

// Reads what the other reads, but for as often as it is told to fail.
class Failing final : public Db {
 public:
  explicit Failing(Db& inner) : inner_(inner) {}
  std::atomic<int> failures = 0;

 private:
  Result<None> run(Mode, bool (*work)(void*, Session&), void* context) override {
    if (failures > 0) {
      --failures;
      return unavailable("the database is away");
    }
    return inner_.read([&](Session& session) -> Result<None> {
      if (!work(context, session)) return unavailable("refused");
      return None{};
    });
  }
  Db& inner_;
};

TEST(BusListenerTest, TakesEveryFailedLookAsAGap) {
  const Folder folder;
  Opened opened(test::options_in(folder));
  ASSERT_TRUE(opened->migrate(kOwner, own_tables()).empty());
  Failing db(opened->for_plugin(kOwner));
  BusListener listener({opened.metrics, [&](std::string_view) -> Log& { return opened.log; }});
  std::atomic<int> anything = 0;
  std::atomic<int> told = 0;
  listener.subscribe(
      "test", "word", [&](std::optional<std::string_view> key) { ++(key ? told : anything); });
  listener.start(db, nullptr);
  EXPECT_TRUE(eventually([&] { return anything == 1; })) << "what it begins with";

  db.failures = 1;
  EXPECT_TRUE(eventually([&] { return anything == 2; }));
  ASSERT_TRUE(opened->for_plugin(kOwner).write([&](Session& session) {
    return session.run("insert into gatehouse_event (topic, key, at) values ('word', '', 1)");
  }));
  EXPECT_TRUE(eventually([&] { return told == 1; })) << "it goes on from a new position";
  EXPECT_EQ(anything, 2) << "one gap is told once";
  listener.stop();
}

}  // namespace
}  // namespace gatehouse::runtime
