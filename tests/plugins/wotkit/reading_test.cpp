// Lists of users and single ones (seed document 003, "List/Query Users", "Viewing a Single User").
// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "wotkit_fixture.hpp"

namespace gatehouse::wotkit {
namespace {

class WotkitReading : public WotkitTest {
 protected:
  void SetUp() override {
    WotkitTest::SetUp();
    for (const std::string_view name : {"sensetecnic", "tester", "ninety%", "nine_ty"}) {
      app().clock().advance(std::chrono::seconds(1));
      create(name, name == "tester" ? R"(, "timeZone": "Europe/Berlin")" : "");
    }
    const auto named = admin().put(path_of("tester"),
                                   R"({"firstname": "API Testing", "lastname": "Große Straße"})");
    ASSERT_EQ(named.status, 204) << named.body;
  }

  // The usernames on the list, but for that of world().root(), each after a blank.
  std::string listed(std::string_view query) {
    const auto reply = admin().get(std::string(kUsers) + std::string(query));
    EXPECT_EQ(reply.status, 200) << query << ": " << reply.body;
    EXPECT_EQ(reply.content_type, "application/json");
    std::string names;
    for (const auto& [key, user] : identity::json_parts(reply.body)) {
      const std::string name = identity::json_member(user, "username");
      if (!name.starts_with("feed")) names += " " + name;
    }
    return names;
  }
};

TEST_F(WotkitReading, ListsTheNewestFirstUnlessReversed) {
  constexpr const char* kNewest = " nine_ty ninety% tester sensetecnic admin";
  constexpr const char* kOldest = " admin sensetecnic tester ninety% nine_ty";
  EXPECT_EQ(listed(""), kNewest);
  EXPECT_EQ(listed("?reverse=false"), kNewest);
  EXPECT_EQ(listed("?reverse=0"), kNewest);
  EXPECT_EQ(listed("?reverse=true"), kOldest);
  EXPECT_EQ(listed("?reverse=1"), kOldest);
  EXPECT_EQ(listed("?sort=whatever"), kNewest) << "what nobody asked for is not looked at";
}

TEST_F(WotkitReading, FindsTextInUsernameFirstAndLastName) {
  struct Case {
    const char* text;
    const char* expected;
  };
  const Case cases[] = {{"api", " tester"},
                        {"TECNIC", " sensetecnic"},
                        {"STRASSE", " tester"},
                        {"api+testing", " tester"},
                        {"api+strasse", ""},
                        {"example.org", ""},
                        {"%25", " ninety%"},
                        {"_", " nine_ty"},
                        {"%22", ""},
                        {"lovelace", " nine_ty ninety% sensetecnic"}};
  for (const Case& c : cases) {
    EXPECT_EQ(listed(std::string("?text=") + c.text), c.expected) << c.text;
  }
  EXPECT_EQ(listed("?text="), listed(""));
}

TEST_F(WotkitReading, PagesByOffsetAndLimit) {
  EXPECT_EQ(listed("?limit=2"), " nine_ty ninety%");
  EXPECT_EQ(listed("?offset=1&limit=2"), " ninety% tester");
  EXPECT_EQ(listed("?limit=2&reverse=1&text=n"), " admin sensetecnic");
  EXPECT_EQ(listed("?offset=100"), "");
  EXPECT_EQ(listed("?limit=0"), "");
  EXPECT_EQ(listed("?limit=1000000"), listed(""));
}

TEST_F(WotkitReading, AListHasAThousandAtMost) {
  std::vector<identity::Person> crowd(1001);
  world().place_all(crowd);
  for (const char* query : {"", "?limit=1000", "?limit=1001", "?limit=9223372036854775807"}) {
    const auto reply = admin().get(std::string(kUsers) + query);
    EXPECT_EQ(identity::json_parts(reply.body).size(), 1000U) << query;
  }
}

TEST_F(WotkitReading, RefusesAQueryThatSaysNothing) {
  struct Case {
    const char* query;
    const char* field;
  };
  const Case cases[] = {{"reverse=yes", "reverse"},
                        {"reverse=TRUE", "reverse"},
                        {"reverse=", "reverse"},
                        {"offset=-1", "offset"},
                        {"offset=x", "offset"},
                        {"limit=-1", "limit"},
                        {"limit=ten", "limit"},
                        {"limit=9223372036854775808", "limit"},
                        {"limit=", "limit"},
                        {"limit=1&limit=2", "limit"}};
  for (const Case& c : cases) {
    const auto reply = admin().get(std::string(kUsers) + "?" + c.query);
    EXPECT_EQ(reply.status, 400) << c.query;
    EXPECT_EQ(message_of(reply), "Invalid request.") << c.query;
    EXPECT_TRUE(more_info_of(reply).starts_with("{\"" + std::string(c.field))) << reply.body;
  }
}

TEST_F(WotkitReading, ReadsByUsernameOrId) {
  const std::string id = shown("tester", "id");
  const std::string internal = identity::json_member(root().get("/v1/users/" + id).body, "id");
  for (const std::string& name : {std::string("tester"), std::string("TESTER"), id, internal}) {
    const auto reply = admin().get(path_of(name));
    EXPECT_EQ(reply.status, 200) << name;
    EXPECT_EQ(identity::json_member(reply.body, "username"), "tester") << name;
  }
  EXPECT_EQ(shown("me", "username"), "admin");
  EXPECT_EQ(shown("ninety%25", "username"), "ninety%");
  EXPECT_EQ(shown("1", "username"), "admin");
  EXPECT_EQ(shown("tester", "timeZone"), "Europe/Berlin");
  for (const std::string name : {"nobody", "999999", "0", "01", "99999999999999999999"}) {
    const auto reply = admin().get(path_of(name));
    EXPECT_EQ(reply.status, 404) << name;
    EXPECT_EQ(message_of(reply), "Could not locate this resource.");
  }
}

TEST_F(WotkitReading, NeitherShowsNorChangesWhoHasNoUsername) {
  const identity::Person managed =
      world().place({.manager = 1, .first_name = "Kim", .created_at = app().clock().now()});
  EXPECT_EQ(listed("?text=kim"), "");
  EXPECT_EQ(listed("?limit=1"), " nine_ty");
  const std::string path = path_of(std::to_string(managed.number));
  EXPECT_EQ(admin().get(path).status, 404);
  EXPECT_EQ(admin().put(path, R"({"firstname": "Lou"})").status, 404);
  EXPECT_EQ(admin().remove(path).status, 404);
}

TEST_F(WotkitReading, ShowsWhatShutsSomebodyOut) {
  const std::string path = "/v1/users/" + shown("tester", "id");
  struct Case {
    const char* patch;
    const char* field;
  };
  const Case cases[] = {
      {R"({"active": false})", "enabled"},
      {R"({"locked": true})", "accountNonLocked"},
      {R"({"expires_at": "2026-01-01T01:00:00Z"})", "accountNonExpired"},
      {R"({"password_expires_at": "2026-01-01T01:00:00Z"})", "credentialsNonExpired"}};
  for (const Case& c : cases) {
    EXPECT_EQ(shown("tester", c.field), "true");
    const auto patched = root().patch(path, c.patch);
    EXPECT_EQ(patched.status, 200) << patched.body;
  }
  app().clock().advance(std::chrono::minutes(30));
  EXPECT_EQ(shown("tester", "accountNonExpired"), "true");
  app().clock().advance(std::chrono::minutes(30));
  for (const Case& c : cases) EXPECT_EQ(shown("tester", c.field), "false") << c.field;
}

TEST_F(WotkitReading, WhatSomebodyDoesNotHaveIsEmptyText) {
  const auto made = root().post("/v1/users", R"({"username": "bare"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string body = admin().get(path_of("bare")).body;
  for (const char* field : {"email", "firstname", "lastname"}) {
    EXPECT_NE(body.find('"' + std::string(field) + R"(":"")"), body.npos) << body;
  }
  EXPECT_EQ(body.find("assword"), body.npos);
}

}  // namespace
}  // namespace gatehouse::wotkit
