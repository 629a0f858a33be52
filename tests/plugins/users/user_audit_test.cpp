// What the audit trail is told of users, and whom the making of an admin is told.
// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "accounts_fixture.hpp"

namespace gatehouse::users {
namespace {

class UserAudit : public UsersInAccounts {
 protected:
  // Events since the last call, one a line: action, outcome when refused, whose number and name and
  // account, then what else it says.
  std::string told() {
    std::string lines;
    for (const AuditRecord& record : around().take_records()) {
      const AuditEvent& event = record.event;
      if (event.action.starts_with("account.")) continue;
      lines += event.action;
      if (record.outcome == AuditOutcome::Refused) lines += " REFUSED";
      lines += " " + std::to_string(event.user) + " '" + event.user_name + "' in " +
               std::to_string(event.account);
      for (const std::string& field : event.changes) lines += " " + field;
      if (event.active) lines += *event.active ? " active" : " inactive";
      for (const std::string& role : role_names(event.roles_added)) lines += " +" + role;
      for (const std::string& role : role_names(event.roles_removed)) lines += " -" + role;
      if (!event.detail.empty()) lines += " (" + event.detail + ")";
      lines += "\n";
      EXPECT_EQ(event.user_id.size(), event.user == 0 ? 0U : 24U) << event.action;
    }
    return lines;
  }
};

TEST_F(UserAudit, EventsSayWhoItIsAndWhatBecameOfThem) {
  EXPECT_EQ(told(), "user.created 1 'admin' in 1 +admin\n");
  const std::int64_t ada = create("ada", client_, R"(, "active": false, "roles": ["consultant"])");
  EXPECT_EQ(told(), "user.created 2 'ada' in 3 inactive +consultant\n");
  ASSERT_EQ(admin()
                .patch(path(ada), R"({"active": true, "roles": ["staff"], "first_name": "Ada"})")
                .status,
            200);
  EXPECT_EQ(told(),
            "user.updated 2 'ada' in 3 first_name roles active active +staff -consultant\n");
  ASSERT_EQ(admin().patch(path(ada), R"({"username": "bob", "email": "b@example.org"})").status,
            200);
  EXPECT_EQ(told(), "user.updated 2 'bob' in 3 username email\n");
  ASSERT_EQ(
      admin().put(path(ada) + "/password", R"({"new_password": "enchantress of number"})").status,
      204);
  EXPECT_EQ(told(), "user.password_set 2 'bob' in 3\n");
  ASSERT_EQ(admin().post(path(ada) + "/password-reset", "").status, 204);
  EXPECT_EQ(told(), "user.password_reset 2 'bob' in 3\n");
  ASSERT_EQ(admin().remove(path(ada)).status, 204);
  EXPECT_EQ(told(), "user.deleted 2 'bob' in 3\n");
}

TEST_F(UserAudit, WhatIsSentAgainAsItIsIsNoChange) {
  const std::int64_t ada = create("ada", client_, R"(, "timezone": "Europe/Berlin")");
  const std::string before = admin().get(path(ada)).body;
  told();
  const std::string same = R"("timezone": "Europe/Berlin", "roles": [], "active": true)";
  app().clock().advance(std::chrono::minutes(1));
  EXPECT_EQ(admin().patch(path(ada), "{" + same + "}").body, before) << "updated_at too";
  EXPECT_EQ(told(), "");
  EXPECT_EQ(admin().patch(path(ada), "{" + same + R"(, "last_name": "L"})").status, 200);
  EXPECT_EQ(told(), "user.updated 2 'ada' in 3 last_name\n");
}

TEST_F(UserAudit, SignInsAreToldOnceHashedAndNeverWhatAStrangerTyped) {
  create("ada", client_, R"(, "email": "a@example.org", "password": "enchantress of number")");
  told();
  EXPECT_EQ(basic("a@example.org", "enchantress of number").get("/v1/users/me").status, 200);
  EXPECT_EQ(told(), "session.accepted 2 'ada' in 3 (basic)\n");
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/users/me").status, 200);
  EXPECT_EQ(told(), "") << "it was remembered";
  EXPECT_EQ(basic("ADA", "wrong").get("/v1/users/me").status, 401);
  EXPECT_EQ(told(), "session.refused REFUSED 2 'ada' in 3 (basic)\n");
  EXPECT_EQ(basic("enchantress of number", "ada").get("/v1/users/me").status, 401);
  EXPECT_EQ(told(), "session.refused REFUSED 0 '' in 0 (basic)\n");
  EXPECT_EQ(as(2, {}, client_)
                .put("/v1/users/me/password",
                     R"({"current_password": "wrong", "new_password": "difference engine"})")
                .status,
            422);
  EXPECT_EQ(told(), "password.refused REFUSED 2 'ada' in 3 (current_password)\n");
}

// By both ways, for both values of policy.grant_admin_over_api.
TEST_F(UserAudit, MakingAnAdminOverTheApiIsASettingAndToldToAllAdmins) {
  for (const bool allowed : {false, true}) {
    start({{"grant_admin_over_api", allowed ? "true" : "false"}});
    const std::int64_t ada = create("ada", client_, R"(, "email": "ada@example.org")");
    ASSERT_EQ(app()
                  .run("user create bob --admin --email bob@example.org", {"enchantress of number"})
                  .exit_code,
              0);
    ASSERT_EQ(app().run("user create cyd --admin", {"enchantress of number"}).exit_code, 0);
    const std::size_t before = app().mails().size();
    told();
    EXPECT_EQ(as(900, Role::Staff, 1).patch(path(ada), R"({"roles": ["admin"]})").status, 403);
    told();
    const auto change = admin().patch(path(ada), R"({"roles": ["admin"]})");
    EXPECT_EQ(change.status, allowed ? 200 : 403);
    const std::string events = told();
    const auto made = admin().post(
        "/v1/users", R"({"username": "dan", "email": "d@example.org", "roles": ["admin"]})");
    EXPECT_EQ(made.status, allowed ? 201 : 403);
    std::multiset<std::string> letters;
    for (std::size_t i = before; i < app().mails().size(); ++i) {
      const MailMessage& mail = app().mails()[i];
      if (mail.subject != "Somebody has been made an admin") continue;
      const bool about_ada = mail.text.find("\"ada\" (number 2)") != std::string::npos;
      const bool about_dan = mail.text.find("\"dan\" (number 5)") != std::string::npos;
      EXPECT_NE(about_ada, about_dan) << mail.text;
      letters.insert(mail.to + (about_ada ? " ada" : " dan"));
    }
    if (!allowed) {
      EXPECT_TRUE(letters.empty());
      continue;
    }
    EXPECT_EQ(events, "user.updated 2 'ada' in 3 roles +admin\n");
    // Dan cannot sign in before the invitation is accepted, and is an admin all the same.
    EXPECT_EQ(letters,
              (std::multiset<std::string>{"admin@localhost ada",
                                          "admin@localhost dan",
                                          "ada@example.org ada",
                                          "ada@example.org dan",
                                          "bob@example.org ada",
                                          "bob@example.org dan",
                                          "d@example.org dan"}));
    // Nobody is told of roles that are kept or taken.
    const std::size_t after = app().mails().size();
    EXPECT_EQ(admin().patch(path(ada), R"({"roles": ["admin", "staff"]})").status, 200);
    EXPECT_EQ(admin().patch(path(ada), R"({"roles": []})").status, 200);
    EXPECT_EQ(app().mails().size(), after);
  }
}

}  // namespace
}  // namespace gatehouse::users
