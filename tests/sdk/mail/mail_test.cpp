// The queue of mail and its sender: each order once, whoever dies or fails.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/plugin.hpp>
#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/runtime.hpp>
#include <gatehouse/testing/database.hpp>
#include <gatehouse/testing/fakes.hpp>

namespace gatehouse {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Message = Result<std::optional<MailMessage>>;

constexpr Sql kInsertCode = "insert into letters_code (user_number, code) values (:user, :code)";
constexpr Sql kCountCodes = "select count(*) from letters_code";
constexpr Sql kCountQueue = "select count(*) from gatehouse_mail";
constexpr Sql kQueueText{"select group_concat(purpose || data || mount) from gatehouse_mail",
                         "select string_agg(purpose || data || mount, ',') from gatehouse_mail"};

// Writes letters that hold a code, and keeps a row for each code.
class Letters final : public Plugin {
 public:
  std::function<Message(Session&, const MailOrder&)> compose;
  Context* host = nullptr;

  Migrations migrations() const override {
    return {{"0001",
             "codes",
             "create table letters_code (user_number bigint not null, code text not null)"}};
  }
  void wire(Context& context) override {
    host = &context;
    context.mail().compose("code", [this](Session& session, const MailOrder& order) -> Message {
      if (compose) return compose(session, order);
      GATEHOUSE_CHECK(session.run(kInsertCode, order.user, "minted"));
      return MailMessage{std::to_string(order.user) + "@example.org", order.data, "minted"};
    });
  }
};

class Transport final : public MailTransport {
 public:
  std::function<Result<None>(const Letter&)> on_send;
  std::vector<std::string> sent_to;
  Result<None> send(const Letter& letter) override {
    if (on_send) GATEHOUSE_CHECK(on_send(letter));
    sent_to.push_back(letter.message.to);
    return None{};
  }
  void interrupt() override {}
};

// One instance of a server on a database that others may use too.
class Instance {
 public:
  Instance(const DatabaseOptions& options, testing::FakeClock& clock) {
    auto opened = Database::open(options, log, metrics, clock);
    if (!opened) throw std::runtime_error(opened.error().message);
    database = *std::move(opened);
    keys_.load({testing::fixed_master_key()});
    runtime = std::make_unique<Runtime>(Facilities{
        [this](std::string_view) -> Log& { return log; },
        metrics,
        clock,
        random_,
        passwords_,
        keys_,
        MailFacilities{
            transport, [] { return "https://id.example.org"; }, "", MailSending::OnDemand},
        [](std::string_view, std::string_view) {}});
    runtime->add({"letters", "1.0.0", &plugin, nullptr, "test"});
    check(runtime->configure(nullptr));
    check(runtime->wire(*database));
    check(runtime->migrate(*database));
    check(runtime->start());
  }
  ~Instance() { runtime->stop(); }

  void queue(std::int64_t user, std::string data = "") {
    const auto queued = plugin.host->storage().write([&](Session& session) {
      return plugin.host->mail().queue(session, {"code", user, "/v1", data});
    });
    if (!queued) throw std::runtime_error(queued.error().message);
  }
  std::int64_t count(const Sql& sql) {
    return plugin.host->storage()
        .read([&](Session& session) { return session.get<std::int64_t>(sql); })
        .value();
  }

  testing::RecordedLog log;
  testing::RecordedMetrics metrics;
  Letters plugin;
  Transport transport;
  std::unique_ptr<Database> database;
  std::unique_ptr<Runtime> runtime;

 private:
  static void check(const std::vector<std::string>& mistakes) {
    if (!mistakes.empty()) throw std::runtime_error(mistakes.front());
  }
  KernelRandom random_;
  Argon2Passwords passwords_{PasswordCost{}};
  KeyRing keys_{random_};
};

class MailTest : public ::testing::Test {
 protected:
  std::unique_ptr<Instance> start() {
    return std::make_unique<Instance>(database_.options(), clock_);
  }

  testing::FakeClock clock_;
  testing::TestDatabase database_;
  std::unique_ptr<Instance> one_ = start();
};

using Strings = std::vector<std::string>;

TEST_F(MailTest, ACodeExistsOnlyFromTheMomentOfSending) {
  one_->queue(7, "hello");
  EXPECT_EQ(one_->count(kCountCodes), 0);
  const auto stored = one_->plugin.host->storage().read(
      [](Session& session) { return session.get<std::string>(kQueueText); });
  EXPECT_EQ(stored.value(), "codehello/v1");
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to, Strings{"7@example.org"});
  EXPECT_EQ(one_->count(kCountCodes), 1);
  EXPECT_EQ(one_->count(kCountQueue), 0);
  EXPECT_EQ(one_->metrics.value("mail_sent_total"), 1);
}

TEST_F(MailTest, WhatIsRolledBackIsNotSent) {
  const auto refused = one_->plugin.host->storage().write([&](Session& session) -> Result<None> {
    GATEHOUSE_CHECK(one_->plugin.host->mail().queue(session, {"code", 7}));
    return not_found();
  });
  EXPECT_FALSE(refused.has_value());
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to, Strings{});
}

TEST_F(MailTest, AnOrderThatNothingFollowsFromEnds) {
  one_->plugin.compose = [](Session&, const MailOrder&) -> Message { return std::nullopt; };
  one_->queue(7);
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to, Strings{});
  EXPECT_EQ(one_->count(kCountQueue), 0);
}

TEST_F(MailTest, SeveralSendersAtOnceSendEachOrderOnce) {
  constexpr int kOrders = 60;
  std::vector<std::unique_ptr<Instance>> others;
  others.reserve(3);
  for (int i = 0; i < 3; ++i) others.push_back(start());
  for (int i = 1; i <= kOrders; ++i) one_->queue(i);
  std::vector<std::thread> threads;
  threads.reserve(others.size());
  for (const auto& other : others) {
    threads.emplace_back([&other] { other->runtime->send_mail(); });
  }
  for (std::thread& thread : threads) thread.join();
  Strings all;
  for (const auto& other : others) {
    all.insert(all.end(), other->transport.sent_to.begin(), other->transport.sent_to.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end()) << "one was sent twice";
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kOrders));
  EXPECT_EQ(one_->count(kCountCodes), kOrders);
}

// Two who saw the same order due: while the letter of one is on its way, the other looks too.
// Both have seen two orders due. Each is held up with one of them on its way.
TEST_F(MailTest, OfTwoWhoSawAnOrderDueOneClaimsIt) {
  const auto other = start();
  one_->queue(1);
  one_->queue(2);
  std::promise<void> others_is_on_its_way;
  std::promise<void> may_arrive;
  other->transport.on_send = [&](const Letter&) -> Result<None> {
    others_is_on_its_way.set_value();
    may_arrive.get_future().wait();
    return None{};
  };
  std::thread thread;
  one_->transport.on_send = [&](const Letter& letter) -> Result<None> {
    if (letter.message.to == "1@example.org") {
      thread = std::thread([&] { other->runtime->send_mail(); });
      others_is_on_its_way.get_future().wait();
    }
    return None{};
  };
  one_->runtime->send_mail();
  may_arrive.set_value();
  thread.join();
  EXPECT_EQ(one_->transport.sent_to, Strings{"1@example.org"});
  EXPECT_EQ(other->transport.sent_to, Strings{"2@example.org"});
}

TEST_F(MailTest, WhatAnotherSendsNowIsLeftAlone) {
  const auto other = start();
  one_->queue(7);
  one_->transport.on_send = [&](const Letter&) -> Result<None> {
    other->runtime->send_mail();
    return None{};
  };
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.size(), 1u);
  EXPECT_EQ(other->transport.sent_to, Strings{});
}

// A sender that dies between claiming and sending is, to the others, one that never comes back.
TEST_F(MailTest, TheOrderOfADeadSenderIsTakenUpWhenItsLeaseEnds) {
  const auto other = start();
  one_->queue(7);
  one_->transport.on_send = [&](const Letter&) -> Result<None> {
    clock_.advance(minutes(4));
    other->runtime->send_mail();
    EXPECT_EQ(other->transport.sent_to, Strings{}) << "the lease still holds";
    clock_.advance(minutes(1));
    other->runtime->send_mail();
    return unavailable("dead");
  };
  one_->runtime->send_mail();
  EXPECT_EQ(other->transport.sent_to, Strings{"7@example.org"});
  EXPECT_EQ(one_->count(kCountQueue), 0) << "the late one brought it back";
}

TEST_F(MailTest, AnErrorOfTheComposerIsRolledBackAndTriedAgain) {
  const auto other = start();
  one_->queue(7);
  int composed = 0;
  one_->plugin.compose = [&](Session& session, const MailOrder& order) -> Message {
    ++composed;
    GATEHOUSE_CHECK(session.run(kInsertCode, order.user, "never"));
    return unavailable("not now");
  };
  one_->runtime->send_mail();
  EXPECT_EQ(composed, 1);
  EXPECT_EQ(one_->count(kCountCodes), 0) << "an error rolls the composer's work back";
  EXPECT_EQ(one_->log.count("mail_failed"), 1);
  other->runtime->send_mail();
  EXPECT_EQ(other->transport.sent_to, Strings{}) << "not due yet";
  clock_.advance(minutes(1));
  other->runtime->send_mail();
  EXPECT_EQ(other->transport.sent_to, Strings{"7@example.org"});
}

TEST_F(MailTest, FailuresAreTriedAgainAfterLongerAndLongerWaits) {
  one_->queue(7);
  int tries = 0;
  one_->transport.on_send = [&](const Letter&) -> Result<None> {
    ++tries;
    return unavailable("away");
  };
  one_->runtime->send_mail();
  EXPECT_EQ(tries, 1);
  int expected = 1;
  for (const minutes wait : {minutes(1),
                             minutes(2),
                             minutes(4),
                             minutes(8),
                             minutes(16),
                             minutes(32),
                             minutes(60),
                             minutes(60)}) {
    clock_.advance(wait - seconds(1));
    one_->runtime->send_mail();
    EXPECT_EQ(tries, expected) << "too early by " << wait.count();
    clock_.advance(seconds(1));
    one_->runtime->send_mail();
    EXPECT_EQ(tries, ++expected) << wait.count();
  }
  EXPECT_EQ(one_->metrics.value("mail_failed_total"), expected);
  EXPECT_EQ(one_->metrics.value("mail_queued"), 1);
  one_->transport.on_send = nullptr;
  clock_.advance(hours(1));
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.size(), 1u);
}

TEST_F(MailTest, IsGivenUpAfterThreeDays) {
  one_->queue(7);
  one_->transport.on_send = [](const Letter&) -> Result<None> { return unavailable("away"); };
  for (int hour = 0; hour < 71; ++hour) {
    one_->runtime->send_mail();
    clock_.advance(hours(1));
  }
  EXPECT_EQ(one_->count(kCountQueue), 1);
  one_->runtime->send_mail();
  clock_.advance(hours(1));
  one_->runtime->send_mail();
  EXPECT_EQ(one_->count(kCountQueue), 0);
  EXPECT_EQ(one_->log.count("mail_dropped"), 1);
  EXPECT_EQ(one_->metrics.value("mail_dropped_total"), 1);
}

TEST_F(MailTest, ARefusalForGoodEndsAnOrderAtOnceAndNoOther) {
  one_->queue(7);
  one_->queue(8);
  one_->transport.on_send = [](const Letter& letter) -> Result<None> {
    if (letter.message.to == "8@example.org") return None{};
    return Error{ErrorCode::InvalidArgument, "refused", "550", {}, {}};
  };
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to, Strings{"8@example.org"});
  EXPECT_EQ(one_->count(kCountQueue), 0);
  EXPECT_EQ(one_->metrics.value("mail_dropped_total"), 1);
}

TEST_F(MailTest, ALetterThatIsRefusedForNowHoldsNobodyElsesUp) {
  one_->queue(7);
  one_->queue(8);
  one_->transport.on_send = [](const Letter& letter) -> Result<None> {
    if (letter.message.to == "8@example.org") return None{};
    return Error{ErrorCode::RateLimited, "mail_not_now", "450", {}, {}};
  };
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to, Strings{"8@example.org"});
  EXPECT_EQ(one_->log.count("mail_failed"), 1);
  one_->transport.on_send = nullptr;
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.size(), 1u) << "not due yet";
  clock_.advance(minutes(1));
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.back(), "7@example.org");
}

TEST_F(MailTest, WhatIsOrderedAgainWhileItWaitsIsOneLetter) {
  for (int i = 0; i < 5; ++i) one_->queue(7, "x");
  EXPECT_EQ(one_->count(kCountQueue), 1);
  one_->queue(7, "y");
  one_->queue(8, "x");
  EXPECT_EQ(one_->count(kCountQueue), 3) << "other words, another user";
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.size(), 3u);
}

// Its letter may have been written before what the new order is about.
TEST_F(MailTest, AnOrderForALetterOnItsWayIsAnother) {
  one_->queue(7);
  one_->transport.on_send = [&](const Letter&) -> Result<None> {
    one_->transport.on_send = nullptr;
    one_->queue(7);
    return None{};
  };
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.size(), 2u);
}

TEST_F(MailTest, AnOrderThatIsMadeAgainKeepsItsTurnAndBeginsItsThreeDaysAnew) {
  one_->queue(7);
  one_->transport.on_send = [](const Letter&) -> Result<None> { return unavailable("away"); };
  one_->runtime->send_mail();
  one_->queue(7);
  one_->runtime->send_mail();
  EXPECT_EQ(one_->log.count("mail_failed"), 1) << "it did not come forward";
  clock_.advance(hours(60));
  one_->queue(7);
  clock_.advance(hours(60));
  one_->runtime->send_mail();
  EXPECT_EQ(one_->log.count("mail_dropped"), 0);
  EXPECT_EQ(one_->count(kCountQueue), 1);
}

TEST_F(MailTest, TheGaugeShowsWhatWaitsWhileLettersAreOnTheirWay) {
  one_->queue(7);
  one_->queue(8);
  double waiting = 0;
  one_->transport.on_send = [&](const Letter&) -> Result<None> {
    waiting = std::max(waiting, one_->metrics.value("mail_queued"));
    return None{};
  };
  one_->runtime->send_mail();
  EXPECT_EQ(waiting, 2);
  EXPECT_EQ(one_->metrics.value("mail_queued"), 0);
}

// What waited longest goes first, and what fails makes room for those behind it.
TEST_F(MailTest, OrdersAreServedInTurnAndFailuresStandBehind) {
  for (const std::int64_t user : {1, 2, 3}) {
    one_->queue(user);
    clock_.advance(seconds(1));
  }
  one_->transport.on_send = [](const Letter&) -> Result<None> { return unavailable("away"); };
  one_->runtime->send_mail();  // 1 fails; the transport is not asked again in this run
  EXPECT_EQ(one_->log.count("mail_failed"), 1);
  one_->transport.on_send = nullptr;
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to, (Strings{"2@example.org", "3@example.org"}));
  clock_.advance(minutes(1));
  one_->runtime->send_mail();
  EXPECT_EQ(one_->transport.sent_to.back(), "1@example.org");
}

TEST_F(MailTest, AComposerThatThrowsIsTriedAgain) {
  one_->plugin.compose = [](Session&, const MailOrder&) -> Message {
    throw std::runtime_error("bug");
  };
  one_->queue(7);
  one_->runtime->send_mail();
  EXPECT_EQ(one_->log.count("mail_failed"), 1);
  EXPECT_EQ(one_->count(kCountQueue), 1);
}

TEST_F(MailTest, LogsNameNoAddress) {
  one_->queue(7);
  one_->plugin.compose = [](Session&, const MailOrder&) -> Message {
    return MailMessage{"secret@example.org\r\nBcc: x@example.org", "s", "t"};
  };
  one_->runtime->send_mail();
  EXPECT_EQ(one_->log.count("mail_dropped"), 1);
  for (const auto& record : one_->log.records()) {
    EXPECT_EQ(record.text.find("example.org"), std::string::npos) << record.text;
  }
}

TEST_F(MailTest, OrdersKeepTheirLimitsAndTheirPurpose) {
  Mail& mail = one_->plugin.host->mail();
  Db& db = one_->plugin.host->storage();
  for (const MailOrder& wrong : {MailOrder{"other", 7},
                                 MailOrder{"code", 7, "/v1", std::string(4'097, 'x')},
                                 MailOrder{"code", 7, std::string(256, 'x')}}) {
    EXPECT_THROW(
        static_cast<void>(db.write([&](Session& session) { return mail.queue(session, wrong); })),
        std::logic_error);
  }
  EXPECT_EQ(one_->count(kCountQueue), 0);
  EXPECT_THROW(mail.compose("late", {}), std::logic_error);
  EXPECT_EQ(mail.link("/v1/x"), "https://id.example.org/v1/x");
  EXPECT_EQ(mail.reset_link("abc"), "https://id.example.org/v1/password-resets/abc");
}

}  // namespace
}  // namespace gatehouse
