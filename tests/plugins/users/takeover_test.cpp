// Ways in which accounts could once be taken over, answers be read and admins be locked out.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

constexpr std::string_view kOld = "enchantress of number";
constexpr std::string_view kNew = "a loom weaves flowers";

class Takeover : public UsersTest {
 protected:
  static std::string path(std::int64_t user, std::string_view rest = "") {
    return "/v1/users/" + std::to_string(user) + std::string(rest);
  }
  std::int64_t create_with(std::string_view name, std::string_view email) {
    return create(
        name,
        R"(, "email": ")" + std::string(email) + R"(", "password": ")" + std::string(kOld) + "\"");
  }
  static std::string email(std::string_view address) {
    return R"({"email": ")" + std::string(address) + "\"}";
  }
  static std::string code_body(std::string_view code) {
    return R"({"code": ")" + std::string(code) + "\"}";
  }
  // The code in the latest mail to `address` with that word in its subject.
  std::string code_for(std::string_view address, std::string_view subject) {
    const auto& mails = app().mails();
    for (auto mail = mails.rbegin(); mail != mails.rend(); ++mail) {
      if (mail->to != address || mail->subject.find(subject) == std::string::npos) continue;
      const std::size_t link = mail->text.find("https://id.example.org/v1/");
      if (link == std::string::npos) continue;
      const std::size_t end = mail->text.find('\n', link);
      const std::size_t begin = mail->text.rfind('/', end) + 1;
      return mail->text.substr(begin, end - begin);
    }
    return "";
  }
  int set_with(std::string_view code) {
    return app()
        .anonymous()
        .post("/v1/password-resets/confirm",
              R"({"code": ")" + std::string(code) + R"(", "new_password": ")" + std::string(kNew) +
                  "\"}")
        .status;
  }
  // The user's address changes to `address`, and whoever reads it confirms.
  void change_and_confirm(std::string_view name, std::string_view address) {
    ASSERT_EQ(basic(name, kOld).patch("/v1/users/me", email(address)).status, 200);
    ASSERT_EQ(app()
                  .anonymous()
                  .post("/v1/email-changes/confirm", code_body(code_for(address, "Confirm")))
                  .status,
              204);
  }
};

TEST_F(Takeover, AnAddressThatIsPutBackByHandLeavesTheThiefNoMail) {
  create_with("ada", "ada@example.org");
  change_and_confirm("ada", "thief@evil.example");
  ASSERT_EQ(basic("ada", kOld).patch("/v1/users/me", email("ada@example.org")).status, 200);
  const std::size_t before = app().mails().size();
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", email("ada@example.org")).status, 202);
  const auto& mails = app().mails();
  for (std::size_t i = before; i < mails.size(); ++i) EXPECT_NE(mails[i].to, "thief@evil.example");
}

TEST_F(Takeover, PuttingTheAddressBackByHandKeepsTheUndoOrTheRecoveryAddress) {
  create_with("ada", "ada@example.org");
  change_and_confirm("ada", "thief@evil.example");
  const std::string undo = code_for("ada@example.org", "changed");
  ASSERT_EQ(basic("ada", kOld).patch("/v1/users/me", email("ada@example.org")).status, 200);
  app().anonymous().post("/v1/email-changes/undo", code_body(undo));
  EXPECT_EQ(member(basic("ada", kOld).get("/v1/users/me").body, "recovery_email"),
            "ada@example.org");
}

TEST_F(Takeover, NobodyTakesAnUndoAwayByTakingTheAddress) {
  create_with("bob", "bob@example.org");
  create_with("mallory", "m@example.org");
  change_and_confirm("bob", "bob@evil.example");
  const std::string undo = code_for("bob@example.org", "changed");
  basic("mallory", kOld).patch("/v1/users/me", email("bob@example.org"));
  app().anonymous().post("/v1/email-changes/undo", code_body(undo));
  EXPECT_EQ(member(basic("bob", kOld).get("/v1/users/me").body, "recovery_email"),
            "bob@example.org");
}

TEST_F(Takeover, TheAddressThatMailsWentToIsToldOfASecondChange) {
  create_with("ada", "ada@lost.example");
  change_and_confirm("ada", "ada@mine.example");
  ASSERT_EQ(member(basic("ada", kOld).get("/v1/users/me").body, "recovery_email"),
            "ada@mine.example");
  change_and_confirm("ada", "thief@evil.example");
  EXPECT_NE(code_for("ada@mine.example", "changed"), "") << "no undo for whoever had it";
}

TEST_F(Takeover, AnInvitationToAWrongAddressEndsWhenTheAddressIsMended) {
  const std::int64_t ada = create("ada", R"(, "email": "stranger@typo.example")");
  const std::string code = code_for("stranger@typo.example", "invited");
  ASSERT_EQ(admin().patch(path(ada), email("ada@example.org")).status, 200);
  EXPECT_EQ(set_with(code), 422);
}

TEST_F(Takeover, AResetEndsAnInvitation) {
  const std::int64_t ada = create("ada", R"(, "email": "ada@example.org")");
  const std::string code = code_for("ada@example.org", "invited");
  ASSERT_EQ(admin().post(path(ada, "/password-reset"), "").status, 204);
  EXPECT_EQ(set_with(code), 422);
}

TEST_F(Takeover, ACodeEndsWhenMailsAboutThePasswordGoElsewhere) {
  create_with("ada", "ada@example.org");
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", email("ada@example.org")).status, 202);
  const std::string code = code_for("ada@example.org", "Set");
  change_and_confirm("ada", "ada@new.example");
  EXPECT_EQ(set_with(code), 422);
}

TEST_F(Takeover, ACodeEndsWithItsUsersAccess) {
  for (const std::string_view state : {R"({"active": false})", R"({"locked": true})"}) {
    const std::string name = state.find("locked") == state.npos ? "ada" : "bob";
    const std::int64_t user = create_with(name, name + "@example.org");
    ASSERT_EQ(app().anonymous().post("/v1/password-resets", email(name + "@example.org")).status,
              202);
    const std::string code = code_for(name + "@example.org", "Set");
    ASSERT_EQ(admin().patch(path(user), state).status, 200);
    ASSERT_EQ(admin().patch(path(user), R"({"active": true, "locked": false})").status, 200);
    EXPECT_EQ(set_with(code), 422) << state;
  }
}

TEST_F(Takeover, TwoResetsLeaveAnAdminWhoCanSignIn) {
  ASSERT_EQ(app()
                .run("user create grace --email grace@example.org --admin", {"bug in the relay"})
                .exit_code,
            0);
  const std::string number = member(admin().get("/v1/users?username=grace").body, "number");
  ASSERT_EQ(admin().post("/v1/users/" + number + "/password-reset", "").status, 204);
  EXPECT_EQ(admin().post("/v1/users/1/password-reset", "").status, 409);
}

TEST_F(Takeover, WhoLostARoleIsNotToldAgainWhatItShowed) {
  const std::int64_t sam = create_with("sam", "sam@example.org");
  ASSERT_EQ(admin().patch(path(sam), R"({"roles": ["staff"]})").status, 200);
  const std::string body = R"({"username": "eve", "email": "private@example.org"})";
  const auto send = [&] {
    return basic("sam", kOld).with("Idempotency-Key", "k1").post("/v1/users", body);
  };
  ASSERT_EQ(send().status, 201);
  ASSERT_EQ(admin().patch(path(sam), R"({"roles": []})").status, 200);
  const auto again = send();
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(member(again.body, "code"), "rights_changed");
  EXPECT_EQ(again.body.find("private@example.org"), std::string::npos);
}

TEST_F(Takeover, NoResetWhereNoMailCanArrive) {
  const std::string too_long = std::string(60, 'a') + "@" + std::string(190, 'b') + ".org";
  for (const std::string& address : {std::string("-ada@example.org"), too_long}) {
    const auto made =
        admin().post("/v1/users",
                     R"({"username": "u)" + std::to_string(address.size()) + R"(", "email": ")" +
                         address + R"(", "password": ")" + std::string(kOld) + "\"}");
    if (made.status == 422) continue;  // as good
    const auto reset =
        admin().post("/v1/users/" + member(made.body, "number") + "/password-reset", "");
    EXPECT_EQ(reset.status, 409) << address;
  }
}

TEST_F(Takeover, AnAddressThatOnlyFoldsAlikeIsNotVerified) {
  create_with("ada", "info@strasse.example");
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", email("info@strasse.example")).status,
            202);
  ASSERT_EQ(set_with(code_for("info@strasse.example", "Set")), 204);
  const auto me = basic("ada", kNew).patch("/v1/users/me", email("info@stra\u00dfe.example"));
  ASSERT_EQ(me.status, 200);
  EXPECT_EQ(member(me.body, "email_verified"), "false") << "another domain";
}

TEST_F(Takeover, TheSamePasswordAgainDoesNotEndItsExpiry) {
  const std::int64_t ada = create_with("ada", "ada@example.org");
  ASSERT_EQ(admin().patch(path(ada), R"({"password_expires_at": "2999-01-01T00:00:00Z"})").status,
            200);
  const std::string again = R"({"current_password": ")" + std::string(kOld) +
                            R"(", "new_password": ")" + std::string(kOld) + "\"}";
  basic("ada", kOld).put("/v1/users/me/password", again);
  EXPECT_NE(member(admin().get(path(ada)).body, "password_expires_at"), "null");
}

TEST_F(Takeover, AMergePatchGoesIntoPreferences) {
  create_with("ada", "ada@example.org");
  const auto ada = basic("ada", kOld);
  ASSERT_EQ(
      ada.patch("/v1/users/me", R"({"preferences": {"theme": "dark", "font": "big"}})").status,
      200);
  const auto patched = ada.patch("/v1/users/me", R"({"preferences": {"theme": null}})");
  EXPECT_NE(patched.body.find(R"("preferences":{"font":"big"})"), std::string::npos)
      << patched.body;
}

TEST_F(Takeover, IfMatchIsHonouredOnPut) {
  const std::int64_t ada = create_with("ada", "ada@example.org");
  const auto reply =
      admin()
          .with("If-Match", R"("x")")
          .put(path(ada, "/password"), R"({"new_password": "a loom weaves flowers"})");
  EXPECT_EQ(reply.status, 412);
}

}  // namespace
}  // namespace gatehouse::users
