// Setting, losing and getting back a password; changing an e-mail address. Codes come out of the
// mails, as for people. SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kOld = "enchantress of number";
constexpr std::string_view kNew = "a loom weaves flowers";

class PasswordFlows : public UsersTest {
 protected:
  std::int64_t create_ada() {
    return create("ada",
                  R"(, "email": "ada@example.org", "password": ")" + std::string(kOld) + "\"");
  }
  static std::string path(std::int64_t user, std::string_view rest = "") {
    return "/v1/users/" + std::to_string(user) + std::string(rest);
  }
  int sign_in(std::string_view password) {
    return basic("ada", password).get("/v1/users/me").status;
  }
  // The code at the end of the link in the latest mail to `address`; "" when there is none.
  std::string code_for(std::string_view address) {
    const auto& mails = app().mails();
    for (auto mail = mails.rbegin(); mail != mails.rend(); ++mail) {
      if (mail->to != address) continue;
      const std::size_t link = mail->text.find("https://id.example.org/v1/");
      if (link == std::string::npos) continue;
      const std::size_t end = mail->text.find('\n', link);
      const std::size_t begin = mail->text.rfind('/', end) + 1;
      return mail->text.substr(begin, end - begin);
    }
    return "";
  }
  std::size_t mails_to(std::string_view address) {
    const auto& mails = app().mails();
    return static_cast<std::size_t>(std::count_if(
        mails.begin(), mails.end(), [&](const MailMessage& mail) { return mail.to == address; }));
  }
  testing::Reply confirm(std::string_view code, std::string_view password = kNew) {
    return app().anonymous().post("/v1/password-resets/confirm",
                                  R"({"code": ")" + std::string(code) + R"(", "new_password": ")" +
                                      std::string(password) + "\"}");
  }
  static std::string code_body(std::string_view code) {
    return R"({"code": ")" + std::string(code) + "\"}";
  }
};

TEST_F(PasswordFlows, OnesOwnNeedsTheCurrentOne) {
  create_ada();
  struct Case {
    std::string_view body;
    int status;
    std::string_view pointer;
  };
  const Case cases[] = {
      {R"({"new_password": "a loom weaves flowers"})", 422, "/current_password"},
      {R"({"current_password": "no", "new_password": "a loom weaves flowers"})",
       422,
       "/current_password"},
      {R"({"current_password": "enchantress of number", "new_password": "short"})",
       422,
       "/new_password"},
      {R"({"current_password": "enchantress of number", "new_password": "ada12345"})",
       422,
       "/new_password"},
      {R"({"current_password": "enchantress of number", "new_password": "a loom weaves flowers"})",
       204,
       ""},
  };
  for (const Case& c : cases) {
    const auto reply = basic("ada", kOld).put("/v1/users/me/password", c.body);
    EXPECT_EQ(reply.status, c.status) << c.body << reply.body;
    EXPECT_NE(reply.body.find(c.pointer), std::string::npos) << reply.body;
  }
  EXPECT_EQ(sign_in(kOld), 401);
  EXPECT_EQ(sign_in(kNew), 200);
  EXPECT_EQ(mails_to("ada@example.org"), 1U) << "the user is told";
}

TEST_F(PasswordFlows, AnothersIsSetByWhoeverStandsAboveThem) {
  const std::int64_t ada = create_ada();
  const std::int64_t staff = create("sam");
  ASSERT_EQ(admin().patch(path(staff), R"({"roles": ["staff"]})").status, 200);
  const std::string body = R"({"new_password": "a loom weaves flowers"})";
  EXPECT_EQ(as(901, Role::AdminReader).put(path(ada, "/password"), body).status, 403);
  EXPECT_EQ(as(902).put(path(ada, "/password"), body).status, 404);
  EXPECT_EQ(sign_in(kOld), 200);
  EXPECT_EQ(as(staff, Role::Staff).put(path(ada, "/password"), body).status, 204);
  EXPECT_EQ(sign_in(kNew), 200);
  EXPECT_EQ(as(ada, Role::Staff).put(path(staff, "/password"), body).status, 403);
  EXPECT_EQ(as(staff, Role::Staff).put(path(1, "/password"), body).status, 403);
  EXPECT_EQ(admin().put(path(staff, "/password"), body).status, 204);
}

TEST_F(PasswordFlows, ASetPasswordTakesTheExpiryOfTheOldOneAlong) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(app()
                .storage()
                .write([&](Session& db) {
                  return db.run("update users_user set password_expires_at = 1 where number = :n",
                                ada);
                })
                .value(),
            1);
  EXPECT_EQ(sign_in(kOld), 401);
  ASSERT_EQ(
      admin().put(path(ada, "/password"), R"({"new_password": "a loom weaves flowers"})").status,
      204);
  EXPECT_EQ(sign_in(kNew), 200);
}

TEST_F(PasswordFlows, AResetEndsThePasswordAndMailsACodeForOneUse) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(admin().post(path(ada, "/password-reset"), "").status, 204);
  EXPECT_EQ(sign_in(kOld), 401);
  const std::string code = code_for("ada@example.org");
  ASSERT_EQ(code.size(), 27U);
  const std::string wrong = (code[0] == 'x' ? "y" : "x") + code.substr(1);
  EXPECT_EQ(confirm(wrong).status, 422);
  EXPECT_EQ(confirm(code, "short").status, 422);
  EXPECT_EQ(confirm(code).status, 204) << "a refused password uses no code up";
  EXPECT_EQ(sign_in(kNew), 200);
  EXPECT_EQ(confirm(code, "yet another good one").status, 422);
  EXPECT_EQ(sign_in(kNew), 200);
}

TEST_F(PasswordFlows, ACodeLastsTenMinutesAndTheLastOneCounts) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(admin().post(path(ada, "/password-reset"), "").status, 204);
  const std::string first = code_for("ada@example.org");
  ASSERT_EQ(admin().post(path(ada, "/password-reset"), "").status, 204);
  const std::string second = code_for("ada@example.org");
  ASSERT_NE(first, second);
  EXPECT_EQ(confirm(first).status, 422);
  app().clock().advance(minutes(10));
  EXPECT_EQ(confirm(second).status, 422);
  EXPECT_EQ(sign_in(kNew), 401);
}

TEST_F(PasswordFlows, WhoAsksForAResetLearnsNothing) {
  create_ada();
  create("bob", R"(, "email": "bob@example.org", "active": false)");
  const std::size_t before = app().mails().size();
  std::string answer;
  for (const char* address :
       {"ADA@example.org", "bob@example.org", "nobody@example.org", "ada", "not an address"}) {
    const auto reply = app().anonymous().post("/v1/password-resets",
                                              R"({"email": ")" + std::string(address) + "\"}");
    EXPECT_EQ(reply.status, 202) << address << reply.body;
    EXPECT_EQ(reply.body, "") << address;
  }
  EXPECT_EQ(app().mails().size(), before + 1) << "only ada gets one";
  EXPECT_EQ(sign_in(kOld), 200) << "nothing has changed yet";
  EXPECT_EQ(confirm(code_for("ada@example.org")).status, 204);
  EXPECT_EQ(sign_in(kNew), 200);
}

TEST_F(PasswordFlows, HoweverOftenSomebodyAsksThereIsOneLetterInAMinute) {
  create_ada();
  const auto ask = [&] {
    const auto reply =
        app().anonymous().post("/v1/password-resets", R"({"email": "ada@example.org"})");
    EXPECT_EQ(reply.status, 202) << reply.body;
    return mails_to("ada@example.org");
  };
  const std::size_t first = ask();
  EXPECT_EQ(ask(), first);
  app().clock().advance(minutes(1) - std::chrono::seconds(1));
  EXPECT_EQ(ask(), first);
  app().clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(ask(), first + 1);
  EXPECT_EQ(confirm(code_for("ada@example.org")).status, 204) << "the last one counts";
}

TEST_F(PasswordFlows, NobodyIsLockedOutByAReset) {
  const std::int64_t bob = create("bob");
  const auto no_mail = admin().post(path(bob, "/password-reset"), "");
  EXPECT_EQ(no_mail.status, 409);
  EXPECT_EQ(member(no_mail.body, "code"), "no_mail_address");
  const auto last = admin().post(path(1, "/password-reset"), "");
  EXPECT_EQ(last.status, 409);
  EXPECT_EQ(member(last.body, "code"), "last_admin");
}

TEST_F(PasswordFlows, WhoIsMadeWithoutAPasswordIsInvitedForAWeek) {
  create("ada", R"(, "email": "ada@example.org")");
  create("eve", R"(, "email": "eve@example.org")");
  create("bob", R"(, "email": "bob@example.org", "password": "enchantress of number")");
  EXPECT_EQ(mails_to("bob@example.org"), 0U);
  const std::string code = code_for("ada@example.org");
  const std::string late = code_for("eve@example.org");
  app().clock().advance(hours(7 * 24) - minutes(1));
  EXPECT_EQ(confirm(code).status, 204);
  const auto me = basic("ada", kNew).get("/v1/users/me");
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(member(me.body, "email_verified"), "true") << "the code came by that address";
  app().clock().advance(minutes(1));
  EXPECT_EQ(confirm(late).status, 422);
}

TEST_F(PasswordFlows, ANewAddressIsForMailsAboutThePasswordOnceConfirmed) {
  create_ada();
  const auto changed = basic("ada", kOld).patch("/v1/users/me", R"({"email": "ada@new.example"})");
  EXPECT_EQ(member(changed.body, "email"), "ada@new.example");
  EXPECT_EQ(member(changed.body, "email_verified"), "false");
  EXPECT_EQ(member(changed.body, "recovery_email"), "ada@example.org");
  const std::string code = code_for("ada@new.example");
  EXPECT_EQ(app().anonymous().post("/v1/email-changes/confirm", code_body("wrong")).status, 422);
  EXPECT_EQ(app().anonymous().post("/v1/email-changes/confirm", code_body(code)).status, 204);
  EXPECT_EQ(app().anonymous().post("/v1/email-changes/confirm", code_body(code)).status, 422);
  const auto me = basic("ada", kOld).get("/v1/users/me");
  EXPECT_EQ(member(me.body, "email_verified"), "true");
  EXPECT_EQ(member(me.body, "recovery_email"), "ada@new.example");
}

TEST_F(PasswordFlows, WithoutARecentSignInTheRecoveryAddressWaitsAWeek) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(admin().patch(path(ada), R"({"email": "ada@new.example"})").status, 200);
  const std::string code = code_for("ada@new.example");
  ASSERT_EQ(app().anonymous().post("/v1/email-changes/confirm", code_body(code)).status, 204);
  EXPECT_EQ(member(admin().get(path(ada)).body, "recovery_email"), "ada@example.org");
  app().clock().advance(hours(7 * 24) - minutes(1));
  app().run_jobs();
  EXPECT_EQ(member(admin().get(path(ada)).body, "recovery_email"), "ada@example.org");
  app().clock().advance(minutes(1));
  app().run_jobs();
  EXPECT_EQ(member(admin().get(path(ada)).body, "recovery_email"), "ada@new.example");
}

TEST_F(PasswordFlows, TheAddressOfBeforeCanUndoTheChangeForAWeek) {
  create_ada();
  for (const char* address : {"thief@example.com", "thief2@example.com"}) {
    ASSERT_EQ(basic("ada", kOld)
                  .patch("/v1/users/me", R"({"email": ")" + std::string(address) + "\"}")
                  .status,
              200);
    ASSERT_EQ(
        app().anonymous().post("/v1/email-changes/confirm", code_body(code_for(address))).status,
        204);
  }
  const std::string undo = code_for("ada@example.org");
  app().clock().advance(hours(7 * 24) - minutes(1));
  ASSERT_EQ(app().anonymous().post("/v1/email-changes/undo", code_body(undo)).status, 204);
  const auto me = basic("ada", kOld).get("/v1/users/me");
  EXPECT_EQ(member(me.body, "email"), "ada@example.org") << "before the first change";
  EXPECT_EQ(member(me.body, "recovery_email"), "ada@example.org");
  EXPECT_EQ(app().anonymous().post("/v1/email-changes/undo", code_body(undo)).status, 422);
  EXPECT_EQ(basic("thief2@example.com", kOld).get("/v1/users/me").status, 401);
}

TEST_F(PasswordFlows, AnAddressThatSomebodyTookMeanwhileStaysTheirsButMailsGoThere) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(basic("ada", kOld).patch("/v1/users/me", R"({"email": "ada@new.example"})").status,
            200);
  const std::string undo = code_for("ada@example.org");
  const std::int64_t bob = create("bob", R"(, "email": "ada@example.org")");
  EXPECT_EQ(app().anonymous().post("/v1/email-changes/undo", code_body(undo)).status, 204);
  EXPECT_EQ(member(admin().get(path(ada)).body, "email"), "null");
  EXPECT_EQ(member(admin().get(path(ada)).body, "recovery_email"), "ada@example.org");
  EXPECT_EQ(member(admin().get(path(bob)).body, "email"), "ada@example.org");
}

TEST_F(PasswordFlows, AnAdminSetsNoPasswordWhereTheSettingForbids) {
  setenv("GATEHOUSE_ADMIN_PASSWORD", std::string(kAdminPassword).c_str(), 1);
  testing::Harness<UsersPlugin> app("users", {{"admin_sets_password", "false"}});
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  ASSERT_EQ(app.as("root", Role::Admin).post("/v1/users", R"({"username": "ada"})").status, 201);
  EXPECT_EQ(app.as("root", Role::Admin)
                .put("/v1/users/2/password", R"({"new_password": "a loom weaves flowers"})")
                .status,
            403);
}

TEST_F(PasswordFlows, ANewPasswordEndsEveryCodeForOne) {
  const std::int64_t eve = create("eve", R"(, "email": "eve@example.org")");
  const std::string invitation = code_for("eve@example.org");
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", R"({"email": "eve@example.org"})").status,
            202);
  const std::string reset = code_for("eve@example.org");
  ASSERT_NE(invitation, reset);
  ASSERT_EQ(
      admin().put(path(eve, "/password"), R"({"new_password": "yet another good one"})").status,
      204);
  EXPECT_EQ(confirm(invitation).status, 422);
  EXPECT_EQ(confirm(reset).status, 422);
}

TEST_F(PasswordFlows, AnUndoEndsResetsThatTheThiefAskedFor) {
  create_ada();
  ASSERT_EQ(basic("ada", kOld).patch("/v1/users/me", R"({"email": "thief@evil.example"})").status,
            200);
  const std::string undo = code_for("ada@example.org");
  ASSERT_EQ(app()
                .anonymous()
                .post("/v1/email-changes/confirm", code_body(code_for("thief@evil.example")))
                .status,
            204);
  ASSERT_EQ(
      app().anonymous().post("/v1/password-resets", R"({"email": "thief@evil.example"})").status,
      202);
  const std::string reset = code_for("thief@evil.example");
  ASSERT_EQ(app().anonymous().post("/v1/email-changes/undo", code_body(undo)).status, 204);
  EXPECT_EQ(confirm(reset).status, 422);
}

TEST_F(PasswordFlows, WithoutARecentSignInNobodyChangesHowTheySignIn) {
  Principal who;
  who.user = create_ada();
  who.username = "ada";
  for (const std::string_view method : {"session", "token"}) {
    who.method = method;
    const auto address = app().as(who).patch("/v1/users/me", R"({"email": "ada@new.example"})");
    EXPECT_EQ(address.status, 403) << address.body;
    EXPECT_EQ(member(address.body, "code"), "recent_sign_in_required");
    const auto reset = app().as(who).post("/v1/users/me/password-reset", "");
    EXPECT_EQ(reset.status, 403) << reset.body;
    EXPECT_EQ(app().as(who).patch("/v1/users/me", R"({"first_name": "Ada"})").status, 200);
  }
  EXPECT_EQ(member(admin().get(path(who.user)).body, "email"), "ada@example.org");
}

TEST_F(PasswordFlows, WhoCannotSignInGetsNoCode) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", R"({"email": "ada@example.org"})").status,
            202);
  ASSERT_EQ(admin().patch(path(ada), R"({"active": false})").status, 200);
  EXPECT_EQ(mails_to("ada@example.org"), 0U) << "the letter was not written yet";
  EXPECT_EQ(admin().post(path(ada, "/password-reset"), "").status, 409);
}

TEST_F(PasswordFlows, CodesThatExpiredAreForgotten) {
  create_ada();
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", R"({"email": "ada@example.org"})").status,
            202);
  ASSERT_NE(code_for("ada@example.org"), "");
  const auto codes = [&] {
    return app()
        .storage()
        .read([](Session& db) { return db.get<std::int64_t>("select count(*) from users_code"); })
        .value();
  };
  app().run_jobs();
  EXPECT_EQ(codes(), 1);
  app().clock().advance(minutes(10));
  app().run_jobs();
  EXPECT_EQ(codes(), 0);
}

TEST_F(PasswordFlows, PagesShowAFormAndUseNoCodeUp) {
  const std::int64_t ada = create_ada();
  ASSERT_EQ(admin().post(path(ada, "/password-reset"), "").status, 204);
  const std::string code = code_for("ada@example.org");
  for (const std::string& page : {"/v1/password-resets/" + code,
                                  "/v1/email-changes/confirm/" + code,
                                  "/v1/email-changes/undo/" + code}) {
    const auto reply = app().anonymous().get(page);
    EXPECT_EQ(reply.status, 200) << page;
    EXPECT_EQ(reply.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(reply.body.find(code), std::string::npos) << "what was sent is not shown back";
    EXPECT_EQ(reply.header("Referrer-Policy"), "no-referrer");
    const std::string policy = reply.header("Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
    const std::size_t nonce = policy.find("nonce-");
    ASSERT_NE(nonce, std::string::npos);
    const std::string once = policy.substr(nonce + 6, 22);
    EXPECT_NE(reply.body.find("<script nonce=\"" + once + "\">"), std::string::npos);
    EXPECT_EQ(app().anonymous().get(page).body.find(once), std::string::npos) << "once";
  }
  EXPECT_EQ(confirm(code).status, 204);
}

TEST_F(PasswordFlows, ARefusedChangeMailsNothing) {
  const std::int64_t ada = create_ada();
  create("bob", R"(, "email": "bob@example.org", "password": "enchantress of number")");
  const std::size_t before = app().mails().size();
  EXPECT_EQ(admin().patch(path(ada), R"({"email": "bob@example.org"})").status, 409);
  EXPECT_EQ(admin().patch(path(ada), R"({"email": "ADA@example.org"})").status, 200);
  EXPECT_EQ(app().mails().size(), before) << "only the case of letters";
}

}  // namespace
}  // namespace gatehouse::users
