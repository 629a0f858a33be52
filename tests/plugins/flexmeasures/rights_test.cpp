// Who gets what on each route: the table of contracts/flexmeasures.md, 1, narrowed by the policy.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

struct Row {
  std::string method;
  std::string path;
  std::string body;
  std::vector<int> statuses;  // of who(), in their order
};

class FlexMeasuresRights : public FlexMeasuresPeople {
 protected:
  // The member whom it is about, colleague, account-admin, of another account, consultant, their
  // colleague, admin-reader, admin.
  std::vector<identity::Person> who() const {
    return {member_, colleague_, head_, stranger_, consultant_, beside_, reader_, admin_};
  }
  void expect(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      EXPECT_EQ(anonymous().send(row.method, row.path, row.body).status, 401) << row.path;
      const auto people = who();
      for (std::size_t i = 0; i < people.size(); ++i) {
        const auto reply = as(people[i]).send(row.method, row.path, row.body);
        EXPECT_EQ(reply.status, row.statuses[i]) << row.method << ' ' << row.path << ' ' << row.body
                                                 << ", number " << i << ": " << reply.body;
        if (reply.status == 403) {
          EXPECT_EQ(reply.body, k403);
        }
      }
    }
  }
};

TEST_F(FlexMeasuresRights, AreThoseOfTheContractWithinThePolicy) {
  people();
  const std::string of = std::to_string(account_);
  expect({
      {"GET", "/api/v3_0/users", "", {200, 200, 200, 200, 200, 200, 200, 200}},
      {"GET", "/api/v3_0/users?account_id=" + of, "", {200, 200, 200, 403, 200, 403, 200, 200}},
      {"GET", "/api/v3_0/users?account=" + of, "", {200, 200, 200, 403, 200, 403, 200, 200}},
      {"GET", user(member_), "", {200, 403, 200, 403, 200, 403, 200, 200}},
      {"PATCH", user(member_), "{}", {200, 403, 200, 403, 200, 403, 403, 200}},
      {"PATCH",
       user(member_),
       R"({"timezone": "Asia/Seoul"})",
       {200, 403, 200, 403, 200, 403, 403, 200}},
      {"PATCH", user(member_), R"({"active": true})", {403, 403, 200, 403, 200, 403, 403, 200}},
      {"GET", user(member_, "/auditlog"), "", {200, 403, 200, 403, 200, 403, 200, 200}},
      {"GET", user(member_, "/auditlog?page=1"), "", {200, 403, 200, 403, 200, 403, 200, 200}},
      {"GET", "/api/v3_0/accounts", "", {200, 200, 200, 200, 200, 200, 200, 200}},
      {"GET", account(account_), "", {200, 200, 200, 403, 200, 403, 200, 200}},
      {"GET", account(account_, "/auditlog"), "", {403, 403, 200, 403, 200, 403, 200, 200}},
      {"PATCH", account(account_), "{}", {403, 403, 200, 403, 200, 403, 403, 200}},
      {"PATCH",
       account(account_),
       R"({"primary_color": "#111111"})",
       {403, 403, 200, 403, 200, 403, 403, 200}},
      {"PATCH",
       account(account_),
       R"({"consultancy_account_id": null})",
       {403, 403, 403, 403, 403, 403, 403, 200}},
      {"GET", account(consultancy_), "", {403, 403, 403, 403, 200, 200, 200, 200}},
  });
}

// Reset last of all, for it ends the tokens of who is reset.
TEST_F(FlexMeasuresRights, ResetsAreForOneselfAndWhoAdministers) {
  people();
  const std::string target = user(member_, "/password-reset");
  const std::array<int, 8> statuses{0, 403, 200, 403, 200, 403, 403, 200};
  const auto people = who();
  for (std::size_t i = 1; i < people.size(); ++i) {
    EXPECT_EQ(as(people[i]).patch(target, "").status, statuses[i]) << i;
  }
  EXPECT_EQ(as(colleague_).patch(user(colleague_, "/password-reset"), "").status, 200);
}

TEST_F(FlexMeasuresRights, MembersEditTheirAccountWhereThePolicySaysSo) {
  people({.policy = {{"members_may_edit_account", "true"}}});
  expect({{"PATCH",
           account(account_),
           R"({"name": "Mine"})",
           {200, 200, 200, 403, 200, 403, 403, 200}}});
}

TEST_F(FlexMeasuresRights, MembersReadEachOtherWhereThePolicySaysSo) {
  people({.policy = {{"members_may_read_each_other", "true"}}});
  EXPECT_EQ(as(member_).get(user(colleague_)).status, 200);
  EXPECT_EQ(as(member_).get(user(stranger_)).status, 403);
  const std::string list = as(member_).get("/api/v3_0/users").body;
  EXPECT_NE(list.find(colleague_.id), std::string::npos) << list;
  EXPECT_EQ(list.find(stranger_.id), std::string::npos) << list;
  EXPECT_EQ(as(member_).get(user(colleague_, "/auditlog")).status, 403);
  EXPECT_EQ(as(member_).patch(user(colleague_), R"({"timezone": "UTC"})").status, 403);
}

TEST_F(FlexMeasuresRights, NobodyChangesTheirOwnRolesOrActiveStatus) {
  people();
  for (const auto& person : {member_, head_, admin_}) {
    for (const char* body : {R"({"active": true})",
                             R"({"active": false})",
                             R"({"flexmeasures_roles": []})",
                             R"({"flexmeasures_roles": [1]})"}) {
      EXPECT_EQ(as(person).patch(user(person), body).body, k403) << body;
    }
  }
}

// contracts/flexmeasures.md, 1.3, narrowed: nobody is made an admin.
TEST_F(FlexMeasuresRights, RolesAreGivenByWhoMay) {
  people();
  struct Case {
    const identity::Person* who;
    std::string roles;
    int status;
  };
  const Case cases[] = {
      {&admin_, "[1]", 403},
      {&head_, "[1]", 403},
      {&head_, "[2]", 403},
      {&head_, "[3]", 403},
      {&head_, "[4]", 403},
      {&head_, "[5]", 200},
      {&head_, "[]", 200},
      {&admin_, "[2]", 200},
      {&head_, "[]", 403},
      {&admin_, "[4, 5]", 200},
      {&head_, "[5]", 403},
      {&admin_, "[99]", 403},
      {&consultant_, "[5]", 403},
      {&admin_, "[]", 200},
      {&consultant_, "[4]", 200},
  };
  for (const Case& one : cases) {
    const auto reply =
        as(*one.who).patch(user(member_), R"({"flexmeasures_roles": )" + one.roles + "}");
    EXPECT_EQ(reply.status, one.status) << one.roles << ": " << reply.body;
  }
}

TEST_F(FlexMeasuresRights, WhatThereIsNotIs404BeforeRightsAreAsked) {
  people();
  for (const auto& person : {member_, admin_}) {
    EXPECT_EQ(as(person).get("/api/v3_0/users/999").body,
              R"({"message":"User 999 not found","status":404})");
    EXPECT_EQ(as(person).get("/api/v3_0/accounts/77").body,
              R"({"message":"Account 77 not found","status":404})");
    EXPECT_EQ(as(person).get("/api/v3_0/users?account_id=77").body,
              R"({"message":"Account 77 not found","status":404})");
    EXPECT_EQ(as(person).get("/api/v3_0/users/99999999999999999999").body,
              R"({"message":"User 99999999999999999999 not found","status":404})");
    for (const char* rest : {"/auditlog", "/password-reset"}) {
      const bool is_log = std::string_view(rest) == "/auditlog";
      EXPECT_EQ(as(person).send(is_log ? "GET" : "PATCH", path("users", 999, rest), "").status,
                404);
    }
  }
}

TEST_F(FlexMeasuresRights, ListsShowWhomSingleReadsShow) {
  people();
  const auto all = who();
  for (const auto& reader : all) {
    const std::string list = as(reader).get("/api/v3_0/users?include_inactive=1").body;
    for (const auto& person : all) {
      const bool is_listed =
          list.find("\"id\":" + std::to_string(person.number) + ",") != std::string::npos;
      EXPECT_EQ(is_listed, as(reader).get(user(person)).status == 200)
          << reader.number << " of " << person.number;
    }
  }
}

TEST_F(FlexMeasuresRights, FieldsAreJudgedBeforeTheNumberAndTheNumberBeforeRights) {
  people();
  EXPECT_EQ(anonymous().patch("/api/v3_0/users/999", R"({"id": 5})").status, 401);
  EXPECT_EQ(as(member_).patch("/api/v3_0/users/999", R"({"id": 5})").status, 422);
  EXPECT_EQ(as(member_).patch("/api/v3_0/users/999", R"({"active": true})").status, 404);
  EXPECT_EQ(as(member_).patch(user(admin_), R"({"active": true})").status, 403);
}

}  // namespace
}  // namespace gatehouse::flexmeasures
