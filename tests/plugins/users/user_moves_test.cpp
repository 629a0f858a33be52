// Moving a user to another account (security.md 6), and what keeps an account from going.
// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts_fixture.hpp"

namespace gatehouse::users {
namespace {

class UserMove : public UsersInAccounts {
 protected:
  static std::string to(std::int64_t account) {
    return "{\"account\": " + std::to_string(account) + "}";
  }
  testing::Reply move(std::int64_t user, std::int64_t account) {
    return admin().post(path(user) + "/move", to(account));
  }
  // The events of moves since the last call, one a line: user, account, detail, roles taken.
  std::string moves_told() {
    std::string lines;
    for (const AuditRecord& record : around().take_records()) {
      const AuditEvent& event = record.event;
      if (event.action != "user.moved") continue;
      lines += event.user_name + " " + event.detail + " " + std::to_string(event.account);
      for (const std::string& role : role_names(event.roles_removed)) lines += " -" + role;
      for (const std::string& field : event.changes) lines += " " + field;
      lines += "\n";
    }
    return lines;
  }
};

TEST_F(UserMove, LeavesAllThatMeantTheAccountBehind) {
  const std::int64_t ada = create("ada",
                                  client_,
                                  R"(, "password": "enchantress of number",
                                  "roles": ["staff", "account-admin", "consultant"])");
  around().take_records();
  const auto before = admin().get(path(ada));
  const auto moved = move(ada, other_);
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_NE(moved.body.find(R"("name":"Other-Works")"), std::string::npos) << moved.body;
  EXPECT_NE(moved.body.find(R"("roles":["staff"])"), std::string::npos) << moved.body;
  EXPECT_EQ(moved.body, admin().get(path(ada)).body);
  EXPECT_NE(moved.header("ETag"), before.header("ETag"));
  EXPECT_EQ(moved.header("ETag"), admin().get(path(ada)).header("ETag"));
  ASSERT_EQ(around().moves.size(), 1U);
  EXPECT_EQ(around().moves[0].number, ada);
  EXPECT_EQ(around().moves[0].id, member(before.body, "id"));
  EXPECT_EQ(around().moves[0].from, client_);
  EXPECT_EQ(around().moves[0].to, other_);
  EXPECT_EQ(moves_told(),
            "ada to 4 -account-admin -consultant account roles\n"
            "ada from 3 -account-admin -consultant account roles\n");
}

TEST_F(UserMove, ToTheSameAccountChangesNothing) {
  const std::int64_t ada = create("ada", client_, R"(, "roles": ["account-admin"])");
  const std::string before = admin().get(path(ada)).body;
  around().take_records();
  app().clock().advance(std::chrono::hours(1));
  const auto moved = move(ada, client_);
  EXPECT_EQ(moved.status, 200);
  EXPECT_EQ(moved.body, before);
  EXPECT_EQ(moves_told(), "");
  EXPECT_TRUE(around().moves.empty());
}

TEST_F(UserMove, IsForAdminsOnly) {
  const std::int64_t ada = create("ada", client_);
  struct Case {
    const char* name;
    Principal who;
    int status;
  };
  const auto principal = [](std::int64_t user, Roles roles, std::int64_t account) {
    Principal who;
    who.user = user;
    who.roles = roles;
    who.account = account;
    who.method = "basic";
    return who;
  };
  const Case cases[] = {
      {"staff", principal(900, Role::Staff, 1), 403},
      {"admin-reader", principal(900, Role::AdminReader, 1), 403},
      {"own account-admin", principal(900, Role::AccountAdmin, client_), 403},
      {"consultant of both", principal(900, Role::Consultant, consultancy_), 403},
      {"self", principal(ada, {}, client_), 403},
      {"stranger", principal(900, Role::AccountAdmin, other_), 404},
      {"nobody", principal(900, {}, 0), 404},
  };
  for (const Case& one : cases) {
    const auto reply = app().as(one.who).post(path(ada) + "/move", to(consultancy_));
    EXPECT_EQ(reply.status, one.status) << one.name << reply.body;
  }
  EXPECT_EQ(account_of(ada), client_);
  EXPECT_EQ(move(4711, other_).status, 404);
  const auto unknown = move(ada, 4711);
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find(R"("pointer":"/account")"), std::string::npos) << unknown.body;
  EXPECT_EQ(admin().post(path(ada) + "/move", "{}").status, 422);
  EXPECT_EQ(admin().post(path(ada) + "/move", R"({"account": ")" + id_of(other_) + "\"}").status,
            200);
  EXPECT_EQ(account_of(ada), other_);
}

TEST_F(UserMove, HonoursIfMatch) {
  const std::int64_t ada = create("ada", client_);
  const std::string tag = admin().get(path(ada)).header("ETag");
  const auto with = [&](std::string_view wanted) {
    return admin().with("If-Match", wanted).post(path(ada) + "/move", to(other_)).status;
  };
  EXPECT_EQ(with("\"another\""), 412);
  EXPECT_EQ(account_of(ada), client_);
  EXPECT_EQ(with(tag), 200);
}

TEST_F(UserMove, TakesNoMoreThanAThousandAlong) {
  const std::int64_t ada = create("ada", client_);
  const std::int64_t kid = create("kid", client_);
  set_manager(kid, ada);
  ASSERT_TRUE(app().storage().write([&](Session& db) -> Result<None> {
    constexpr Sql kPlace =
        "insert into users_user (id, username_key, email_key, first_name_key, last_name_key, "
        "timezone, description, account, manager, role_bits, active, locked, clearance_bits, "
        "email_verified, can_inbox, api_access, created_at, updated_at) values (:id, '', '', '', "
        "'', 'UTC', '', :account, :manager, 0, true, false, 1, false, true, true, 0, 0)";
    for (int i = 0; i < 1'000; ++i) {
      GATEHOUSE_CHECK(db.run(kPlace, "kid" + std::to_string(i), client_, ada));
    }
    return None{};
  }));
  around().take_records();
  const auto refused = move(ada, other_);
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(member(refused.body, "code"), "manages_too_many");
  EXPECT_NE(refused.body.find("1001 whom"), std::string::npos) << refused.body;
  EXPECT_EQ(account_of(ada), client_);
  EXPECT_EQ(moves_told(), "");
  ASSERT_EQ(move(kid, other_).status, 200) << "who is there already does not count";
  EXPECT_EQ(move(ada, other_).status, 200);
  EXPECT_EQ(account_of(ada), other_);
}

TEST_F(UserMove, TakesAlongWhomTheUserManages) {
  const std::int64_t ada = create("ada", client_);
  const std::int64_t kid = create("kid", client_, R"(, "roles": ["consultant"])");
  const std::int64_t far = create("far", other_);
  const std::int64_t bob = create("bob", client_);
  set_manager(kid, ada);
  set_manager(far, ada);
  around().take_records();
  ASSERT_EQ(move(ada, other_).status, 200);
  EXPECT_EQ(account_of(kid), other_);
  EXPECT_EQ(account_of(far), other_);
  EXPECT_EQ(account_of(bob), client_);
  EXPECT_EQ(around().moves.size(), 2U) << "far is there already";
  EXPECT_EQ(moves_told(),
            "ada to 4 account\nada from 3 account\n"
            "kid to 4 -consultant account roles\nkid from 3 -consultant account roles\n");
}

TEST_F(UserMove, KeepsThePasswordAndVoidsMailedCodes) {
  const std::int64_t ada = create(
      "ada", client_, R"(, "email": "ada@example.org", "password": "enchantress of number")");
  const auto reads_self = [&] {
    return basic("ada", "enchantress of number").get("/v1/users/me").status;
  };
  const auto accepted = [&] {
    int count = 0;
    for (const AuditRecord& record : around().take_records()) {
      count += record.event.action == "session.accepted" ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(reads_self(), 200);
  EXPECT_EQ(reads_self(), 200);
  EXPECT_EQ(accepted(), 1) << "the second time it was remembered";
  ASSERT_EQ(app().anonymous().post("/v1/password-resets", R"({"email": "ada@example.org"})").status,
            202);
  const std::string mail = app().mails().back().text;
  const std::string link = "/v1/password-resets/";
  const std::string code = mail.substr(mail.find(link) + link.size(), 27);

  ASSERT_EQ(move(ada, other_).status, 200);
  EXPECT_EQ(reads_self(), 200);
  EXPECT_EQ(accepted(), 1) << "it is not remembered any more";
  EXPECT_EQ(app()
                .anonymous()
                .post("/v1/password-resets/confirm",
                      "{\"code\": \"" + code + "\", \"new_password\": \"difference engine two\"}")
                .status,
            422);
}

TEST_F(UserMove, WhoWasInvitedIsInvitedAgain) {
  const std::int64_t ada = create("ada", client_, R"(, "email": "ada@example.org")");
  const std::size_t before = app().mails().size();
  ASSERT_EQ(move(ada, other_).status, 200);
  ASSERT_EQ(app().mails().size(), before + 1);
  EXPECT_EQ(app().mails().back().subject, "You have been invited");
}

TEST_F(UserMove, LeavesTheLastAdminAnAdminWithTheFirstPassword) {
  ASSERT_EQ(move(1, other_).status, 200);
  EXPECT_EQ(account_of(1), other_);
  EXPECT_NE(admin().get(path(1)).body.find(R"("roles":["admin"])"), std::string::npos);
  app().run_jobs();
  EXPECT_EQ(app().metrics().value("users_first_password_unchanged"), 1);
}

TEST_F(UserMove, WithoutAccountsThereIsNoneToGoTo) {
  // The plugin alone.
  testing::Harness<UsersPlugin> alone("users");
  Principal who;
  who.user = 1;
  who.roles = Role::Admin;
  const auto reply = alone.as(who).post("/v1/users/1/move", to(1));
  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.body.find("this server has no accounts"), std::string::npos) << reply.body;
}

TEST_F(UsersInAccounts, AnAccountWithUsersStays) {
  const auto erase = [&] {
    const auto reply = admin().remove("/v1/accounts/" + std::to_string(client_));
    return std::to_string(reply.status) + " " + member(reply.body, "code") + " " +
           member(reply.body, "detail");
  };
  const std::int64_t ada = create("ada", client_);
  EXPECT_EQ(erase(), "409 in_use 1 user belongs to it: move or delete them first.");
  const std::int64_t bob = create("bob", client_);
  EXPECT_EQ(erase(), "409 in_use 2 users belong to it: move or delete them first.");
  ASSERT_EQ(admin().remove(path(ada)).status, 204);
  ASSERT_EQ(
      admin().post(path(bob) + "/move", "{\"account\": " + std::to_string(other_) + "}").status,
      200);
  EXPECT_EQ(erase(), "204  ");
}

}  // namespace
}  // namespace gatehouse::users
