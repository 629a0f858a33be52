// Handing a managed user over: the invitation, and what comes of accepting it.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <thread>

#include <gatehouse/deployment.hpp>
#include <gatehouse/services/live_users.hpp>

#include "managed_fixture.hpp"

namespace gatehouse::users {
namespace {

using std::chrono::hours;

constexpr std::string_view kPassword = "a loom weaves flowers";
constexpr std::string_view kInvited = "kim@example.org";

class HandingOver : public ManagedUsersTest {
 protected:
  void SetUp() override {
    ManagedUsersTest::SetUp();
    kim_ = make("Kim").number;
    around().take_records();
  }
  std::string invite(std::string_view email = kInvited, std::string_view username = "kim") {
    return outcome(hand_over(mia(), kim_, {std::string(email), std::string(username)}));
  }
  // The code in the latest mail to the address; "" when there is none.
  std::string code_for(std::string_view address) {
    const auto& mails = app().mails();
    for (auto mail = mails.rbegin(); mail != mails.rend(); ++mail) {
      const std::size_t link = mail->text.find("https://id.example.org/v1/password-resets/");
      if (mail->to != address || link == std::string::npos) continue;
      const std::size_t end = mail->text.find('\n', link);
      const std::size_t begin = mail->text.rfind('/', end) + 1;
      return mail->text.substr(begin, end - begin);
    }
    return "";
  }
  // The latest mail to the address; "" when there is none.
  std::string mail_to(std::string_view address) {
    std::string text;
    for (const MailMessage& mail : app().mails()) {
      if (mail.to == address) text = mail.subject + "\n" + mail.text;
    }
    return text;
  }
  testing::Reply accept(std::string_view code, std::string_view password = kPassword) {
    return app().anonymous().post("/v1/password-resets/confirm",
                                  R"({"code": ")" + std::string(code) + R"(", "new_password": ")" +
                                      std::string(password) + "\"}");
  }
  std::string sees_herself(std::string_view name = "kim") {
    const auto reply = basic(name, kPassword).get("/v1/users/me");
    return reply.status == 200 ? member(reply.body, "number") : std::to_string(reply.status);
  }
  std::string state() {
    return std::to_string(count("select count(*) as count from users_handover")) + " pending, " +
           std::to_string(count("select count(*) as count from users_code where purpose = 5")) +
           " codes";
  }
  std::int64_t epoch() {
    const auto user = app().storage().read(
        [&](Session& db) { return app().services().find<LiveUsers>()->find(db, kim_); });
    return user && *user ? (*user)->epoch : -1;
  }

  std::int64_t kim_ = 0;
};

TEST_F(HandingOver, MakesTheSameUserTheirOwn) {
  const std::string id = member(as_mia().get(path(kim_)).body, "id");
  ASSERT_EQ(invite(), "ok");
  EXPECT_EQ(told(), "user.handover_started " + std::to_string(kim_) + " in 3 username email\n");
  const std::string code = code_for(kInvited);
  ASSERT_EQ(code.size(), 27U) << mail_to(kInvited);
  EXPECT_NE(mail_to(kInvited).find("mia has looked after"), std::string::npos);
  EXPECT_EQ(member(as_mia().get(path(kim_)).body, "username"), "null") << "nothing changes yet";
  EXPECT_EQ(as_mia().get(path(kim_)).status, 200);
  EXPECT_EQ(app().anonymous().get("/v1/password-resets/" + code).status, 200);
  const std::int64_t before = epoch();
  around().take_records();

  EXPECT_EQ(accept(code, "short").status, 422);
  EXPECT_EQ(accept(code, "kim12345").status, 422) << "judged by the name that it will be for";
  const auto accepted = accept(code);
  ASSERT_EQ(accepted.status, 204) << accepted.body;
  EXPECT_EQ(told(),
            "user.handed_over " + std::to_string(kim_) +
                " in 3 username email email_verified recovery_email manager (manager " +
                std::to_string(mia_) + ")\n");
  EXPECT_EQ(sees_herself(), std::to_string(kim_));
  const auto me = basic("kim", kPassword).get("/v1/users/me");
  EXPECT_EQ(member(me.body, "id"), id);
  EXPECT_EQ(member(me.body, "first_name"), "Kim");
  EXPECT_EQ(member(me.body, "email"), kInvited);
  EXPECT_EQ(member(me.body, "recovery_email"), kInvited);
  EXPECT_EQ(member(me.body, "email_verified"), "true");
  EXPECT_EQ(member(me.body, "manager"), "null");
  EXPECT_GT(epoch(), before);
  EXPECT_EQ(state(), "0 pending, 0 codes");

  EXPECT_EQ(as_mia().get(path(kim_)).status, 404) << "the manager's rights end";
  EXPECT_EQ(outcome(erase(mia(), kim_)), "not_found");
  EXPECT_NE(mail_to("mia@example.org").find("has taken over"), std::string::npos);
  ASSERT_EQ(around().handovers.size(), 1U);
  EXPECT_EQ(around().handovers[0].number, kim_);
  EXPECT_EQ(around().handovers[0].id, id);
  EXPECT_EQ(around().handovers[0].account, client_);
  EXPECT_EQ(around().handovers[0].manager, mia_);
  ASSERT_EQ(around().password_changes.size(), 1U);
  EXPECT_TRUE(around().password_changes[0].was_reset);
  EXPECT_EQ(accept(code).status, 422) << "a code is good once";
}

TEST_F(HandingOver, TakesGoodNamesThatAreFree) {
  create("ada", client_, R"(, "email": "ada@example.org")");
  struct Case {
    std::string email;
    std::string username;
    std::string_view expected;
  };
  const Case cases[] = {
      {"kim@example.org", "ADA", "username_taken"},
      {"kim@example.org", "Ada@Example.org", "username_taken"},
      {"Ada@Example.org", "kim", "email_taken"},
      {"ada", "me", "invalid_fields /username /email"},
      {"", "", "invalid_fields /username /email"},
      {"-kim@example.org", "kim", "invalid_fields /email"},
      {std::string(249, 'k') + "@a.org", "kim", "invalid_fields /email"},
  };
  for (const Case& c : cases) EXPECT_EQ(invite(c.email, c.username), c.expected) << c.email;
  EXPECT_EQ(state(), "0 pending, 0 codes");
  EXPECT_EQ(told().find("handover"), std::string::npos);
  ASSERT_EQ(invite(), "ok");
  EXPECT_NE(code_for(kInvited), "");
}

TEST_F(HandingOver, ClaimsNoNameBeforeItIsAccepted) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  const std::int64_t other = create("KIM", other_);
  const auto taken = accept(code);
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(member(taken.body, "code"), "username_taken");
  ASSERT_EQ(admin().patch(path(other), R"({"username": "max", "email": "Kim@example.org"})").status,
            200);
  EXPECT_EQ(member(accept(code).body, "code"), "email_taken");
  EXPECT_EQ(member(as_mia().get(path(kim_)).body, "username"), "null") << "all or nothing";
  ASSERT_EQ(admin().remove(path(other)).status, 204);
  EXPECT_EQ(accept(code).status, 204) << "a conflict uses no code up";
}

TEST_F(HandingOver, ANewInvitationVoidsTheFormer) {
  ASSERT_EQ(invite(), "ok");
  const std::string first = code_for(kInvited);
  ASSERT_EQ(invite("lee@example.org", "lee"), "ok");
  EXPECT_EQ(state(), "1 pending, 0 codes");
  EXPECT_EQ(accept(first).status, 422);
  const std::string second = code_for("lee@example.org");
  EXPECT_EQ(state(), "1 pending, 1 codes");
  EXPECT_EQ(accept(first).status, 422);
  ASSERT_EQ(accept(second).status, 204);
  EXPECT_EQ(sees_herself("lee"), std::to_string(kim_));
}

TEST_F(HandingOver, LastsAWeekFromTheMailOn) {
  ASSERT_EQ(invite(), "ok");
  app().clock().advance(hours(2 * 24));
  const std::string code = code_for(kInvited);
  app().clock().advance(hours(7 * 24) - std::chrono::seconds(1));
  app().run_jobs();
  EXPECT_EQ(state(), "1 pending, 1 codes");
  app().clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(accept(code).status, 422);
  app().run_jobs();
  EXPECT_EQ(state(), "0 pending, 0 codes");
}

TEST_F(HandingOver, TakesAPasswordThatWasShownLately) {
  const auto by = [this](std::string_view method, std::optional<Time> signed_in_at) {
    Principal who = mia();
    who.method = method;
    who.signed_in_at = signed_in_at;
    return outcome(hand_over(who, kim_, {std::string(kInvited), "kim"}));
  };
  const Time now = app().clock().now();
  using std::chrono::minutes;
  using std::chrono::seconds;
  EXPECT_EQ(by("token", std::nullopt), "recent_sign_in_required");
  EXPECT_EQ(by("session", now - minutes(10) - seconds(1)), "recent_sign_in_required");
  EXPECT_EQ(state(), "0 pending, 0 codes");
  EXPECT_EQ(told(), "");
  EXPECT_EQ(by("session", now - minutes(10)), "ok");
  EXPECT_EQ(by("basic", std::nullopt), "ok");
}

TEST_F(HandingOver, NeedsTheStateThatWasSeen) {
  const auto seen_otherwise = [](const UserRecord& current) -> Result<None> {
    return conflict("seen", "{}", current.display_name);
  };
  const Handover to{std::string(kInvited), "kim"};
  const auto refused = hand_over(mia(), kim_, to, seen_otherwise);
  ASSERT_EQ(outcome(refused), "seen");
  EXPECT_EQ(refused.error().message, "Kim");
  EXPECT_EQ(state(), "0 pending, 0 codes");
}

TEST_F(HandingOver, IsSeenAndWithdrawn) {
  const auto find = [this](const Principal& who) {
    return edit(&UserEditor::find_handover, who, kim_);
  };
  const auto withdraw = [this](const Principal& who) {
    return outcome(edit(&UserEditor::withdraw_handover, who, kim_));
  };
  EXPECT_EQ(outcome(find(mia())), "not_found");
  EXPECT_EQ(withdraw(mia()), "not_found");
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  const auto found = find(mia());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->to.email, kInvited);
  EXPECT_EQ(found->to.username, "kim");
  EXPECT_EQ(found->expires_at, app().clock().now() + hours(7 * 24));
  Principal delegated = person(kim_);
  delegated.actor = mia_;
  EXPECT_EQ(outcome(find(delegated)), "permission_denied");
  EXPECT_EQ(withdraw(delegated), "permission_denied");
  for (const Principal& other : {person(1, Role::Admin), person(kim_)}) {
    EXPECT_EQ(outcome(find(other)), "not_found");
    EXPECT_EQ(withdraw(other), "not_found");
  }

  told();
  Principal token = mia();  // what voids takes less than what hands over
  token.method = "token";
  EXPECT_EQ(withdraw(token), "ok");
  EXPECT_EQ(told(), "user.handover_withdrawn " + std::to_string(kim_) + " in 3\n");
  EXPECT_EQ(state(), "0 pending, 0 codes");
  EXPECT_EQ(outcome(find(mia())), "not_found");
  EXPECT_EQ(accept(code).status, 422);
}

TEST_F(HandingOver, IsSeenNoLongerThanItLasts) {
  ASSERT_EQ(invite(), "ok");
  app().clock().advance(hours(7 * 24));
  EXPECT_EQ(outcome(edit(&UserEditor::find_handover, mia(), kim_)), "not_found");
  EXPECT_EQ(outcome(edit(&UserEditor::withdraw_handover, mia(), kim_)), "not_found");
}

// In a week somebody can rise, and somebody fall.
TEST_F(HandingOver, IsJudgedAgainWhenItIsAccepted) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  give_roles(kim_, Role::Staff);
  EXPECT_EQ(accept(code).status, 422) << "more than the manager";
  give_roles(kim_, {});
  const auto set = [this](const Sql& sql) {
    ASSERT_TRUE(app().storage().write([&](Session& db) { return db.run(sql, mia_); }));
  };
  set("update users_user set expires_at = 0 where number = :mia");
  EXPECT_EQ(accept(code).status, 422) << "the manager has expired";
  EXPECT_EQ(state(), "1 pending, 1 codes") << "a wrong code changes nothing";
  set("update users_user set expires_at = null where number = :mia");
  EXPECT_EQ(accept(code).status, 204);
}

TEST_F(HandingOver, EndsWithTheManagersAccess) {
  const std::int64_t other = create("lou", client_, R"(, "email": "lou@example.org")");
  for (const std::string_view ending : {R"({"active": false})",
                                        R"({"locked": true})",
                                        R"({"expires_at": "2025-01-01T00:00:00Z"})"}) {
    ASSERT_EQ(invite(), "ok");
    const std::string code = code_for(kInvited);
    ASSERT_EQ(admin().patch(path(other), ending).status, 200);
    EXPECT_EQ(state(), "1 pending, 1 codes") << "nobody else's do";
    ASSERT_EQ(admin().patch(path(mia_), ending).status, 200);
    EXPECT_EQ(state(), "0 pending, 0 codes") << ending;
    ASSERT_EQ(admin()
                  .patch(path(mia_), R"({"active": true, "locked": false, "expires_at": null})")
                  .status,
              200);
    EXPECT_EQ(accept(code).status, 422) << ending << " and does not come back";
  }
}

// They may have been invited by whoever had it.
TEST_F(HandingOver, EndsWithTheManagersPassword) {
  const auto ends = [this](const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 204) << reply.body;
    EXPECT_EQ(state(), "0 pending, 0 codes");
  };
  ASSERT_EQ(invite(), "ok");
  ASSERT_NE(code_for(kInvited), "");
  ends(admin().put(path(mia_) + "/password", R"({"new_password": "analytical engine"})"));
  ASSERT_EQ(invite(), "ok");
  ASSERT_NE(code_for(kInvited), "");
  ends(admin().post(path(mia_) + "/password-reset", ""));
  ASSERT_EQ(invite(), "ok");
  ASSERT_NE(code_for(kInvited), "");
  ends(accept(code_for("mia@example.org")));
}

TEST_F(HandingOver, IsForSoManyInAnHour) {
  const std::int64_t lee = make("Lee").number;
  const auto of_lee = [&] { return hand_over(mia(), lee, {"lee@example.org", "lee"}); };
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(i % 2 == 0 ? invite() : outcome(of_lee()), "ok") << i;
  }
  const auto refused = of_lee();
  ASSERT_EQ(outcome(refused), "too_many_handovers");
  EXPECT_EQ(refused.error().code, ErrorCode::RateLimited);
  EXPECT_EQ(refused.error().retry_after, std::chrono::minutes(6));
  app().clock().advance(std::chrono::minutes(6) - std::chrono::seconds(1));
  EXPECT_EQ(invite(), "too_many_handovers") << "whoever it is for";
  app().clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(invite(), "ok");
  EXPECT_EQ(invite(), "too_many_handovers");
}

TEST_F(HandingOver, EndsWithTheUsersAccess) {
  for (const std::string_view ending : {R"({"active": false})",
                                        R"({"locked": true})",
                                        R"({"expires_at": "2025-01-01T00:00:00Z"})"}) {
    ASSERT_EQ(invite(), "ok");
    const std::string code = code_for(kInvited);
    ASSERT_EQ(admin().patch(path(kim_), ending).status, 200);
    EXPECT_EQ(invite(), "no_sign_in") << ending;
    EXPECT_EQ(accept(code).status, 422) << ending;
    ASSERT_EQ(admin()
                  .patch(path(kim_), R"({"active": true, "locked": false, "expires_at": null})")
                  .status,
              200);
    EXPECT_EQ(accept(code).status, 422) << ending << " and does not come back";
  }
}

TEST_F(HandingOver, IsNoMailToSomebodyWhoseAccessEndedMeanwhile) {
  ASSERT_EQ(invite(), "ok");
  ASSERT_EQ(admin().patch(path(kim_), R"({"locked": true})").status, 200);
  EXPECT_EQ(mail_to(kInvited), "");
}

TEST_F(HandingOver, OutlivesOtherChangesOfTheUser) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  ASSERT_EQ(admin().patch(path(kim_), R"({"first_name": "Kimberly"})").status, 200);
  ASSERT_EQ(accept(code).status, 204);
  EXPECT_EQ(member(basic("kim", kPassword).get("/v1/users/me").body, "first_name"), "Kimberly");
}

TEST_F(HandingOver, EndsWhenTheUserIsDeleted) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  ASSERT_TRUE(erase(mia(), kim_));
  EXPECT_EQ(accept(code).status, 422);
  EXPECT_EQ(state(), "0 pending, 0 codes");
}

TEST_F(HandingOver, EndsWhenAllIsRevoked) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  ASSERT_TRUE(app().storage().write([this](Session& db) {
    return around().host().events().publish(db, AllRevoked{2, false});
  }));
  EXPECT_EQ(state(), "0 pending, 0 codes");
  EXPECT_EQ(accept(code).status, 422);
}

TEST_F(HandingOver, IsMailedAnewAfterAMove) {
  ASSERT_EQ(invite(), "ok");
  const std::string before = code_for(kInvited);
  ASSERT_EQ(admin().post(path(mia_) + "/move", R"({"account": 4})").status, 200);
  EXPECT_EQ(accept(before).status, 422);
  const std::string after = code_for(kInvited);
  ASSERT_NE(after, before);
  ASSERT_EQ(accept(after).status, 204);
  EXPECT_EQ(account_of(kim_), other_);
}

// Of a user who could sign in before they had a manager.
TEST_F(HandingOver, VoidsWhatFormerAddressesCouldDo) {
  ASSERT_TRUE(app().storage().write([&](Session& db) {
    return db.run("update users_user set manager = null where number = :number", kim_);
  }));
  ASSERT_EQ(
      admin().patch(path(kim_), R"({"username": "kim-of-mia", "email": "old@example.org"})").status,
      200);
  ASSERT_EQ(
      admin().put(path(kim_) + "/password", R"({"new_password": "enchantress of number"})").status,
      204);
  ASSERT_EQ(admin().patch(path(kim_), R"({"email": "older@example.org"})").status, 200);
  set_manager(kim_, mia_);
  ASSERT_EQ(invite(), "ok");
  ASSERT_EQ(accept(code_for(kInvited)).status, 204);
  EXPECT_EQ(count("select count(*) as count from users_code"), 0);
  EXPECT_EQ(count("select count(*) as count from users_email_change"), 0);
  EXPECT_EQ(sees_herself(), std::to_string(kim_));
  EXPECT_EQ(basic("kim-of-mia", "enchantress of number").get("/v1/users/me").status, 401);
  EXPECT_EQ(basic("kim", "enchantress of number").get("/v1/users/me").status, 401);
}

TEST_F(HandingOver, OfTwoWhoAcceptAtOnceOneDoes) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  std::atomic<int> accepted = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> both;
  for (const std::string_view password : {kPassword, std::string_view("analytical engine")}) {
    both.emplace_back([&, password] {
      const int status = accept(code, password).status;
      accepted += status == 204 ? 1 : 0;
      refused += status == 422 ? 1 : 0;
    });
  }
  for (std::thread& one : both) one.join();
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(around().handovers.size(), 1U);
}

TEST_F(HandingOver, AnErrorOfAListenerLeavesEverythingAsItWas) {
  ASSERT_EQ(invite(), "ok");
  const std::string code = code_for(kInvited);
  around().refuses_handovers = true;
  EXPECT_EQ(accept(code).status, 503);
  EXPECT_EQ(as_mia().get(path(kim_)).status, 200);
  EXPECT_EQ(state(), "1 pending, 1 codes");
  EXPECT_EQ(sees_herself(), "401");
  around().refuses_handovers = false;
  EXPECT_EQ(accept(code).status, 204);
}

}  // namespace
}  // namespace gatehouse::users
