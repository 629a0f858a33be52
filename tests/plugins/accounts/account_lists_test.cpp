// Lists of accounts: filters, orders, pages. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

class AccountLists : public AccountsTest {
 protected:
  // All pages, each with "|" behind it.
  std::string walk(const testing::Client& client, const std::string& parameters) {
    std::string names;
    std::string target = "/v1/accounts?" + parameters;
    for (int pages = 0; pages < 100; ++pages) {
      const auto reply = client.get(target);
      const auto page = decode_json<AccountPage>(reply.body);
      EXPECT_TRUE(page) << reply.body;
      if (!page) break;
      for (const Account& account : page->items) names += account.name + ",";
      names += "|";
      if (!page->next) break;
      EXPECT_NE(reply.header("Link").find("rel=\"next\""), std::string::npos);
      target = "/v1/accounts?" + parameters + "&cursor=" + *page->next;
    }
    return names;
  }
};

TEST_F(AccountLists, FilterByWordsOfTheNameWhateverTheCase) {
  create("Analytical Engines");
  create("Difference ENGINE \u00c9");
  create("Stra\u00dfe 100%_");
  struct Case {
    std::string_view text;
    std::string_view names;
  };
  for (const Case& c :
       {Case{"engine", "Analytical Engines,Difference ENGINE \u00c9,"},
        {"engine%20ana", "Analytical Engines,"},
        {"%22engine%20e%22", ""},
        {"%22ENGINE%20e%CC%81%22", "Difference ENGINE \u00c9,"},
        {"strasse", "Stra\u00dfe 100%_,"},
        {"%25_", "Stra\u00dfe 100%_,"},
        {"_engine", ""},
        {"%E2%80%8B", ""},
        {"%20", ""},
        {"", "Analytical Engines,Default,Difference ENGINE \u00c9,Stra\u00dfe 100%_,"}}) {
    EXPECT_EQ(names_in(admin(), "text=" + std::string(c.text)), c.names) << c.text;
  }
  const auto many = admin().get("/v1/accounts?text=1+2+3+4+5+6+7+8+9");
  EXPECT_EQ(many.status, 400);
  EXPECT_EQ(code_of(many), "too_many_words");
  EXPECT_EQ(admin().get("/v1/accounts?text=1%202%203%204%205%206%207%208").status, 200);
}

TEST_F(AccountLists, AreSortedByFoldedNameOrByAge) {
  for (const char* name : {"b", "A", "\u00e4", "C"}) {
    create(name);
    app().clock().advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(names_in(admin()), "A,b,C,Default,\u00e4,");
  EXPECT_EQ(names_in(admin(), "order=desc"), "\u00e4,Default,C,b,A,");
  // The default account is as old as the database, whose clock is not the test's.
  EXPECT_EQ(names_in(admin(), "sort=created"), "b,A,\u00e4,C,Default,");
  EXPECT_EQ(names_in(admin(), "sort=created&order=desc"), "Default,C,\u00e4,A,b,");
}

TEST_F(AccountLists, ComeInPagesThatACursorJoins) {
  const std::int64_t keeper = create("Keeper");
  for (const char* name : {"a", "b", "c"}) create(name, consultancy(keeper));
  EXPECT_EQ(walk(admin(), "limit=2"), "a,b,|c,Default,|Keeper,|");
  EXPECT_EQ(walk(admin(), "limit=2&order=desc"), "Keeper,Default,|c,b,|a,|");
  // All of one instant but the default account: the number tells them apart.
  EXPECT_EQ(walk(admin(), "limit=1&sort=created"), "Keeper,|a,|b,|c,|Default,|");
  EXPECT_EQ(walk(admin(), "limit=3&sort=created&order=desc"), "Default,c,b,|a,Keeper,|");
  EXPECT_EQ(walk(as(keeper, Role::Consultant), "limit=3"), "a,b,c,|Keeper,|");
  EXPECT_EQ(walk(as(keeper), "limit=1"), "Keeper,|");
  EXPECT_EQ(walk(admin(), "limit=1000"), "a,b,c,Default,Keeper,|");
  for (const std::string_view limit : {"0", "1001", "x"}) {
    EXPECT_EQ(admin().get("/v1/accounts?limit=" + std::string(limit)).status, 422) << limit;
  }
}

TEST_F(AccountLists, RefuseTheCursorOfAnotherList) {
  for (const char* name : {"a", "b", "c"}) create(name);
  const auto page = decode_json<AccountPage>(admin().get("/v1/accounts?limit=1").body);
  const std::string cursor = "cursor=" + page->next.value_or("");
  EXPECT_EQ(admin().get("/v1/accounts?limit=1&" + cursor).status, 200);
  for (const std::string_view other : {"limit=2", "limit=1&sort=created", "limit=1&text=a"}) {
    const auto reply = admin().get("/v1/accounts?" + std::string(other) + "&" + cursor);
    EXPECT_EQ(reply.status, 400) << other;
    EXPECT_EQ(code_of(reply), "cursor_mismatch");
  }
  EXPECT_EQ(code_of(admin().get("/v1/accounts?cursor=x")), "bad_cursor");
}

TEST_F(AccountLists, TheRoleMustBeThatOfTheAccountItself) {
  const std::int64_t keeper = create("Keeper", R"(, "roles": ["a", "b"])");
  create("Engines", R"(, "roles": ["a"])" + consultancy(keeper));
  create("Motors", R"(, "roles": ["b"])");
  EXPECT_EQ(names_in(admin(), "role=a"), "Engines,Keeper,");
  EXPECT_EQ(names_in(admin(), "role=b&sort=created"), "Keeper,Motors,");
  EXPECT_EQ(names_in(admin(), "role=a&text=eng"), "Engines,");
  EXPECT_EQ(names_in(admin(), "role=nothing"), "");
  EXPECT_EQ(names_in(admin(), "role=%27%20or%201=1"), "");
  EXPECT_EQ(names_in(as(keeper), "role=a"), "Keeper,");
  EXPECT_EQ(names_in(as(keeper, Role::Consultant), "role=a"), "Engines,Keeper,");
}

constexpr int kSteady = 5'000;

// Accounts "steady1" to "steady5000" in one statement. 700 each share their instant, so that a page
// ends among them.
constexpr Sql kFill =
    "insert into accounts_account (id, name, name_key, is_default, created_at, updated_at) "
    "with recursive step (n) as (select 1 union all select n + 1 from step where n < :count) "
    "select 'feed' || substr('00000000000000000000' || n, -20), 'steady' || n, 'steady' || n, "
    "false, n / 700, 0 from step";
constexpr Sql kFillPostgresql =
    "insert into accounts_account (id, name, name_key, is_default, created_at, updated_at) "
    "select 'feed' || lpad(cast(n as text), 20, '0'), 'steady' || n, 'steady' || n, false, n / "
    "700, "
    "0 from generate_series(1, :count) as n";

TEST_F(AccountLists, AWalkShowsEachUnchangedAccountOnceWhileFourWrite) {
  const auto filled = app().storage().write([](Session& db) {
    return db.run(db.engine() == Engine::Sqlite ? kFill : kFillPostgresql, std::int64_t{kSteady});
  });
  ASSERT_TRUE(filled) << filled.error().message;
  const testing::Client reader = admin();  // made before the threads: clients share a list
  std::atomic<bool> stop = false;
  std::atomic<int> changes = 0;
  std::vector<std::thread> writers;
  writers.reserve(4);
  for (int lane = 0; lane < 4; ++lane) {
    writers.emplace_back([&, lane, client = reader] {
      for (int step = 0; !stop; ++step) {
        const std::string name = std::to_string(lane) + "-" + std::to_string(step);
        const auto made = client.post("/v1/accounts", "{\"name\": \"busy" + name + "\"}");
        if (made.status != 201) continue;  // too many writers at once: 503
        const std::string target = made.header("Location");
        client.patch(target, "{\"name\": \"azzz" + name + "\"}");
        client.patch(target, "{\"name\": \"zzzz" + name + "\"}");
        client.remove(target);
        ++changes;
      }
    });
  }
  for (const std::string order :
       {"sort=name&order=asc", "sort=name&order=desc", "sort=created&order=desc"}) {
    std::vector<int> shown(kSteady + 1);
    const int before = changes;
    std::string cursor;
    do {
      const auto reply = reader.get("/v1/accounts?limit=100&" + order +
                                    (cursor.empty() ? "" : "&cursor=" + cursor));
      const auto page = decode_json<AccountPage>(reply.body);
      EXPECT_TRUE(page) << reply.body;
      if (!page) break;
      for (const Account& account : page->items) {
        constexpr std::string_view kKey = "steady";
        if (!account.name.starts_with(kKey)) continue;
        ++shown.at(static_cast<std::size_t>(std::stoi(account.name.substr(kKey.size()))));
      }
      cursor = page->next.value_or("");
    } while (!cursor.empty());
    int wrong = 0;
    for (int i = 1; i <= kSteady; ++i) wrong += shown[static_cast<std::size_t>(i)] == 1 ? 0 : 1;
    EXPECT_EQ(wrong, 0) << order;
    EXPECT_GT(changes - before, 0) << "nobody wrote meanwhile";
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
}

}  // namespace
}  // namespace gatehouse::accounts
