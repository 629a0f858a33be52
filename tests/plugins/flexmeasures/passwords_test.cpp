// Passwords that are taken away, forgotten and changed. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

constexpr std::string_view kNew = "enchantress of number";
constexpr std::string_view kDone = R"({"meta":{"code":200},"response":{}})";

class FlexMeasuresPasswords : public FlexMeasuresPeople {
 protected:
  static std::string fault(std::string_view field, std::string_view text) {
    return R"({"meta":{"code":400},"response":{"errors":[")" + std::string(text) +
           R"("],"field_errors":{")" + std::string(field) + R"(":[")" + std::string(text) +
           R"("]}}})";
  }
  static std::string twice(std::string_view password, std::string_view again) {
    return R"({"password": ")" + std::string(password) + R"(", "password_confirm": ")" +
           std::string(again) + "\"}";
  }
  // The path of the link in the last letter.
  std::string mailed_path() {
    const std::string text = app().mails().back().text;
    const std::string start = "https://id.example.org";
    const std::size_t at = text.find(start + "/reset/");
    EXPECT_NE(at, std::string::npos) << text;
    if (at == std::string::npos) return "/reset/none";
    return text.substr(at + start.size(), text.find('\n', at) - at - start.size());
  }
  std::string reset_path(const identity::Person& person) {
    EXPECT_EQ(as(head_).patch(user(person, "/password-reset"), "").body, R"({"status":200})");
    return mailed_path();
  }
  int status_with(std::string_view password) {
    return anonymous().post(kTokenPath, credentials(email_of(member_), password)).status;
  }
};

TEST_F(FlexMeasuresPasswords, AResetEndsWhatWasAndMailsTwice) {
  people();
  const auto client = as(member_);
  const std::size_t before = app().mails().size();
  reset_path(member_);
  EXPECT_EQ(client.get(user(member_)).status, 401);
  EXPECT_EQ(status_with(identity::kPassword), 401);
  const auto& mails = app().mails();
  ASSERT_EQ(mails.size(), before + 2);
  EXPECT_EQ(mails[before].subject, "Your FlexMeasures password has been reset.");
  EXPECT_EQ(mails[before + 1].subject,
            "Password reset instructions for your FlexMeasures account.");
  EXPECT_NE(mails[before + 1].text.find(
                "Click the link below to reset your password:\n\nhttps://id.example.org/reset/"),
            std::string::npos);
  EXPECT_EQ(mails[before + 1].to, email_of(member_));
}

TEST_F(FlexMeasuresPasswords, OnesOwnIsResetWithAnOldTokenWhereTheSettingsSaySo) {
  for (const bool is_faithful : {false, true}) {
    people({.settings = {{"reset_without_recent_sign_in", is_faithful ? "true" : "false"}}});
    const auto client = as(member_);
    const auto head = as(head_);
    app().clock().advance(std::chrono::hours(5));
    const auto reply = client.patch(user(member_, "/password-reset"), "");
    EXPECT_EQ(reply.status, is_faithful ? 200 : 403);
    EXPECT_EQ(reply.body, is_faithful ? R"({"status":200})" : k403);
    EXPECT_EQ(status_with(identity::kPassword), is_faithful ? 401 : 200);
    EXPECT_EQ(head.patch(user(member_, "/password-reset"), "").status, 200);
  }
}

TEST_F(FlexMeasuresPasswords, ALinkSetsAPasswordOnce) {
  people();
  const std::string path = reset_path(member_);
  const auto page = anonymous().get(path);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_NE(page.header("Content-Security-Policy").find("form-action 'self'"), std::string::npos);
  EXPECT_EQ(anonymous().post(path, twice(kNew, "another one")).body,
            fault("password_confirm", "Passwords do not match"));
  EXPECT_EQ(anonymous().post(path, twice("short", "short")).body,
            fault("password", "Password is shorter than 8 characters."));
  EXPECT_EQ(anonymous().post(path, twice(kNew, kNew)).body, kDone);
  EXPECT_EQ(status_with(kNew), 200);
  const auto again = anonymous().post(path, twice(kNew, kNew));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.body, fault("token", "Invalid reset password token."));
}

TEST_F(FlexMeasuresPasswords, TheFormOfThePageIsAnsweredWithAPage) {
  people();
  const std::string path = reset_path(member_);
  const auto browser = anonymous().with("Content-Type", "application/x-www-form-urlencoded");
  const auto refused = browser.post(path, "password=enchantress+of+number&password_confirm=x");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("Passwords do not match"), std::string::npos);
  EXPECT_NE(refused.body.find("<form"), std::string::npos);
  const auto done =
      browser.post(path, "password=enchantress+of+number&password_confirm=enchantress+of+number");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(done.body.find("<form"), std::string::npos);
  EXPECT_EQ(status_with(kNew), 200);
}

TEST_F(FlexMeasuresPasswords, AFormIsAnsweredWithAPageWhateverIsWrong) {
  people();
  const std::string path = reset_path(member_);
  for (const char* type : {"application/x-www-form-urlencoded",
                           "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
                           "application/x-www-form-urlencoded ;charset=utf-8"}) {
    for (const char* body : {"password=enchantress+of+number",
                             "password=%ff&password_confirm=%ff",
                             "",
                             "password=enchantress+of+number&password_confirm=x"}) {
      const auto reply = anonymous().with("Content-Type", type).post(path, body);
      EXPECT_EQ(reply.status, 400) << type << ' ' << body;
      EXPECT_EQ(reply.content_type, "text/html; charset=utf-8") << type << ' ' << body;
      EXPECT_NE(reply.body.find("<form"), std::string::npos) << reply.body;
      EXPECT_NE(reply.header("Content-Security-Policy").find("style-src 'sha256-"),
                std::string::npos);
    }
  }
  EXPECT_EQ(anonymous().post(path, R"({"password": "enchantress of number"})").body,
            fault("password_confirm", "Missing data for required field."));
}

TEST_F(FlexMeasuresPasswords, WhoAsksForALinkLearnsNothing) {
  people();
  const std::size_t before = app().mails().size();
  for (const std::string& email : {email_of(member_), std::string("nobody@example.org")}) {
    const auto reply = anonymous().post("/reset", R"({"email": ")" + email + "\"}");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, kDone);
  }
  ASSERT_EQ(app().mails().size(), before + 1);
  EXPECT_EQ(status_with(identity::kPassword), 200) << "the old one holds until then";
  EXPECT_EQ(anonymous().post(mailed_path(), twice(kNew, kNew)).body, kDone);
  EXPECT_EQ(status_with(kNew), 200);
  EXPECT_EQ(anonymous().post("/reset", "{}").body,
            fault("email", "Missing data for required field."));
}

TEST_F(FlexMeasuresPasswords, LettersOfV1KeepTheirWords) {
  people();
  ASSERT_EQ(
      anonymous().post("/v1/password-resets", R"({"email": ")" + email_of(member_) + "\"}").status,
      202);
  EXPECT_EQ(app().mails().back().subject, "Set a new password");
}

TEST_F(FlexMeasuresPasswords, OnesOwnIsChangedWithTheOneBefore) {
  people();
  const auto client = as(member_);
  const auto other = with_token(ask_token(email_of(member_)));
  const auto change = [&](std::string_view old, std::string_view one, std::string_view again) {
    return client.post("/change",
                       R"({"password": ")" + std::string(old) + R"(", "new_password": ")" +
                           std::string(one) + R"(", "new_password_confirm": ")" +
                           std::string(again) + "\"}");
  };
  EXPECT_EQ(change("wrong horse", kNew, kNew).body, fault("password", "Invalid password"));
  EXPECT_EQ(change(identity::kPassword, kNew, "x").body,
            fault("new_password_confirm", "Passwords do not match"));
  EXPECT_EQ(change(identity::kPassword, kNew, kNew).body, kDone);
  EXPECT_EQ(client.get(user(member_)).status, 200) << "the session it was done in stays";
  EXPECT_EQ(other.get(user(member_)).status, 401);
  EXPECT_EQ(status_with(kNew), 200);
  EXPECT_EQ(anonymous().post("/change", "{}").body, k401);
}

TEST_F(FlexMeasuresPasswords, WhomNoMailReachesIsNotLockedOut) {
  people();
  const auto no_mail = [&](Session& db) {
    return db.run("update users_user set recovery_email = null where number = :user",
                  member_.number);
  };
  ASSERT_TRUE(app().storage().write(no_mail));
  const auto reply = as(head_).patch(user(member_, "/password-reset"), "");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(identity::json_member(reply.body, "status"), "409");
  EXPECT_EQ(status_with(identity::kPassword), 200);
}

}  // namespace
}  // namespace gatehouse::flexmeasures
