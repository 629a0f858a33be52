// What people are told by mail about grants. SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "tests/plugins/managed_users/grants_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

class GrantLetters : public GrantsTest {
 protected:
  // "to: subject" of each since the last call.
  Names letters() {
    Names found;
    const auto& mails = app().mails();
    for (; read_ < mails.size(); ++read_) {
      found.push_back(mails[read_].to + ": " + mails[read_].subject);
    }
    return found;
  }
  void SetUp() override {
    GrantsTest::SetUp();
    letters();
  }
  // Text of the last one.
  std::string last() { return app().mails().back().text; }
  void expect_in_last(const std::string& words) {
    EXPECT_NE(last().find(words), std::string::npos) << last();
  }

  static const inline Names kGiven = {"grace@example.org: Shared data",
                                      "ada@example.org: Shared data"};
  static const inline Names kTaken = {"grace@example.org: Data shared no longer",
                                      "ada@example.org: Data shared no longer"};

 private:
  std::size_t read_ = 0;
};

TEST_F(GrantLetters, TellBothWhoeverDidIt) {
  const std::string path = grant(ada_, grace_);
  EXPECT_EQ(letters(), kGiven);
  expect_in_last("grace may use your data from now on: data:read.");
  admin().remove(ada_.grants() + path.substr(path.rfind('/')));
  EXPECT_EQ(letters(), kTaken);
  expect_in_last("grace may use your data no longer; it was: data:read.");
  // Managed users have no address.
  grant_by(mia_, kid_, grace_);
  EXPECT_EQ(letters(), Names{"grace@example.org: Shared data"});
  expect_in_last("Kim shares data with you: data:read.");
}

// What waits in the queue may be days old.
TEST_F(GrantLetters, SayWhatHoldsWhenTheyAreSent) {
  const std::string path = grant(ada_, grace_);
  as(ada_).remove(path);
  EXPECT_EQ(letters(), kTaken);
  const std::string second = grant(ada_, grace_);
  EXPECT_EQ(letters(), kGiven);
  as(ada_).remove(second);
  grant(ada_, grace_, R"(["data:write"])");
  EXPECT_EQ(letters(), kGiven);
  expect_in_last("data:write.");
}

TEST_F(GrantLetters, TellTheGranteeThatTheOwnerWasDeleted) {
  grant(ada_, grace_);
  letters();
  ASSERT_EQ(admin().remove("/v1/users/" + number(ada_)).status, 204);
  EXPECT_EQ(letters(), Names{"grace@example.org: Data shared no longer"});
  expect_in_last("A user who has been deleted shares data with you no longer; it was: data:read.");
}

TEST_F(GrantLetters, TellTheOwnerThatTheGranteeWasDeleted) {
  grant(ada_, grace_);
  grant(ada_, mia_, R"(["data:read"])", R"(, "expires_at": "2026-01-01T00:01:00Z")");
  letters();
  ASSERT_EQ(admin().remove("/v1/users/" + number(grace_)).status, 204);
  EXPECT_EQ(letters(), Names{"ada@example.org: Data shared no longer"});
  expect_in_last("A user who has been deleted may use your data no longer; it was: data:read.");
}

// It had given nothing for long.
TEST_F(GrantLetters, DoNotTellOfWhatHadExpiredWhenItsPeopleGo) {
  const std::string end = R"(, "expires_at": "2026-01-01T00:01:00Z")";
  grant(ada_, grace_, R"(["data:read"])", end);
  grant(grace_, mia_, R"(["data:read"])", end);
  letters();
  app().clock().advance(std::chrono::minutes(1));
  onlooker().take_trail();
  ASSERT_EQ(admin().remove("/v1/users/" + number(grace_)).status, 204);
  EXPECT_EQ(letters(), kNone);
  EXPECT_EQ(onlooker().take_trail(), Names{"user.deleted " + number(grace_)});
}

TEST_F(GrantLetters, TellTheNewOwnerOnceThatGrantsWait) {
  const std::string first = grant_by(mia_, kid_, grace_);
  const std::string second = grant_by(mia_, kid_, ada_);
  letters();
  hand_over(kid_, mia_);
  set_address(kid_, "kim@example.org");
  EXPECT_EQ(letters(), Names{"kim@example.org: Shared data waits for you"});
  expect_in_last("Grants that wait for you: 2.");
}

TEST_F(GrantLetters, DoNotSayThatGrantsWaitWhenNoneDo) {
  const std::string path = grant_by(mia_, kid_, grace_);
  letters();
  hand_over(kid_, mia_);
  set_address(kid_, "kim@example.org");
  ASSERT_EQ(as(kid_).post(path + "/confirm", "").status, 204);
  EXPECT_EQ(letters(), kNone);
}

}  // namespace
}  // namespace gatehouse::managed_users
