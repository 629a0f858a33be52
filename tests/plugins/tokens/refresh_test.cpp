// Refresh tokens: used once, followed by the next, and what happens to those that come again.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include "tests/plugins/tokens/sessions_fixture.hpp"

namespace gatehouse::tokens {
namespace {

using namespace std::chrono_literals;

class Refreshing : public TokensTest {};

TEST_F(Refreshing, AnswersTheSameShapeAndANewToken) {
  const auto first = sign_in();
  app().clock().advance(1s);
  const auto second = refresh(first.refresh_token);
  EXPECT_EQ(second.session, first.session);
  EXPECT_EQ(second.token_type, "Bearer");
  EXPECT_EQ(second.user.number, ada());
  EXPECT_NE(second.refresh_token, first.refresh_token);
  EXPECT_NE(second.access_token, first.access_token);
  EXPECT_EQ(opens(first.access_token), 200);
  EXPECT_EQ(opens(second.access_token), 200);
  EXPECT_NE(refresh(second.refresh_token).refresh_token, second.refresh_token);
}

// Both sides of the window, and what an answer that was lost needs: the same one again.
TEST_F(Refreshing, TheSameTokenGetsTheSameSuccessorWithinTheGrace) {
  struct Case {
    std::string_view grace;
    std::chrono::microseconds later;
    bool successor_used;
    bool repeats;
  };
  const std::vector<Case> cases = {
      {"30s", 0us, false, true},
      {"30s", 29'999'999us, false, true},
      {"30s", 30s, false, false},
      {"30s", 31s, false, false},
      {"30s", 1s, true, false},
      {"0s", 0us, false, false},
      {"5m", 299s, false, true},
      {"5m", 300s, false, false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.grace) + " " + std::to_string(one.later.count()));
    begin({{"refresh_grace", std::string(one.grace)}});
    const auto first = sign_in();
    const auto second = refresh(first.refresh_token);
    if (one.successor_used) refresh(second.refresh_token);
    app().clock().advance(one.later);
    const auto again = try_refresh(first.refresh_token);
    if (one.repeats) {
      ASSERT_EQ(again.status, 200) << again.body;
      EXPECT_EQ(read<SignedIn>(again).refresh_token, second.refresh_token);
      EXPECT_EQ(opens(read<SignedIn>(again).access_token), 200);
      EXPECT_EQ(try_refresh(second.refresh_token).status, 200);
    } else {
      EXPECT_EQ(again.status, 401);
      EXPECT_EQ(count_sessions(), 0);
    }
  }
}

TEST_F(Refreshing, AReusedTokenEndsTheSessionAndIsToldInTheTrailAndByMail) {
  const auto first = sign_in();
  const auto other = sign_in();
  const auto second = refresh(first.refresh_token);
  app().clock().advance(31s);
  EXPECT_EQ(opens(second.access_token), 200);
  EXPECT_EQ(try_refresh(first.refresh_token).status, 401);
  EXPECT_EQ(opens(first.access_token), 401);
  EXPECT_EQ(opens(second.access_token), 401);
  EXPECT_EQ(try_refresh(second.refresh_token).status, 401);
  EXPECT_EQ(opens(other.access_token), 200);
  EXPECT_EQ(heard(), std::vector<std::string>{"session.reused ada " + first.session});
  const auto& mails = app().mails();
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails.back().to, "ada@example.org");
  EXPECT_NE(mails.back().text.find("used twice"), std::string::npos);
}

TEST_F(Refreshing, WhoKnowsTheSessionsIdAloneEndsNothing) {
  const auto opened = sign_in();
  const std::string right = opened.refresh_token;
  const std::size_t secret = right.rfind('_') + 1;
  const std::string session = opened.session;
  const auto with_secret = [&](std::string_view text) {
    return right.substr(0, secret) + std::string(text);
  };
  std::vector<std::string> wrong = {
      "",
      "grt_",
      right + "0",
      right + "=",
      " " + right,
      right.substr(1),
      right.substr(0, right.size() - 1),
      with_secret(std::string(64, '0')),
      "grt_" + session + "_2_" + right.substr(secret),
      "grt_" + session + "_0_" + right.substr(secret),
      "grt_" + session + "_01_" + right.substr(secret),
      "grt_" + session + "_+1_" + right.substr(secret),
      "grt_" + session + "_-1_" + right.substr(secret),
      "grt_" + session + "__" + right.substr(secret),
      "grt_" + session + "_99999999999999999999_" + right.substr(secret),
      "grt_65f1c0ffee00000000000001_1_" + right.substr(secret),
      "gst_" + right.substr(4),
      opened.access_token,
  };
  for (std::size_t at = 0; at < right.size(); ++at) {
    std::string changed = right;
    changed[at] = changed[at] == '0' ? '1' : '0';
    wrong.push_back(changed);
    changed[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(right[at])));
    if (changed != right) wrong.push_back(changed);
  }
  for (const std::string& token : wrong) EXPECT_EQ(try_refresh(token).status, 401) << token;
  EXPECT_EQ(count_sessions(), 1);
  EXPECT_TRUE(heard().empty());
  refresh(right);
}

TEST_F(Refreshing, OfTwentyAtOnceAllGetTheSameSuccessor) {
  for (int round = 0; round < 5; ++round) {
    const auto first = sign_in();
    constexpr int kThreads = 20;
    std::vector<testing::Reply> replies(kThreads);
    {
      std::barrier start(kThreads);
      std::vector<std::jthread> threads;
      threads.reserve(kThreads);
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
          start.arrive_and_wait();
          replies[static_cast<std::size_t>(i)] = try_refresh(first.refresh_token);
        });
      }
    }
    std::set<std::string> successors;
    for (const auto& reply : replies) {
      ASSERT_EQ(reply.status, 200) << reply.body;
      successors.insert(read<SignedIn>(reply).refresh_token);
    }
    ASSERT_EQ(successors.size(), 1u);
    refresh(*successors.begin());
  }
  EXPECT_EQ(count_sessions(), 5);
  EXPECT_TRUE(heard().empty());
}

TEST_F(Refreshing, ASessionEndsToTheSecondWhenItIsIdleAndAtItsAbsoluteEnd) {
  begin({{"session_idle", "10m"}, {"session_lifetime", "25m"}});
  const auto first = sign_in();
  app().clock().advance(10min - 1us);
  const auto second = refresh(first.refresh_token);
  app().clock().advance(10min - 1us);
  const auto third = refresh(second.refresh_token);  // at 20 minutes
  EXPECT_EQ(third.expires_in, 300);
  app().clock().advance(4min);
  const auto fourth = refresh(third.refresh_token);
  EXPECT_LE(fourth.expires_in, 61);
  EXPECT_EQ(opens(fourth.access_token), 200);
  app().clock().advance(1min + 2us);
  EXPECT_EQ(opens(fourth.access_token), 401);
  EXPECT_EQ(try_refresh(fourth.refresh_token).status, 401);

  const auto idle = sign_in();
  app().clock().advance(10min);
  EXPECT_EQ(try_refresh(idle.refresh_token).status, 401);
  app().run_jobs();
  EXPECT_EQ(count_sessions(), 0);
}

TEST_F(Refreshing, AnAccessTokenLastsAsLongAsItSays) {
  begin({{"access_lifetime", "60s"}});
  const auto opened = sign_in();
  EXPECT_EQ(opened.expires_in, 60);
  app().clock().advance(60s - 1us);
  EXPECT_EQ(opens(opened.access_token), 200);
  app().clock().advance(1us);
  EXPECT_EQ(opens(opened.access_token), 401);
}

}  // namespace
}  // namespace gatehouse::tokens
