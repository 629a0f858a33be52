// How API tokens end without anybody deleting them. SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gatehouse/deployment.hpp>

#include "tests/plugins/tokens/api_tokens_fixture.hpp"

namespace gatehouse::tokens {
namespace {

class ApiTokenEnding : public ApiTokensTest {
 protected:
  void SetUp() override {
    ApiTokensTest::SetUp();
    make_both();
  }
  void make_both() {
    whole_ = mint();
    scoped_ = mint_scoped();
    remember(whole_.secret);
    remember(scoped_.secret);
    bystander().take_trail();
  }
  void expect(int whole, int scoped) {
    EXPECT_EQ(use(whole_.secret), whole);
    EXPECT_EQ(use(scoped_.secret), scoped);
  }
  UserPasswordChanged password_changed(bool was_reset) {
    UserPasswordChanged event{ada_, "", 0};
    event.was_reset = was_reset;
    return event;
  }

  Minted whole_;
  Minted scoped_;
};

TEST_F(ApiTokenEnding, WithTheUser) {
  ASSERT_EQ(admin().remove("/v1/users/" + std::to_string(ada_)).status, 204);
  expect(401, 401);
  EXPECT_EQ(bystander().ended.size(), 2U);
  const auto left = app().storage().read([](Session& db) {
    return db.get<std::int64_t>("select count(*) as n from tokens_api_token");
  });
  EXPECT_EQ(*left, 0);
}

TEST_F(ApiTokenEnding, WithAReset) {
  ASSERT_TRUE(bystander().publish(password_changed(true)));
  expect(401, 401);
  EXPECT_EQ(bystander().take_trail().size(), 2U);
  EXPECT_TRUE(titles().empty());
}

// As somebody does it whose token was stolen.
TEST_F(ApiTokenEnding, WithAPasswordThatIsSetByAMailedCode) {
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", R"({"email": "ada@example.org"})").status,
            202);
  const std::string letter = app().mails().back().text;
  const std::size_t begin = letter.find("/v1/password-resets/") + 20;
  const std::string code = letter.substr(begin, letter.find_first_of(" \n", begin) - begin);
  const auto confirmed = app().anonymous().post(
      "/v1/password-resets/confirm",
      "{\"code\": \"" + code + "\", \"new_password\": \"countess of numbers\"}");
  ASSERT_EQ(confirmed.status, 204) << confirmed.body << letter;
  expect(401, 401);
}

TEST_F(ApiTokenEnding, NotWithAChangedPassword) {
  ASSERT_TRUE(bystander().publish(password_changed(false)));
  expect(200, 200);
}

TEST_F(ApiTokenEnding, WithAChangedPasswordWhereTheSettingsSaySo) {
  start({{"password_change_ends_tokens", "true"}});
  make_both();
  ASSERT_TRUE(bystander().publish(password_changed(false)));
  expect(401, 401);
}

// security.md 12: nor do they come back with the user.
TEST_F(ApiTokenEnding, WhenTheUserIsShutOutForGood) {
  ASSERT_TRUE(bystander().publish(UserShutOut{ada_, "", 0}));
  expect(401, 401);
  EXPECT_EQ(ada().patch(whole_.path(), R"({"active": true})").status, 404);
}

// security.md 6.
TEST_F(ApiTokenEnding, WithAMoveIfItHasScopes) {
  ASSERT_TRUE(bystander().publish(UserMoved{ada_, "", 1, 2}));
  expect(200, 401);
  EXPECT_EQ(bystander().take_trail(), std::vector<std::string>{"token.revoked " + scoped_.id});
}

TEST_F(ApiTokenEnding, WhenAllAreRevokedAndTokensNamed) {
  ASSERT_TRUE(bystander().publish(AllRevoked{7, false}));
  expect(200, 200);
  ASSERT_TRUE(bystander().publish(AllRevoked{8, true}));
  expect(401, 401);
  EXPECT_EQ(bystander().ended.size(), 2U);
}

TEST_F(ApiTokenEnding, NotOfOthers) {
  const auto grace = add_user("grace");
  const Minted other = minted(as(grace).post(kOwnTokens, R"({"title": "hers"})"));
  ASSERT_TRUE(bystander().publish(UserShutOut{ada_, "", 0}));
  EXPECT_EQ(use(other.secret), 200);
}

TEST_F(ApiTokenEnding, NinetyDaysAfterItsEnd) {
  const Minted brief = mint(R"({"title": "brief", "expires_at": "2026-01-02T00:00:00Z"})");
  app().clock().advance(std::chrono::hours(24 * 91) - std::chrono::microseconds(1));
  app().run_jobs();
  EXPECT_EQ(ada().get(brief.path()).status, 200);
  app().clock().advance(std::chrono::microseconds(1));
  app().run_jobs();
  EXPECT_EQ(ada().get(brief.path()).status, 404);
  EXPECT_EQ(bystander().ended, std::vector<std::string>{brief.id});
  expect(200, 200);
}

}  // namespace
}  // namespace gatehouse::tokens
