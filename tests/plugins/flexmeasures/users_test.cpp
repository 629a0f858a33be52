// Lists of users, single users, and what may be changed in one. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "flexmeasures_fixture.hpp"

namespace gatehouse::flexmeasures {
namespace {

using identity::json_member;
using identity::json_parts;

class FlexMeasuresUsers : public FlexMeasuresPeople {
 protected:
  // The user names of a list, or of the data of a page, in order.
  static std::vector<std::string> names(const testing::Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string list =
        reply.body.starts_with('[') ? reply.body : json_member(reply.body, "data");
    std::vector<std::string> found;
    for (const auto& [name, text] : json_parts(list))
      found.push_back(json_member(text, "username"));
    return found;
  }
  void rename(const identity::Person& person, std::string_view name, std::string_view email) {
    const std::string body =
        R"({"username": ")" + std::string(name) + R"(", "email": ")" + std::string(email) + "\"}";
    ASSERT_EQ(as(head_).patch(user(person), body).status, 200);
  }
  // Three with names: Test Prosumer User, ada, and the account-admin Zed.
  void named_people() {
    people();
    for (const auto& person : {member_, colleague_, head_}) as(person);
    ASSERT_NO_FATAL_FAILURE(rename(member_, "Test Prosumer User", "test_prosumer@seita.nl"));
    ASSERT_NO_FATAL_FAILURE(rename(colleague_, "ada", "Ada@Example.org"));
    ASSERT_NO_FATAL_FAILURE(rename(head_, "Zed", "zed@example.org"));
  }
  std::string in_account(std::string_view query) const {
    return "/api/v3_0/users?account_id=" + std::to_string(account_) + std::string(query);
  }
};

TEST_F(FlexMeasuresUsers, TheWholeListHasNumbersOfRolesAndAPageTheirNames) {
  named_people();
  const auto whole = as(head_).get("/api/v3_0/users");
  EXPECT_EQ(names(whole), (std::vector<std::string>{"Zed", "ada", "Test Prosumer User"}));
  EXPECT_EQ(json_member(json_parts(whole.body).front().second, "flexmeasures_roles"), "[4]");
  const auto page = as(head_).get("/api/v3_0/users?page=1");
  const std::string data = json_member(page.body, "data");
  EXPECT_EQ(json_member(json_parts(data).front().second, "flexmeasures_roles"),
            R"(["account-admin"])");
  EXPECT_EQ(json_member(json_member(json_parts(data).front().second, "account"), "name"),
            "Test Account");
}

TEST_F(FlexMeasuresUsers, InactiveOnesAreShownWhenAskedFor) {
  named_people();
  ASSERT_EQ(as(head_).patch(user(member_), R"({"active": false})").status, 200);
  EXPECT_EQ(names(as(head_).get("/api/v3_0/users")), (std::vector<std::string>{"Zed", "ada"}));
  for (const char* word : {"1", "true", "True", "t", "on", "yes", "y"}) {
    const std::string query = "/api/v3_0/users?include_inactive=" + std::string(word);
    EXPECT_EQ(names(as(head_).get(query)).size(), 3u) << word;
  }
  for (const char* word : {"0", "false", "False", "off", "n", "no", "f"}) {
    const std::string query = "/api/v3_0/users?include_inactive=" + std::string(word);
    EXPECT_EQ(names(as(head_).get(query)).size(), 2u) << word;
  }
  EXPECT_EQ(as(head_).get("/api/v3_0/users?include_inactive=maybe").body,
            rejected(R"({"query":{"include_inactive":["Not a valid boolean."]}})"));
}

TEST_F(FlexMeasuresUsers, ListsAreFilteredSortedAndCutIntoPages) {
  named_people();
  struct Case {
    std::string query;
    std::vector<std::string> expected;
  };
  const std::string kUser = "Test Prosumer User";
  for (const Case& one : std::vector<Case>{
           {"&page=1", {"Zed", "ada", kUser}},
           {"&page=1&per_page=2", {"Zed", "ada"}},
           {"&page=2&per_page=2", {kUser}},
           {"&page=2&per-page=2", {kUser}},
           {"&page=1&sort_by=username&sort_dir=asc", {"ada", kUser, "Zed"}},
           {"&page=1&sort_by=username&sort_dir=desc", {"Zed", kUser, "ada"}},
           {"&page=1&sort-by=email&sort-dir=asc", {"ada", kUser, "Zed"}},
           {"&sort_by=email&sort_dir=desc", {"Zed", kUser, "ada"}},
           {"&page=1&sort_by=username", {"Zed", "ada", kUser}},
           {"&page=1&sort_dir=desc", {"Zed", "ada", kUser}},
           {"&page=1&filter=prosumer", {kUser}},
           {"&filter=prosumer", {kUser}},
           {"&page=1&filter=EXAMPLE.org", {"Zed", "ada"}},
           {"&page=1&filter=user+test", {kUser}},
           {"&page=1&filter=%22user+test%22", {}},
           {"&page=1&filter=%27prosumer+user%27", {kUser}},
           {"&page=1&filter=prosumer%5C+user", {kUser}},
           {"&page=1&filter=prosumer+zed", {}},
           {"&page=1&filter=%22test+account%22", {"Zed", "ada", kUser}},
           {"&page=1&unknown=7", {"Zed", "ada", kUser}},
       }) {
    EXPECT_EQ(names(as(head_).get(in_account(one.query))), one.expected) << one.query;
  }
}

TEST_F(FlexMeasuresUsers, SortsByTheLastSignInAndSignOfLife) {
  people();
  as(member_);
  app().clock().advance(std::chrono::minutes(5));
  as(colleague_);
  app().clock().advance(std::chrono::minutes(5));
  as(head_);
  const std::vector<std::string> expected{member_.id, colleague_.id, head_.id};
  EXPECT_EQ(names(as(head_).get(in_account("&sort_by=lastLogin&sort_dir=asc"))), expected);
  EXPECT_EQ(as(head_).get(in_account("&sort_by=lastSeen&sort_dir=desc")).status, 200);
}

TEST_F(FlexMeasuresUsers, APageCountsWhatThereIsBeforeAndAfterTheFilter) {
  named_people();
  const auto count = [&](std::string_view query) {
    const auto reply = as(head_).get(in_account(query));
    return json_member(reply.body, "num-records") + " " +
           json_member(reply.body, "filtered-records") + " " + json_member(reply.body, "status");
  };
  EXPECT_EQ(count("&page=1&per_page=1"), "3 3 200");
  EXPECT_EQ(count("&page=1&filter=prosumer"), "3 1 200");
  EXPECT_EQ(count("&page=1&filter=nobody"), "3 0 200");
  EXPECT_EQ(as(head_).get(in_account("&page=1&filter=nobody")).body,
            R"({"data":[],"num-records":3,"filtered-records":0,"status":200})");
  EXPECT_EQ(as(head_).get(in_account("&page=2")).status, 404);
}

TEST_F(FlexMeasuresUsers, WhatAQueryCannotBeIsTold) {
  people();
  struct Case {
    std::string query;
    std::string message;
  };
  for (const Case& one : std::vector<Case>{
           {"page=0", R"({"page":["Must be greater than or equal to 1."]})"},
           {"page=x", R"({"page":["Not a valid integer."]})"},
           {"page=1&per_page=0", R"({"per_page":["Must be greater than or equal to 1."]})"},
           {"page=1&per-page=0", R"({"per-page":["Must be greater than or equal to 1."]})"},
           {"page=1&per_page=1001", R"({"per_page":["Must be less than or equal to 1000."]})"},
           {"account_id=x", R"({"account_id":["Not a valid integer."]})"},
           {"sort_by=id",
            R"({"sort_by":["Must be one of: username, email, lastLogin, lastSeen."]})"},
           {"sort_dir=up", R"({"sort_dir":["Must be one of: asc, desc."]})"},
           {"sort-dir=up", R"({"sort-dir":["Must be one of: asc, desc."]})"},
           {"filter=%22open", R"({"filter":["No closing quotation"]})"},
           {"filter=1+2+3+4+5+6+7+8+9", R"({"filter":["Has more than 8 words."]})"},
       }) {
    const auto reply = as(admin_).get("/api/v3_0/users?" + one.query);
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.body, rejected(R"({"query":)" + one.message + "}")) << one.query;
  }
}

TEST_F(FlexMeasuresUsers, AListThatIsTooLongIs503AndItsPagesAreNot) {
  people({.settings = {{"max_unpaged_rows", "3"}}});
  EXPECT_EQ(as(head_).get(in_account("")).status, 200);
  const auto reply = as(admin_).get("/api/v3_0/users");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(json_member(reply.body, "status"), "503");
  EXPECT_EQ(as(admin_).get("/api/v3_0/users?page=1").status, 200);
}

TEST_F(FlexMeasuresUsers, ALongListComesWhole) {
  people();
  std::vector<identity::Person> crowd(1200, identity::Person{.account = account_});
  world().place_all(crowd);
  EXPECT_EQ(json_parts(as(head_).get(in_account("")).body).size(), 1203u);
  EXPECT_EQ(json_parts(as(head_).get(in_account("")).body).size(), 1203u) << "the first has ended";
}

TEST_F(FlexMeasuresUsers, WhoIsManagedHasTextsWhereClientsExpectThem) {
  people();
  world().place({.account = account_, .manager = member_.number, .first_name = "Bo"});
  EXPECT_EQ(names(as(member_).get("/api/v3_0/users")),
            (std::vector<std::string>{"Bo", member_.id}));
}

TEST_F(FlexMeasuresUsers, TheCaseOfAnAddressIsKept) {
  named_people();
  EXPECT_EQ(json_member(as(colleague_).get(user(colleague_)).body, "email"), "Ada@Example.org");
}

TEST_F(FlexMeasuresUsers, AChangeIsStoredWholeOrNotAtAll) {
  people();
  const auto reply = as(member_).patch(
      user(member_), R"({"username": "Bea", "timezone": "Mars/X", "email": "bea@example.org"})");
  EXPECT_EQ(reply.body, rejected(R"({"json":{"timezone":["Timezone Mars/X doesn't exist."]}})"));
  EXPECT_EQ(json_member(as(member_).get(user(member_)).body, "username"), member_.id);
  EXPECT_EQ(as(member_).patch(user(member_), "").status, 200) << "nothing changes";
  const auto changed = as(member_).patch(
      user(member_),
      R"({"username": "Bea B", "timezone": "Asia/Seoul", "email": "b@example.org"})");
  EXPECT_EQ(json_member(changed.body, "username"), "Bea B");
  EXPECT_EQ(json_member(changed.body, "timezone"), "Asia/Seoul");
  EXPECT_EQ(json_member(changed.body, "email"), "b@example.org");
}

TEST_F(FlexMeasuresUsers, TimesOfSignInsAreReadAndIgnored) {
  people();
  EXPECT_EQ(as(member_)
                .patch(user(member_),
                       R"({"last_login_at": "2026-11-21T17:10:47.169675", "last_seen_at": null})")
                .status,
            200);
  EXPECT_EQ(as(member_).patch(user(member_), R"({"last_seen_at": "soon"})").body,
            rejected(R"({"json":{"last_seen_at":["Not a valid datetime."]}})"));
}

TEST_F(FlexMeasuresUsers, WhatABodyCannotHoldIsTold) {
  people();
  struct Case {
    std::string body;
    std::string message;
  };
  for (const Case& one : std::vector<Case>{
           {R"({"id": 5})", R"({"id":["Unknown field."]})"},
           {R"({"account_id": 5})", R"({"account_id":["Unknown field."]})"},
           {R"({"password": "x"})", R"({"password":["Unknown field."]})"},
           {R"({"a/b": 1, "id": 1})", R"({"a/b":["Unknown field."],"id":["Unknown field."]})"},
           {R"({"active": "maybe"})", R"({"active":["Not a valid boolean."]})"},
           {R"({"active": null})", R"({"active":["Field may not be null."]})"},
           {R"({"timezone": null})", R"({"timezone":["Field may not be null."]})"},
           {R"({"timezone": "Mars/X"})", R"({"timezone":["Timezone Mars/X doesn't exist."]})"},
           {R"({"email": null})", R"({"email":["Field may not be null."]})"},
           {R"({"email": 5})", R"({"email":["Not a valid string."]})"},
           {R"({"email": "nobody"})", R"({"email":["Not a valid email address."]})"},
           {R"({"username": null})", R"({"username":["Field may not be null."]})"},
           {R"({"flexmeasures_roles": 4})", R"({"flexmeasures_roles":["Not a valid list."]})"},
           {R"({"flexmeasures_roles": [1, "x"]})",
            R"({"flexmeasures_roles":{"1":["Not a valid integer."]}})"},
           {"[]", R"({"_schema":["Invalid input type."]})"},
       }) {
    const auto reply = as(member_).patch(user(member_), one.body);
    EXPECT_EQ(reply.status, 422) << one.body;
    EXPECT_EQ(reply.body, rejected(R"({"json":)" + one.message + "}")) << one.body;
  }
  EXPECT_EQ(as(member_).patch(user(member_), "{\"active\": false,}").body,
            R"({"message":"The browser (or proxy) sent a request that this server could not )"
            R"(understand.","status":400})");
  EXPECT_EQ(as(member_).get("/api/v3_0/users/one").body,
            rejected(R"({"path":{"id":["Not a valid integer."]}})"));
}

TEST_F(FlexMeasuresUsers, ANameThatIsTakenIs400) {
  named_people();
  for (const auto& [body, detail] : std::vector<std::pair<std::string, std::string>>{
           {R"({"username": "ADA"})", "The user name is taken."},
           {R"({"email": "ada@example.org"})", "The e-mail address is taken."}}) {
    const auto reply = as(member_).patch(user(member_), body);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(
        reply.body,
        R"({"detail":")" + detail + R"(","message":"Duplicate user already exists","status":400})");
  }
}

TEST_F(FlexMeasuresUsers, TheLastAdminStays) {
  people();
  const auto only_admin = [&](Session& db) {
    return db.run("update users_user set active = false where role_bits = 1 and number <> :admin",
                  admin_.number);
  };
  ASSERT_TRUE(app().storage().write(only_admin));
  const auto reply = as(admin_).patch(user(admin_, "/password-reset"), "");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(json_member(reply.body, "status"), "409");
  EXPECT_EQ(as(admin_).get(user(admin_)).status, 200);
}

TEST_F(FlexMeasuresUsers, OtherMethodsAndSlashesAtTheEndAreNotThere) {
  people();
  const auto reply = as(member_).remove(user(member_));
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.body,
            R"({"message":"The method is not allowed for the requested URL.","status":405})");
  EXPECT_EQ(as(member_).get(user(member_, "/")).status, 404);
  EXPECT_EQ(as(member_).get("/api/v3_0/users/").status, 404);
  EXPECT_EQ(as(member_).send("HEAD", user(member_), "").status, 200);
}

}  // namespace
}  // namespace gatehouse::flexmeasures
