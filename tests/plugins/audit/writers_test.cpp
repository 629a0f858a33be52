// Many who write at once, and a reader who walks meanwhile. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <map>
#include <thread>

#include "audit_fixture.hpp"

namespace gatehouse::audit {
namespace {

constexpr int kWriters = 8;
constexpr int kDeeds = 100;  // of each

class Writers : public AuditTest {
 protected:
  // Each writer does its deeds in the account `account(writer)`; how many were not stored.
  template <class F>
  int write(F account) {
    std::vector<std::thread> threads;
    threads.reserve(kWriters);
    std::atomic<int> failed = 0;
    const testing::Client client = admin();
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, client, body = encode_json(Deed{.account = account(writer)})] {
        for (int i = 0; i < kDeeds; ++i)
          failed += client.post("/deeds", body).status == 200 ? 0 : 1;
      });
    }
    for (std::thread& thread : threads) thread.join();
    return failed;
  }
};

TEST_F(Writers, OnDifferentAccountsDoNotCollide) {
  EXPECT_EQ(write([](int writer) { return 100 + writer; }), 0);
  // PostgreSQL may take one for another's now and then; each event did while heads were selected.
  EXPECT_LE(app().metrics().value("storage_retries_total"), kWriters * kDeeds / 100);
  EXPECT_EQ(app().run("audit verify").exit_code, 0);
}

TEST_F(Writers, OnOneAccountMakeOneChain) {
  EXPECT_EQ(write([](int) { return 100; }), 0);
  EXPECT_EQ(number("select sequence from audit_chain where chain = 100"), kWriters * kDeeds);
  EXPECT_EQ(app().run("audit verify").exit_code, 0);
}

TEST_F(Writers, DoNotKeepAReaderFromSeeingEachEventOnce) {
  constexpr int kSteady = 150;
  for (int i = 0; i < kSteady; ++i) do_deed({.action = "steady.done", .account = 20});
  const testing::Client reader = admin();
  std::thread writers([this] { write([](int writer) { return 20 + writer % 2; }); });
  std::map<std::int64_t, int> shown;
  std::int64_t last = 0;
  std::string cursor;
  do {
    const auto page = page_of(reader.get("/v1/accounts/20/audit-events?limit=7" +
                                         (cursor.empty() ? "" : "&cursor=" + cursor)));
    for (const ShownItem& item : page.items) {
      EXPECT_TRUE(last == 0 || item.number < last) << "the newest first";
      last = item.number;
      if (item.action == "steady.done") ++shown[item.number];
    }
    cursor = page.next.value_or("");
  } while (!cursor.empty());
  writers.join();
  EXPECT_EQ(shown.size(), static_cast<std::size_t>(kSteady));
  for (const auto& [number, times] : shown) EXPECT_EQ(times, 1) << number;
}

}  // namespace
}  // namespace gatehouse::audit
