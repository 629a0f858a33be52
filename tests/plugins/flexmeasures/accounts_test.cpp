// Lists of accounts, single accounts, and what may be changed in one.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

using identity::json_member;
using identity::json_parts;

class FlexMeasuresAccounts : public FlexMeasuresPeople {
 protected:
  static std::vector<std::string> names(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string list =
        reply.body.starts_with('[') ? reply.body : json_member(reply.body, "data");
    std::vector<std::string> found;
    for (const auto& [name, text] : json_parts(list)) found.push_back(json_member(text, "name"));
    return found;
  }
  std::string patched(const std::string& body, std::string_view member) {
    const auto reply = as(admin_).patch(account(account_), body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json_member(reply.body, member);
  }
  void give_roles(std::int64_t number, const std::string& roles) {
    const auto reply = world().root().patch("/v1/accounts/" + std::to_string(number),
                                            R"({"roles": )" + roles + "}");
    ASSERT_EQ(reply.status, 200) << reply.body;
  }
};

TEST_F(FlexMeasuresAccounts, AreOnesOwnThoseOneConsultsAndAllForReaders) {
  people();
  const std::string list = "/api/v3_0/accounts";
  EXPECT_EQ(names(as(member_).get(list)), (std::vector<std::string>{"Test Account"}));
  EXPECT_EQ(names(as(consultant_).get(list)),
            (std::vector<std::string>{"Consultancy", "Test Account"}));
  EXPECT_EQ(names(as(beside_).get(list)), (std::vector<std::string>{"Consultancy"}));
  for (const auto& person : {reader_, admin_}) {
    EXPECT_EQ(
        names(as(person).get(list)),
        (std::vector<std::string>{"Default", "Consultancy", "Test Account", "Other Account"}));
  }
}

TEST_F(FlexMeasuresAccounts, ListsAreFilteredSortedAndCutIntoPages) {
  people();
  struct Case {
    std::string query;
    std::vector<std::string> expected;
  };
  for (const Case& one : std::vector<Case>{
           {"page=1&per_page=2", {"Default", "Consultancy"}},
           {"page=2&per-page=2", {"Test Account", "Other Account"}},
           {"page=1&filter=account", {"Test Account", "Other Account"}},
           {"filter=account+test", {"Test Account"}},
           {"page=1&filter=%22test+account%22", {"Test Account"}},
           {"page=1&filter=%22account+test%22", {}},
           {"sort_by=name&sort_dir=asc",
            {"Consultancy", "Default", "Other Account", "Test Account"}},
           {"page=1&sort-by=name&sort-dir=desc",
            {"Test Account", "Other Account", "Default", "Consultancy"}},
           {"page=1&sort_by=id&sort_dir=desc",
            {"Other Account", "Test Account", "Consultancy", "Default"}},
           {"page=1&sort_by=assets&sort_dir=asc",
            {"Default", "Consultancy", "Test Account", "Other Account"}},
           {"sort_by=users&sort_dir=asc",
            {"Default", "Consultancy", "Test Account", "Other Account"}},
           {"page=1&per_page=3&sort_by=users&sort_dir=desc",
            {"Test Account", "Other Account", "Consultancy"}},
           {"page=2&per_page=3&sort_by=users&sort_dir=desc", {"Default"}},
           {"page=1&sort_by=name", {"Default", "Consultancy", "Test Account", "Other Account"}},
       }) {
    EXPECT_EQ(names(as(admin_).get("/api/v3_0/accounts?" + one.query)), one.expected) << one.query;
  }
}

TEST_F(FlexMeasuresAccounts, APageCountsUsersAndWhatThereIsBeforeAndAfterTheFilter) {
  people();
  const auto reply = as(admin_).get("/api/v3_0/accounts?page=1&filter=test");
  EXPECT_EQ(json_member(reply.body, "num-records"), "4");
  EXPECT_EQ(json_member(reply.body, "filtered-records"), "1");
  EXPECT_EQ(json_member(reply.body, "status"), "200");
  const std::string data = json_member(reply.body, "data");
  EXPECT_EQ(json_member(json_parts(data).front().second, "user_count"), "3");
  EXPECT_EQ(json_member(json_parts(data).front().second, "asset_count"), "0");
  for (const char* query : {"page=2", "page=2&sort_by=users&sort_dir=asc"}) {
    EXPECT_EQ(as(admin_).get("/api/v3_0/accounts?" + std::string(query)).status, 404) << query;
  }
  EXPECT_EQ(as(admin_).get("/api/v3_0/accounts?page=1&filter=nothing").body,
            R"({"data":[],"num-records":4,"filtered-records":0,"status":200})");
}

TEST_F(FlexMeasuresAccounts, RolesHaveNumbersThatStay) {
  people();
  give_roles(account_, R"(["Supplier", "Prosumer"])");
  EXPECT_EQ(json_member(as(member_).get(account(account_)).body, "account_roles"),
            R"([{"id":1,"name":"Prosumer"},{"id":2,"name":"Supplier"}])");
  give_roles(other_, R"(["Aggregator", "Prosumer"])");
  EXPECT_EQ(json_member(as(stranger_).get(account(other_)).body, "account_roles"),
            R"([{"id":3,"name":"Aggregator"},{"id":1,"name":"Prosumer"}])");
  EXPECT_EQ(names(as(admin_).get("/api/v3_0/accounts?role=Supplier")),
            (std::vector<std::string>{"Test Account"}));
}

TEST_F(FlexMeasuresAccounts, AdminsSetRolesByTheirNumbers) {
  people();
  give_roles(account_, R"(["Prosumer"])");
  as(member_).get(account(account_));
  EXPECT_EQ(as(admin_).patch(account(other_), R"({"account_roles": [1]})").status, 200);
  EXPECT_EQ(json_member(as(stranger_).get(account(other_)).body, "account_roles"),
            R"([{"id":1,"name":"Prosumer"}])");
  EXPECT_EQ(as(admin_).patch(account(other_), R"({"account_roles": [7]})").body,
            rejected(R"({"json":{"account_roles":["Unknown account role."]}})"));
  EXPECT_EQ(as(stranger_).patch(account(other_), R"({"account_roles": []})").body, k403);
}

TEST_F(FlexMeasuresAccounts, RolesAreEachSetOnceAndNotMoreThanAHundred) {
  people();
  give_roles(account_, R"(["Prosumer", "Supplier"])");
  as(member_).get(account(account_));
  const auto reply = as(admin_).patch(account(other_), R"({"account_roles": [2, 1, 2, 1]})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json_member(reply.body, "account_roles"),
            R"([{"id":1,"name":"Prosumer"},{"id":2,"name":"Supplier"}])");
  std::string many = "1";
  for (int i = 0; i < 100; ++i) many += ",1";
  EXPECT_EQ(as(admin_).patch(account(other_), R"({"account_roles": [)" + many + "]}").body,
            rejected(R"({"json":{"account_roles":["Must have at most 100 items."]}})"));
}

TEST_F(FlexMeasuresAccounts, WhoMayNotSetRolesLearnsNotWhichThereAre) {
  people({.policy = {{"members_may_edit_account", "true"}}});
  for (const char* roles : {"[1]", "[7]"}) {
    const std::string body = R"({"account_roles": )" + std::string(roles) + "}";
    EXPECT_EQ(as(member_).patch(account(account_), body).body, k403) << body;
  }
}

TEST_F(FlexMeasuresAccounts, TheConsultancyIsAdminsToSet) {
  people();
  const std::string none = R"({"consultancy_account_id": null})";
  const std::string back = R"({"consultancy_account_id": )" + std::to_string(consultancy_) + "}";
  EXPECT_EQ(as(head_).patch(account(account_), back).body, k403);
  EXPECT_EQ(patched(none, "consultancy_account_id"), "null");
  EXPECT_EQ(patched(back, "consultancy_account_id"), std::to_string(consultancy_));
  EXPECT_EQ(patched(R"({"name": "Same"})", "consultancy_account_id"), std::to_string(consultancy_));
  for (const std::string& wrong :
       {std::string("999"), std::to_string(account_), std::string("0")}) {
    const auto reply =
        as(admin_).patch(account(account_), R"({"consultancy_account_id": )" + wrong + "}");
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.body, R"({"errors":["Invalid consultancy_account_id"],"status":422})");
  }
}

TEST_F(FlexMeasuresAccounts, ColoursAreKeptWithTheirSign) {
  people();
  EXPECT_EQ(patched(R"({"primary_color": "#1a3443"})", "primary_color"), "#1a3443");
  EXPECT_EQ(patched(R"({"primary_color": "f1a122"})", "primary_color"), "#f1a122");
  EXPECT_EQ(patched(R"({"secondary_color": "#abc"})", "secondary_color"), "#abc");
  EXPECT_EQ(patched(R"({"primary_color": null})", "primary_color"), "null");
}

TEST_F(FlexMeasuresAccounts, WhatABodyCannotHoldIsTold) {
  people();
  struct Case {
    std::string body;
    std::string message;
  };
  for (const Case& one : std::vector<Case>{
           {R"({"id": 5})", R"({"id":["Unknown field."]})"},
           {R"({"primary_color": "#zz"})",
            R"({"primary_color":["#zz is not a valid hex color code."]})"},
           {R"({"secondary_color": ""})",
            R"({"secondary_color":[" is not a valid hex color code."]})"},
           {R"({"logo_url": "nourl"})", R"({"logo_url":["'nourl' is not a valid URL."]})"},
           {R"({"logo_url": "ftp://example.com/x"})",
            R"({"logo_url":["'ftp://example.com/x' is not a valid URL."]})"},
           {R"({"logo_url": "https://example.com/)" + std::string(255, 'x') + "\"}",
            R"({"logo_url":["Longer than maximum length 255."]})"},
           {R"({"name": ")" + std::string(101, 'x') + "\"}",
            R"({"name":["Longer than maximum length 100."]})"},
           {R"({"name": ""})", R"({"name":["Shorter than minimum length 1."]})"},
           {R"({"name": null})", R"({"name":["Field may not be null."]})"},
           {R"({"name": 5})", R"({"name":["Not a valid string."]})"},
           {R"({"name": "other account"})",
            R"({"name":["An account with name 'other account' already exists."]})"},
           {R"({"consultancy_account_id": "x"})",
            R"({"consultancy_account_id":["Not a valid integer."]})"},
           {R"({"account_roles": null})", R"({"account_roles":["Field may not be null."]})"},
       }) {
    const auto reply = as(admin_).patch(account(account_), one.body);
    EXPECT_EQ(reply.status, 422) << one.body;
    EXPECT_EQ(reply.body, rejected(R"({"json":)" + one.message + "}")) << one.body;
  }
  EXPECT_EQ(as(admin_).get("/api/v3_0/accounts/one").body,
            rejected(R"({"path":{"id":["Not a valid integer."]}})"));
  EXPECT_EQ(as(admin_).get("/api/v3_0/accounts?sort_by=plan&sort_dir=asc").body,
            rejected(R"({"query":{"sort_by":["Must be one of: id, name, assets, users."]}})"));
}

TEST_F(FlexMeasuresAccounts, ALongListComesWholeWithItsRoles) {
  people();
  const auto fill = [](Session& db) -> Result<None> {
    for (int i = 0; i < 1100; ++i) {
      const std::string number = std::to_string(10'000 + i);
      GATEHOUSE_CHECK(
          db.run("insert into accounts_account (id, name, name_key, is_default, created_at, "
                 "updated_at) values (:id, :name, :key, false, 0, 0)",
                 "acc0000000000000000" + number,
                 "Account " + number,
                 "account " + number));
    }
    return None{};
  };
  ASSERT_TRUE(app().storage().write(fill));
  give_roles(other_, R"(["Prosumer"])");
  const auto reply = as(admin_).get("/api/v3_0/accounts");
  EXPECT_EQ(json_parts(reply.body).size(), 1104u);
  EXPECT_NE(reply.body.find(R"([{"id":1,"name":"Prosumer"}])"), std::string::npos);
}

TEST_F(FlexMeasuresAccounts, AListThatIsTooLongIs503) {
  people({.settings = {{"max_unpaged_rows", "3"}}});
  EXPECT_EQ(as(admin_).get("/api/v3_0/accounts").status, 503);
  EXPECT_EQ(as(admin_).get("/api/v3_0/accounts?page=1").status, 200);
  const auto sorted = as(admin_).get("/api/v3_0/accounts?page=1&sort_by=users&sort_dir=asc");
  EXPECT_EQ(sorted.status, 503);
  EXPECT_NE(sorted.body.find("sorted by anything but users"), std::string::npos) << sorted.body;
}

}  // namespace
}  // namespace gatehouse::flexmeasures
