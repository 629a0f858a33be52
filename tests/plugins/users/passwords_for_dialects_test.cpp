// Passwords as dialects take them away, reset and change them, in letters of their own: the service
// gatehouse.user_passwords. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/services/user_passwords.hpp>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

constexpr std::string_view kMount = "/dialect";
constexpr auto kAnyTime = UserPasswords::OwnPassword::AnyTime;

class PasswordsForDialects : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    ada_ = create("ada", R"(, "email": "ada@example.org", "password": "enchantress of number")");
    PasswordLetters letters;
    letters.with_code = [](const UserRecord& user, std::string_view code, auto) {
      return LetterWords{"Code of " + *user.username, std::string(code)};
    };
    letters.taken_away = [](const UserRecord& user) {
      return LetterWords{"Taken from " + *user.username, "."};
    };
    service().write_letters(kMount, letters);
  }

  UserPasswords& service() { return app().services().require<UserPasswords>(); }
  Principal ada_long_ago() const {
    Principal who;
    who.user = ada_;
    who.method = "token";
    return who;
  }
  std::vector<std::string> subjects() {
    std::vector<std::string> all;
    for (const MailMessage& mail : app().mails()) all.push_back(mail.subject);
    return all;
  }
  int sign_in(std::string_view password) {
    return basic("ada", password).get("/v1/users/me").status;
  }

  std::int64_t ada_ = 0;
};

TEST_F(PasswordsForDialects, ATakenPasswordIsToldInTheWordsOfTheMount) {
  ASSERT_TRUE(service().take_away(ada_long_ago(), {"", ada_}, kMount, kAnyTime));
  EXPECT_EQ(sign_in("enchantress of number"), 401);
  EXPECT_EQ(subjects(), (std::vector<std::string>{"Taken from ada", "Code of ada"}));
  const HashingAllowed hashing;
  ASSERT_TRUE(service().confirm(app().mails().back().text, "a loom weaves flowers"));
  EXPECT_EQ(sign_in("a loom weaves flowers"), 200);
}

TEST_F(PasswordsForDialects, ALinkThatIsAskedForHasTheWordsOfTheMountWhereItHasAny) {
  ASSERT_TRUE(service().ask_reset("ada@example.org", kMount));
  EXPECT_EQ(subjects(), (std::vector<std::string>{"Code of ada"}));
  app().clock().advance(std::chrono::hours(1));
  ASSERT_TRUE(service().ask_reset("ada@example.org", "/without-words"));
  EXPECT_EQ(subjects().back(), "Set a new password");
}

TEST_F(PasswordsForDialects, AMountWithoutWordsTellsOnlyOfTheCode) {
  ASSERT_TRUE(service().take_away(ada_long_ago(), {"", ada_}, "/without-words", kAnyTime));
  EXPECT_EQ(subjects(), (std::vector<std::string>{"Set a new password"}));
}

TEST_F(PasswordsForDialects, V1StillAsksForARecentSignIn) {
  const auto reply =
      app().as(ada_long_ago()).post("/v1/users/" + std::to_string(ada_) + "/password-reset", "");
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(member(reply.body, "code"), "recent_sign_in_required");
  EXPECT_EQ(sign_in("enchantress of number"), 200);
}

TEST_F(PasswordsForDialects, ADialectAsksForARecentSignInWhereItSaysSo) {
  const auto taken = service().take_away(
      ada_long_ago(), {"", ada_}, kMount, UserPasswords::OwnPassword::NeedsRecentSignIn);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().reason, "recent_sign_in_required");
  EXPECT_EQ(sign_in("enchantress of number"), 200);
}

TEST_F(PasswordsForDialects, OthersAreTakenAwayByThePolicy) {
  Principal stranger;
  stranger.user = create("bob");
  EXPECT_EQ(service().take_away(stranger, {"", ada_}, kMount, kAnyTime).error().code,
            ErrorCode::NotFound);
  EXPECT_EQ(service().confirm("no code", "a loom weaves flowers").error().fields.at(0).code,
            "wrong_code");
}

}  // namespace
}  // namespace gatehouse::users
