// No page of the audit trail shows an event that its reader has no right to: events of an account
// are for those who tend it, events about oneself for oneself, the whole for admins and
// admin-readers (contracts/v1.md, security.md 6). SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/services/audit_trail.hpp>

#include "tests/identity/crowd.hpp"

namespace gatehouse::identity {
namespace {

struct Event {
  std::int64_t number = 0;
  std::int64_t user = 0;
  std::int64_t account = 0;
  std::int64_t actor = 0;
  std::string action;
};

class TrailVisibility : public Crowd {
 protected:
  void SetUp() override { cause_events(); }

  std::vector<Event> whole_trail() {
    Principal reader;
    reader.user = 1;
    reader.roles = Role::AdminReader;
    std::vector<Event> events;
    AuditListing listing;
    listing.limit = 1000;
    for (;;) {
      const auto page = ask<AuditTrail>(
          [&](const AuditTrail& trail, Session& db) { return trail.list(db, reader, listing); });
      for (const AuditEntry& entry : page) {
        const AuditEvent& event = entry.record.event;
        events.push_back(
            {entry.number, event.user, event.account, entry.record.origin.actor, event.action});
      }
      if (page.empty()) break;
      listing.before = page.back().number;
    }
    newest_ = events.front().number;
    return events;
  }

  static bool reads_whole_trail(const Somebody& who) {
    return who.has(Role::Admin) || who.has(Role::AdminReader);
  }
  bool reads_trail_of(const Somebody& who, std::int64_t account) const {
    return reads_whole_trail(who) || tends(who, account);
  }
  bool reads_event(const Somebody& who, const Event& event) const {
    return reads_trail_of(who, event.account) || event.user == who.number;
  }

  template <class Matches>
  Numbers visible(const Somebody& who, const std::vector<Event>& events, Matches matches) const {
    Numbers numbers;
    for (const Event& event : events) {
      if (matches(event) && reads_event(who, event)) numbers.insert(event.number);
    }
    return numbers;
  }

  // What a trail answers: its events, or the status of a refusal.
  void expect_trail(const testing::Client& client,
                    const std::string& target,
                    int status,
                    const Numbers& expected) {
    ASSERT_EQ(client.get(target).status, status) << target;
    if (status != 200) return;
    Numbers shown = numbers_in(client, target);
    // What the test itself was refused is written meanwhile.
    shown.erase(shown.upper_bound(newest_), shown.end());
    EXPECT_EQ(shown, expected) << target;
  }

 private:
  // Changes, refusals and moves by whoever comes up.
  void cause_events() {
    const std::vector<Somebody> people = everybody();
    for (int i = 0; i < 400; ++i) {
      const Somebody& actor = people[below(people.size())];
      const Somebody& target = in(30) ? actor : people[below(people.size())];
      const std::string path = "/v1/users/" + std::to_string(target.number);
      const testing::Client client = in(50) ? world_.root() : world_.app().as(actor.principal());
      client.patch(path, in(80) ? R"({"description": "x"})" : R"({"organization": "y"})");
    }
    for (int i = 0; i < 40; ++i) {
      const std::string path = "/v1/users/" + std::to_string(people[below(people.size())].number);
      const std::string account = std::to_string(accounts_[below(accounts_.size())]);
      EXPECT_EQ(world_.root().post(path + "/move", "{\"account\": " + account + "}").status, 200);
    }
    world_.app().run_jobs();  // refusals are written
  }

  std::int64_t newest_ = 0;
};

TEST_F(TrailVisibility, EveryTrailShowsExactlyWhatItsReaderMayRead) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::vector<Event> events = whole_trail();
  ASSERT_GT(events.size(), 300U);
  const std::vector<Somebody> people = everybody();
  Numbers touched;
  for (const Event& event : events) touched.insert(event.user);
  for (const auto& [name, actor] : sample(2)) {
    SCOPED_TRACE(name);
    const testing::Client client = world_.app().as(actor.principal());
    const bool reads_all = reads_whole_trail(actor);
    expect_trail(client,
                 "/v1/audit-events",
                 reads_all ? 200 : 403,
                 visible(actor, events, [](const Event&) { return true; }));
    for (const std::int64_t account : accounts_) {
      const bool is_known = reads_account(actor, account);
      expect_trail(client,
                   "/v1/accounts/" + std::to_string(account) + "/audit-events",
                   reads_trail_of(actor, account) ? 200
                   : is_known                     ? 403
                                                  : 404,
                   visible(actor, events, [&](auto& event) { return event.account == account; }));
    }
    for (const Somebody& whom : people) {
      const bool is_tried = touched.count(whom.number) != 0 && in(40);
      if (!is_tried && whom.number != actor.number) continue;
      const bool may_read = whom.number == actor.number || reads_trail_of(actor, whom.account);
      expect_trail(client,
                   "/v1/users/" + std::to_string(whom.number) + "/audit-events",
                   may_read             ? 200
                   : reads(actor, whom) ? 403
                                        : 404,
                   visible(actor, events, [&](auto& event) { return event.user == whom.number; }));
    }
  }
}

TEST_F(TrailVisibility, FiltersAndCountsKeepToIt) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const std::vector<Event> events = whole_trail();
  const auto before = [](AuditListing& listing, const AuditEntry& last) {
    listing.before = last.number;
  };
  for (const auto& [name, sampled] : sample(3)) {
    SCOPED_TRACE(name);
    const auto& actor = sampled;  // clang cannot capture a binding
    const Principal who = actor.principal();
    const auto expect = [&](const AuditListing& listing, auto matches) {
      const Numbers expected = visible(actor, events, matches);
      EXPECT_EQ(listed<AuditTrail>(who, listing, before), expected);
      EXPECT_EQ(count<AuditTrail>(who, listing), std::ssize(expected));
    };
    AuditListing listing;
    expect(listing, [](const Event&) { return true; });
    listing.action = "user.updated";
    expect(listing, [](const Event& event) { return event.action == "user.updated"; });
    listing = {};
    listing.actor = actor.number;
    expect(listing, [&](const Event& event) { return event.actor == actor.number; });
    listing = {};
    listing.account = accounts_[below(accounts_.size())];
    expect(listing, [&](const Event& event) { return event.account == *listing.account; });
    listing = {};
    do listing.user = events[below(events.size())].user;
    while (listing.user == 0);
    expect(listing, [&](const Event& event) { return event.user == *listing.user; });
    // A refusal would be one more event to count.
    if (reads_trail_of(actor, actor.account)) {
      const std::string own = "/v1/accounts/" + std::to_string(actor.account) + "/audit-events";
      expect_trail(world_.app().as(who),
                   own + "?action=access.denied",
                   200,
                   visible(actor, events, [&](const Event& event) {
                     return event.account == actor.account && event.action == "access.denied";
                   }));
    }
  }
}

}  // namespace
}  // namespace gatehouse::identity
