// Refusals and sign-ins: counted together, written soon, never lost without a word.
// SPDX-License-Identifier: Apache-2.0
#include "plugins/audit/refusals/notes.hpp"

#include <thread>

#include "audit_fixture.hpp"

namespace gatehouse::audit {
namespace {

class NotesTest : public AuditTest {
 protected:
  void refuse(std::string_view name,
              std::string_view action = "session.refused",
              const std::string& detail = "") {
    const auto reply = app().anonymous().post(
        "/attempts",
        encode_json(
            Deed{.action = std::string(action), .user_name = std::string(name), .detail = detail}));
    ASSERT_EQ(reply.status, 409) << reply.body;
  }
  // "name:count" of the refused sign-ins, the oldest first.
  std::vector<std::string> counted() {
    std::vector<std::string> all;
    for (const ShownItem& item : events_of("session.refused")) {
      const std::size_t at = item.detail.text.find("\"count\":") + 8;
      all.push_back(item.user->username.value_or("") + ":" +
                    item.detail.text.substr(at, item.detail.text.find_first_of(",}", at) - at));
    }
    return {all.rbegin(), all.rend()};
  }
  using Texts = std::vector<std::string>;
};

TEST_F(NotesTest, TheFirstIsWrittenAtTheNextChanceAndTheRestOfItsMinuteWhenThatIsOver) {
  refuse("ada");
  app().run_jobs();
  EXPECT_EQ(counted(), Texts{"ada:1"});
  for (int i = 0; i < 5; ++i) refuse("ada");
  app().clock().advance(std::chrono::seconds(59));
  app().run_jobs();
  EXPECT_EQ(counted(), Texts{"ada:1"}) << "the minute is not over";
  app().clock().advance(std::chrono::seconds(1));
  app().run_jobs();
  EXPECT_EQ(counted(), (Texts{"ada:1", "ada:5"}));
  refuse("ada");
  app().run_jobs();
  EXPECT_EQ(counted(), (Texts{"ada:1", "ada:5", "ada:1"})) << "another minute";
}

TEST_F(NotesTest, OtherNamesAndOtherActionsAreCountedApart) {
  refuse("ada");
  refuse("bob");
  refuse("ada", "password.refused");
  app().run_jobs();
  EXPECT_EQ(counted(), (Texts{"ada:1", "bob:1"}));
  EXPECT_EQ(events_of("password.refused").size(), 1U);
}

TEST_F(NotesTest, StandInChainsOfTheSystemAndAreShownToTheirAccount) {
  as(4).post("/refusals", encode_json(Deed{.action = "thing.refused", .user = 4, .account = 20}));
  app().run_jobs();
  const auto shown = page_of(as(5, Role::AccountAdmin).get("/v1/accounts/20/audit-events")).items;
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_LT(shown.front().chain, 0);
  EXPECT_EQ(shown.front().outcome, "refused");
  EXPECT_EQ(app().run("audit verify").exit_code, 0);
}

TEST_F(NotesTest, WhoeverIsDeniedIsToldOf) {
  EXPECT_EQ(as(4).get("/denials").status, 403);
  app().run_jobs();
  const auto shown = events_of("access.denied");
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown.front().actor->username, "user4");
  EXPECT_NE(shown.front().detail.text.find("\"reason\":\"GET /denials\""), std::string::npos);
  EXPECT_EQ(shown.front().remote_address, "192.0.2.1");
}

TEST_F(NotesTest, TheStartIsToldOf) {
  EXPECT_EQ(events_of("server.started").size(), 1U);
}

TEST_F(NotesTest, WaitWhileTheyCannotBeWrittenAndAreNotLost) {
  const auto refuse_ada = [this] { refuse("ada", "session.refused", Wall::kOnce); };
  refuse_ada();
  app().run_jobs();
  app().clock().advance(std::chrono::seconds(60));
  for (int i = 0; i < 3; ++i) refuse_ada();
  app().run_jobs();
  EXPECT_EQ(counted(), Texts{"ada:1"});
  EXPECT_EQ(app().log().count("notes_wait"), 1);
  refuse_ada();
  ASSERT_TRUE(change("update audit_event set detail = '' where outcome = 1"));
  app().run_jobs();
  EXPECT_EQ(counted(), (Texts{"ada:1", "ada:4"}));
}

AuditRecord record(const std::string& name, Time at) {
  AuditEvent event{"session.refused"};
  event.user_name = name;
  return {event, {}, AuditOutcome::Refused, at};
}

TEST(Notes, BeyondTheirLimitAreCountedInOneEvent) {
  testing::RecordedMetrics metrics;
  Notes notes(metrics);
  const Time at{};
  for (std::size_t i = 0; i < Notes::kLimit + 25; ++i) notes.add(record(std::to_string(i), at));
  EXPECT_EQ(metrics.value("audit_overflow_total"), 25);
  EXPECT_EQ(notes.waiting(), static_cast<std::int64_t>(Notes::kLimit) + 25);
  std::int64_t overflow = 0;
  std::size_t others = 0;
  for (;;) {
    const auto taken = notes.take(at, Notes::Extent::Due, 1'000);
    if (taken.empty()) break;
    for (const Notes::Due& due : taken) {
      if (due.record.event.action == "audit.overflow") {
        overflow += due.count;
      } else {
        ++others;
      }
    }
    notes.settle(taken, Notes::Outcome::Written, at);
  }
  EXPECT_EQ(overflow, 25);
  EXPECT_EQ(others, Notes::kLimit);
  // When the minute is over there is room again.
  const Time next = at + std::chrono::minutes(1);
  EXPECT_TRUE(notes.take(next, Notes::Extent::Due, 1'000).empty());
  notes.add(record("new", next));
  EXPECT_EQ(notes.take(next, Notes::Extent::Due, 1'000).size(), 1U);
  EXPECT_EQ(metrics.value("audit_overflow_total"), 25);
}

TEST(Notes, OfManyThreadsAreAllCounted) {
  testing::RecordedMetrics metrics;
  Notes notes(metrics);
  const Time at{};
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::int64_t written = 0;
  for (int lane = 0; lane < 4; ++lane) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) notes.add(record(std::to_string(i % 10), at));
    });
  }
  for (int round = 0; round < 100; ++round) {
    const auto taken = notes.take(at, Notes::Extent::All, 3);
    for (const Notes::Due& due : taken) written += round % 2 == 0 ? due.count : 0;
    notes.settle(taken, round % 2 == 0 ? Notes::Outcome::Written : Notes::Outcome::Waits, at);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(written + notes.waiting(), 4'000);
}

}  // namespace
}  // namespace gatehouse::audit
