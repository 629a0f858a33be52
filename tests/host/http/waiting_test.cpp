// Who is next for a thread, case by case. SPDX-License-Identifier: Apache-2.0
#include "host/http/waiting.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

// Never run; its id says which it is.
class Still final : public Exchange {
 public:
  Still(std::string name, std::uint32_t group) : name_(std::move(name)), group_(group) {}
  std::size_t body_limit() const override { return 0; }
  bool done() const override { return false; }
  void receive(std::string) override {}
  Lane lane() const override { return Lane::Hashing; }
  std::uint32_t group() const override { return group_; }
  void run() override {}
  void refuse(int, std::string_view, std::string_view) override {}
  Answer answer_late(int, std::string_view, std::string_view) const override { return {}; }
  Answer& answer() override { return answer_; }
  std::string_view request_id() const override { return name_; }

 private:
  const std::string name_;
  const std::uint32_t group_;
  Answer answer_;
};

// Half of three threads, and half of a queue of five. A group has as many threads as it likes.
constexpr Waiting::Bounds kBounds{5, 4, 3, 3, 100, 2};

class WaitingTest : public ::testing::Test {
 protected:
  using Room = Waiting::Room;

  explicit WaitingTest(const Waiting::Bounds& bounds = kBounds) : waiting(bounds) {}

  // "a1" is of the address "a", and "k:a1" of a known device there.
  static Place place_of(const std::string& name, std::uint32_t group) {
    const bool is_known = name.starts_with("k:");
    const std::string rest = is_known ? name.substr(2) : name;
    return {group,
            is_known ? Line::Known : Line::Ordinary,
            std::string(1, rest.front()) == "-" ? "" : std::string(1, rest.front())};
  }
  Room push(const std::string& name, std::uint32_t group = 1) {
    const Place place = place_of(name, group);
    const Room room = waiting.room_for(place);
    if (room != Room::Free) return room;
    auto job = std::make_shared<Job>(std::make_unique<Still>(name, group), 1, mailbox);
    job->place = place;
    jobs.push_back(job);
    waiting.push(std::move(job));
    return room;
  }
  void push_all(const std::vector<std::string>& names) {
    for (const std::string& name : names) EXPECT_EQ(push(name), Room::Free) << name;
  }
  // Takes as many as may run, and says which.
  std::string take_all() {
    std::string taken;
    while (waiting.has_next()) {
      running.push_back(waiting.take());
      taken += std::string(taken.empty() ? "" : " ") +
               std::string(running.back()->exchange->request_id());
    }
    return taken;
  }
  void end(const std::string& name) {
    for (auto job = running.begin(); job != running.end(); ++job) {
      if ((*job)->exchange->request_id() != name) continue;
      waiting.end_running((*job)->place);
      running.erase(job);
      return;
    }
    FAIL() << name << " does not run";
  }

  Mailbox mailbox;
  Waiting waiting;
  std::vector<std::shared_ptr<Job>> jobs;
  std::vector<std::shared_ptr<Job>> running;
};

TEST_F(WaitingTest, AddressesTakeTurns) {
  push_all({"a1", "a2", "b1", "b2"});
  EXPECT_EQ(take_all(), "a1 b1 a2 b2") << "who counts threads is the caller";
}

TEST_F(WaitingTest, AnAddressRunsOnHalfOfTheThreads) {
  push_all({"a1", "a2", "a3"});
  EXPECT_EQ(take_all(), "a1 a2");
  push_all({"b1"});
  EXPECT_EQ(take_all(), "b1");
  end("b1");
  EXPECT_EQ(take_all(), "");
  end("a1");
  EXPECT_EQ(take_all(), "a3");
}

TEST_F(WaitingTest, AnAddressIsLimitedOverBothLinesAndAllGroups) {
  push_all({"a1", "a2", "k:a3"});
  push("a4", 2);
  EXPECT_EQ(take_all(), "k:a3 a1");
  end("k:a3");
  EXPECT_EQ(take_all(), "a4") << "groups take turns";
  end("a4");
  EXPECT_EQ(take_all(), "a2");
}

TEST_F(WaitingTest, WhatIsNobodysIsNotLimited) {
  push_all({"-1", "-2", "-3", "-4"});
  EXPECT_EQ(take_all(), "-1 -2 -3 -4");
}

TEST_F(WaitingTest, KnownDevicesGoFirst) {
  push_all({"a1", "b1", "k:c1"});
  EXPECT_EQ(take_all(), "k:c1 a1 b1");
}

TEST_F(WaitingTest, KnownDevicesLeaveAThreadToStrangersWhoWait) {
  push_all({"k:a1", "k:b1", "k:c1", "k:d1"});
  EXPECT_EQ(take_all(), "k:a1 k:b1 k:c1 k:d1") << "no stranger waits";
  for (const char* name : {"k:a1", "k:b1", "k:c1", "k:d1"}) end(name);
  push_all({"k:a1", "k:b1", "k:c1", "e1"});
  EXPECT_EQ(take_all(), "k:a1 k:b1 e1 k:c1") << "two of three threads, then the stranger";
}

TEST_F(WaitingTest, StrangersWhoMayNotRunKeepNoThreadFromKnownDevices) {
  push_all({"a1", "a2", "a3"});
  EXPECT_EQ(take_all(), "a1 a2");
  push_all({"k:b1", "k:c1", "k:d1"});
  EXPECT_EQ(take_all(), "k:b1 k:c1 k:d1");
}

TEST(WaitingForOneThread, KnownDevicesGoFirstAlways) {
  Mailbox mailbox;
  Waiting waiting({5, 4, 3, 1, 1, 1});
  for (const auto& [address, line] :
       {std::pair("a", Line::Ordinary), std::pair("b", Line::Known), std::pair("c", Line::Known)}) {
    auto job = std::make_shared<Job>(std::make_unique<Still>(address, 1), 1, mailbox);
    job->place = {1, line, address};
    waiting.push(std::move(job));
  }
  for (const char* next : {"b", "c", "a"}) {
    const auto job = waiting.take();
    EXPECT_EQ(job->place.address, next);
    waiting.end_running(job->place);
  }
}

TEST_F(WaitingTest, OfTheQueueOneAddressHasHalf) {
  push_all({"a1", "a2", "a3"});
  EXPECT_EQ(push("a4"), Room::AddressFull);
  EXPECT_EQ(push("a4", 2), Room::AddressFull);
  EXPECT_EQ(push("k:a4"), Room::Free) << "each queue has its own bounds";
  push_all({"b1"});
  EXPECT_EQ(push("c1"), Room::GroupFull);
  EXPECT_EQ(push("c1", 2), Room::Free);
  EXPECT_EQ(push("d1", 3), Room::Full);
  EXPECT_EQ(push("k:d1"), Room::Free);
  EXPECT_EQ(waiting.size(Line::Ordinary), 5U);
  EXPECT_EQ(waiting.size(Line::Known), 2U);
  take_all();
  EXPECT_EQ(push("a5"), Room::Free);
}

TEST_F(WaitingTest, WhatIsRemovedLeavesItsPlace) {
  push_all({"a1", "a2", "a3"});
  EXPECT_TRUE(waiting.remove(*jobs[1]));
  EXPECT_FALSE(waiting.remove(*jobs[1]));
  EXPECT_EQ(push("a4"), Room::Free);
  EXPECT_EQ(take_all(), "a1 a3");
  EXPECT_FALSE(waiting.remove(*jobs[0]));
  EXPECT_TRUE(waiting.remove(*jobs[3]));
  EXPECT_EQ(waiting.size(Line::Ordinary), 0U);
  EXPECT_FALSE(waiting.has_next());
}

TEST_F(WaitingTest, WhatRunsForTooLongCountsAgainstItsGroupAlone) {
  push_all({"a1", "a2", "a3"});
  EXPECT_EQ(take_all(), "a1 a2");
  waiting.forgive_address(running[0]->place);
  EXPECT_EQ(take_all(), "a3");
  end("a1");
  EXPECT_EQ(push("a4"), Room::Free);
  EXPECT_EQ(take_all(), "") << "it is not forgiven twice";
  end("a2");
  EXPECT_EQ(take_all(), "a4");
}

class GroupsTest : public WaitingTest {
 protected:
  GroupsTest() : WaitingTest({5, 4, 3, 4, 2, 4}) {}
};

TEST_F(GroupsTest, AGroupWithAllItsThreadsIsPassedOver) {
  push_all({"a1", "b1", "c1"});
  push("d1", 2);
  EXPECT_EQ(take_all(), "a1 d1 b1");
  EXPECT_FALSE(waiting.may_run(1));
  EXPECT_TRUE(waiting.may_run(2));
  end("a1");
  EXPECT_EQ(take_all(), "c1");
}

}  // namespace
}  // namespace gatehouse::host
