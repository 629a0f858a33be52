// What the trail keeps of an event, and that it stands or falls with its change.
// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "audit_fixture.hpp"

namespace gatehouse::audit {
namespace {

TEST_F(AuditTest, AnEventSaysWhenWhoWhatFromWhereAndInWhichRequest) {
  const auto reply = admin()
                         .with("X-Request-Id", "request-17")
                         .post("/deeds",
                               R"({"action": "user.updated", "user": 4, "account": 20,
                                   "user_name": "ada", "changes": ["email"], "detail": "words"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto shown = events_of("user.updated");
  ASSERT_EQ(shown.size(), 1U);
  const ShownItem& item = shown.front();
  EXPECT_EQ(item.at, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(item.outcome, "success");
  EXPECT_EQ(item.chain, 20);
  EXPECT_EQ(item.sequence, 1);
  ASSERT_TRUE(item.actor);
  EXPECT_EQ(item.actor->id, id_of(1));
  EXPECT_EQ(item.actor->username, "user1");
  EXPECT_FALSE(item.on_behalf_of);
  ASSERT_TRUE(item.user);
  EXPECT_EQ(item.user->id, id_of(4));
  EXPECT_EQ(item.user->username, "ada");
  EXPECT_EQ(item.account.text, R"({"id":")" + id_of(20) + R"(","number":20,"name":"Account 20"})");
  EXPECT_EQ(item.changes, std::vector<std::string>{"email"});
  EXPECT_EQ(item.detail.text,
            R"({"reason":"words","count":1,"method":"test","actor":{"number":1,"name":"user1"},)"
            R"("user":{"number":4,"name":"ada"}})");
  EXPECT_EQ(item.remote_address, "192.0.2.1");
  EXPECT_EQ(item.request_id, "request-17");
}

TEST_F(AuditTest, WhoActsForSomebodyIsToldApartFromThem) {
  app().as(delegate_of(4, 7)).post("/deeds", R"({"user": 4, "account": 20, "user_name": "ada"})");
  const auto shown = events_of("thing.changed");
  ASSERT_EQ(shown.size(), 1U);
  ASSERT_TRUE(shown.front().actor);
  EXPECT_EQ(shown.front().detail.text.find(R"("actor":{"number":7)") != std::string::npos, true)
      << shown.front().detail.text;
  ASSERT_TRUE(shown.front().on_behalf_of);
  EXPECT_EQ(shown.front().on_behalf_of->id, id_of(4));
}

TEST_F(AuditTest, AChangeThatIsRolledBackLeavesNoEvent) {
  const std::int64_t before = number("select count(*) from audit_event");
  const auto reply = admin().post("/deeds", R"({"account": 20, "fail": true})");
  EXPECT_EQ(reply.status, 409);
  app().run_jobs();
  EXPECT_EQ(number("select count(*) from audit_event"), before);
  EXPECT_EQ(number("select count(*) from audit_chain where chain = 20"), 0);
}

TEST_F(AuditTest, AChangeThatCannotBeToldOfIsNotMade) {
  const Deed deed{.account = 20, .detail = Wall::kOnce};
  do_deed(deed);
  const std::int64_t before = number("select count(*) from world_thing");
  EXPECT_EQ(admin().post("/deeds", encode_json(deed)).status, 500);
  EXPECT_EQ(number("select count(*) from world_thing"), before);
}

TEST_F(AuditTest, EachAccountHasAChainAndTheRestAFewOfTheSystem) {
  for (int round = 0; round < 3; ++round) {
    do_deed({.user = 4, .account = 20});
    do_deed({.user = 6, .account = 21});
  }
  for (std::int64_t user = 1; user < 100; ++user) do_deed({.action = "other.done", .user = user});
  EXPECT_EQ(number("select sequence from audit_chain where chain = 20"), 3);
  EXPECT_EQ(number("select sequence from audit_chain where chain = 21"), 3);
  std::set<std::int64_t> chains;
  for (const ShownItem& item : events_of("other.done")) chains.insert(item.chain);
  EXPECT_GT(chains.size(), 4U);
  EXPECT_GE(*chains.begin(), -8);
  EXPECT_LT(*chains.rbegin(), 0);
}

TEST_F(AuditTest, TextsOfStrangersAreKeptWhateverBytesTheyAre) {
  const auto kept = app().storage().write([&](Session& db) -> Result<None> {
    AuditEvent event{"session.refused"};
    event.user_name = std::string("a\0b\xff", 4) + std::string(5'000, 'x');
    db.audit(event);
    return None{};
  });
  ASSERT_TRUE(kept);
  const auto shown = events_of("session.refused");
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown.front().user->username->substr(0, 5), "a?b?x");
  EXPECT_EQ(shown.front().user->username->size(), 1'024U);
}

}  // namespace
}  // namespace gatehouse::audit
