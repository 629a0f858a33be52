// What other plugins are told when something ends what a user had.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <string_view>

#include <gatehouse/deployment.hpp>

#include "accounts_fixture.hpp"

namespace gatehouse::users {
namespace {

class UserEndings : public UsersInAccounts {
 protected:
  void SetUp() override {
    UsersInAccounts::SetUp();
    ada_ = create(
        "ada", client_, R"(, "email": "ada@example.org", "password": "enchantress of number")");
  }
  // In a session that began `ago`.
  testing::Client in_session(std::chrono::minutes ago = {}) {
    Principal who;
    who.user = ada_;
    who.user_id = "65f1c0ffee00000000000002";
    who.account = client_;
    who.method = "session";
    who.credential = "65f1c0ffee0000000000000a";
    who.signed_in_at = app().clock().now() - ago;
    return app().as(who);
  }
  // How many shut-outs a change makes; -1: it was refused.
  int shut_outs_by(std::string_view body) {
    const std::size_t before = around().shut_outs.size();
    if (admin().patch(path(ada_), body).status != 200) return -1;
    for (std::size_t i = before; i < around().shut_outs.size(); ++i) {
      EXPECT_EQ(around().shut_outs[i].number, ada_);
      EXPECT_EQ(around().shut_outs[i].account, client_);
      EXPECT_EQ(around().shut_outs[i].id.size(), 24U);
    }
    return static_cast<int>(around().shut_outs.size() - before);
  }

  std::int64_t ada_ = 0;
};

TEST_F(UserEndings, AChangedPasswordSaysInWhichSession) {
  ASSERT_EQ(in_session()
                .put("/v1/users/me/password",
                     R"({"current_password": "enchantress of number",
                         "new_password": "a loom weaves flowers"})")
                .status,
            204);
  ASSERT_EQ(
      admin().put(path(ada_) + "/password", R"({"new_password": "analytical engine"})").status,
      204);
  ASSERT_EQ(admin().post(path(ada_) + "/password-reset", "").status, 204);
  const auto& told = around().password_changes;
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].by_credential, "65f1c0ffee0000000000000a");
  EXPECT_FALSE(told[0].was_reset);
  EXPECT_EQ(told[1].by_credential, "");
  EXPECT_FALSE(told[1].was_reset);
  EXPECT_EQ(told[2].by_credential, "");
  EXPECT_TRUE(told[2].was_reset);
}

TEST_F(UserEndings, WhoeverIsShutOutIsToldOfAtEachChangeThatDoesSo) {
  EXPECT_EQ(shut_outs_by(R"({"first_name": "Ada"})"), 0);
  EXPECT_EQ(shut_outs_by(R"({"active": false})"), 1);
  EXPECT_EQ(shut_outs_by(R"({"first_name": "Augusta"})"), 0);
  EXPECT_EQ(shut_outs_by(R"({"active": true})"), 0);
  EXPECT_EQ(shut_outs_by(R"({"locked": true})"), 1);
  EXPECT_EQ(shut_outs_by(R"({"locked": false})"), 0);
  EXPECT_EQ(shut_outs_by(R"({"expires_at": "2030-01-01T00:00:00Z"})"), 0);
  EXPECT_EQ(shut_outs_by(R"({"expires_at": "2025-01-01T00:00:00Z"})"), 1);
}

// Nothing happens at the moment of expiry, so what they had would come back with them.
TEST_F(UserEndings, WhoComesBackAfterExpiringByThemselvesIsToldOfThen) {
  EXPECT_EQ(shut_outs_by(R"({"expires_at": "2026-01-02T00:00:00Z"})"), 0);
  app().clock().advance(std::chrono::hours(48));
  EXPECT_EQ(shut_outs_by(R"({"expires_at": null})"), 1);
}

TEST_F(UserEndings, AnAddressIsChangedInASessionThatHasJustBegun) {
  const auto change = [this](std::string_view address, std::chrono::minutes ago) {
    return in_session(ago)
        .patch("/v1/users/me", R"({"email": ")" + std::string(address) + "\"}")
        .status;
  };
  EXPECT_EQ(change("one@example.org", std::chrono::minutes(10)), 200);
  EXPECT_EQ(change("two@example.org", std::chrono::minutes(11)), 403);
}

TEST_F(UserEndings, MailedCodesEndWhenAllIsRevoked) {
  const auto codes = [this] {
    const auto count = app().storage().read([](Session& db) {
      return db.get<std::int64_t>("select count(*) as count from users_code");
    });
    return count ? *count : -1;
  };
  ASSERT_EQ(admin().post(path(ada_) + "/password-reset", "").status, 204);
  EXPECT_EQ(app().mails().size(), 1U);
  EXPECT_EQ(codes(), 1);
  ASSERT_TRUE(app().storage().write([this](Session& db) {
    return around().host().events().publish(db, AllRevoked{2, false});
  }));
  EXPECT_EQ(codes(), 0);
}

}  // namespace
}  // namespace gatehouse::users
