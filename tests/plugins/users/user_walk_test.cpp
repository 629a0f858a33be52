// A walk through very many users while others are made, changed and deleted.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gatehouse/storage.hpp>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

constexpr int kSteady = 100'000;
constexpr int kWriters = 8;

// Users "steady1" to "steady100000", all in one statement. 700 each share their instant, so that a
// page ends among them.
constexpr Sql kFill =
    "insert into users_user (id, username, username_key, email_key, email_verified, "
    "first_name_key, last_name_key, timezone, description, role_bits, active, locked, "
    "clearance_bits, can_inbox, api_access, created_at, updated_at) "
    "with recursive step (n) as (select 1 union all select n + 1 from step where n < :count) "
    "select 'feed' || substr('00000000000000000000' || n, -20), 'steady' || n, 'steady' || n, '', "
    "false, '', '', 'UTC', '', 0, true, false, 1, true, true, n / 700, 0 from step";

class UserWalk : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    const auto filled =
        app().storage().write([](Session& db) { return db.run(kFill, std::int64_t{kSteady}); });
    ASSERT_TRUE(filled) << filled.error().message;
    ASSERT_EQ(*filled, kSteady);
  }
};

// Counts each steady user on a page; what is shown of them must be steady.
void count_page(std::string_view body, std::vector<int>& shown) {
  constexpr std::string_view kKey = "\"username\":\"steady";
  for (std::size_t at; (at = body.find(kKey)) != body.npos;) {
    body.remove_prefix(at + kKey.size());
    const std::string number(body.substr(0, body.find('"')));
    ++shown.at(static_cast<std::size_t>(std::stoi(number)));
  }
}

TEST_F(UserWalk, ThroughAHundredThousandShowsEachUnchangedRowOnceWhileEightWrite) {
  const testing::Client reader = admin();  // made before the threads: clients share a list
  std::atomic<bool> stop = false;
  std::atomic<int> changes = 0;
  std::vector<std::thread> writers;
  for (int lane = 0; lane < kWriters; ++lane) {
    writers.emplace_back([&, lane, client = reader] {
      for (int step = 0; !stop; ++step) {
        const std::string name = std::to_string(lane) + "-" + std::to_string(step);
        const auto made = client.post("/v1/users", "{\"username\": \"busy" + name + "\"}");
        if (made.status != 201) continue;  // too many writers at once: 503
        const std::string target = made.header("Location");
        client.patch(target, "{\"username\": \"azzz" + name + "\"}");
        client.patch(target, "{\"username\": \"zzzz" + name + "\", \"active\": false}");
        client.remove(target);
        ++changes;
      }
    });
  }
  for (const std::string order : {"sort=created&order=desc", "sort=username&order=asc"}) {
    std::vector<int> shown(kSteady + 1);
    const int before = changes;
    std::string cursor;
    do {
      const auto reply =
          reader.get("/v1/users?limit=1000&" + order + (cursor.empty() ? "" : "&cursor=" + cursor));
      EXPECT_EQ(reply.status, 200) << reply.body;
      if (reply.status != 200) break;
      count_page(reply.body, shown);
      cursor = member(reply.body.substr(reply.body.rfind("\"next\"")), "next");
    } while (cursor != "null");
    int wrong = 0;
    for (int i = 1; i <= kSteady; ++i) wrong += shown[static_cast<std::size_t>(i)] == 1 ? 0 : 1;
    EXPECT_EQ(wrong, 0) << order;
    EXPECT_GT(changes - before, 0) << "nobody wrote meanwhile";
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace gatehouse::users
