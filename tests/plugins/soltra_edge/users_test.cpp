// Users over the mount of Soltra Edge (seed document 004). SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <vector>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraUsers : public SoltraTest {
 protected:
  std::string found(const std::string& query) {
    const Reply reply = root().get("/api/users/?" + query);
    EXPECT_EQ(reply.status, 200) << query << reply.body;
    return members(reply, "username");
  }
  Reply patch(const std::string& id, const std::string& body) {
    return root().patch(path_of(id), body);
  }
};

TEST_F(SoltraUsers, FiltersMatchPartsOfAnyCaseAndAreAnded) {
  const auto make = [&](const char* name, const char* first, const char* last, const char* email) {
    const std::string id = create(name);
    EXPECT_EQ(patch(id,
                    std::string(R"({"first_name": ")") + first + R"(", "last_name": ")" + last +
                        R"(", "email": ")" + email + R"("})")
                  .status,
              202);
    return id;
  };
  make("one", "Jon", "Doe", "jon@doe.com");
  make("two", "JONATHAN", "Straße", "two@example.org");
  make("three", "Ann", "Doe", "ann_100%@example.org");
  const std::string four = make("four", "Ärger", "", "four@example.org");
  ASSERT_EQ(patch(four, R"({"is_active": false})").status, 202);

  struct Case {
    const char* query;
    const char* found;
  };
  const Case cases[] = {
      {"first_name=jon", "one,two"},
      {"first_name=JON&last_name=doe", "one"},
      {"last_name=STRASSE", "two"},
      {"first_name=%C3%A4rg", "four"},
      {"email=DOE.com", "one"},
      {"email=100%25@", "three"},
      {"email=n_1", "three"},
      {"email=%25&username=e", "three"},
      {"username=t", "two,three"},
      {"username=t&email=n_1", "three"},
      {"username=nobody", ""},
      {"is_active=false", "four"},
      {"is_active=False", "four"},
      {"is_active=0", "four"},
      {"is_active=true&username=o&first_name=j", "one,two"},
      {"is_active=True&first_name=j", "one,two"},
      {"is_active=1&first_name=%C3%A4", ""},
      {"first_name=&username=one", "one"},
      {"what=is%20this&username=one", "one"},
  };
  for (const Case& c : cases) EXPECT_EQ(found(c.query), c.found) << c.query;
}

TEST_F(SoltraUsers, PagesAreLinkedWithTheirFilters) {
  for (const char* name : {"u1", "u2", "u3", "u4", "u5"}) create(name);
  const std::string start = "<https://id.example.org/api/users/?username=u&";
  const auto link = [&](int page, int size, const char* rel) {
    return start + "page=" + std::to_string(page) + "&per_page=" + std::to_string(size) +
           ">; rel=\"" + rel + "\"";
  };
  struct Case {
    std::string query;
    std::string found;
    std::string links;
  };
  const Case cases[] = {
      {"", "u1,u2,u3,u4,u5", link(1, 1000, "first") + ", " + link(1, 1000, "last")},
      {"&per_page=2",
       "u1,u2",
       link(1, 2, "first") + ", " + link(2, 2, "next") + ", " + link(3, 2, "last")},
      {"&per_page=2&page=2",
       "u3,u4",
       link(1, 2, "first") + ", " + link(1, 2, "prev") + ", " + link(3, 2, "next") + ", " +
           link(3, 2, "last")},
      {"&page=3&per_page=2",
       "u5",
       link(1, 2, "first") + ", " + link(2, 2, "prev") + ", " + link(3, 2, "last")},
      {"&page=9&per_page=2",
       "",
       link(1, 2, "first") + ", " + link(3, 2, "prev") + ", " + link(3, 2, "last")},
      {"&per_page=5000", "u1,u2,u3,u4,u5", link(1, 1000, "first") + ", " + link(1, 1000, "last")},
      {"&per_page=9223372036854775807",
       "u1,u2,u3,u4,u5",
       link(1, 1000, "first") + ", " + link(1, 1000, "last")},
  };
  for (const Case& c : cases) {
    const Reply reply = root().get("/api/users?username=u" + c.query);
    EXPECT_EQ(members(reply, "username"), c.found) << c.query;
    EXPECT_EQ(reply.header("Link"), c.links) << c.query;
  }
  const Reply all = root().get(
      "/api/users/?is_active=True&email=%40&last_name=l&first_name=f&username=u%32&utm=1");
  EXPECT_EQ(all.header("Link").substr(0, all.header("Link").find('>')),
            "<https://id.example.org/api/users/?first_name=f&last_name=l&email=%40&username=u2&"
            "is_active=True&page=1&per_page=1000");
}

TEST_F(SoltraUsers, AreMadeWithTheDefaultsOfTheDocument) {
  const Reply made = root().post(kUsers, request_body("create_user.request.json"));
  const std::string id = json_member(made.body, "id");
  EXPECT_EQ(made.header("Location"), "https://id.example.org/api/users/" + id + "/");
  EXPECT_EQ(root().get(path_of(id)).body, made.body);
  EXPECT_EQ(json_member(made.body, "url"), made.header("Location"));
  EXPECT_EQ(json_member(made.body, "access_tokens_url"), made.header("Location") + "tokens/");
  EXPECT_EQ(json_member(made.body, "login_history_url"), made.header("Location") + "history/");
  EXPECT_EQ(basic("myuser", "Pass@1233").get(path_of(id)).status, 403);  // no allow_rest_access
}

TEST_F(SoltraUsers, TakeEveryOptionalArgument) {
  const std::string id = create(
      "full",
      R"(, "description": "Runs it.", "is_active": false, "is_superuser": true, "is_staff": true,
      "can_inbox": false, "allow_rest_access": true, "organization": "Acme",
      "memberships": ["RED", "WHITE", "RED"], "id": "x", "date_joined": 7, "what": {})");
  const std::string user = root().get(path_of(id)).body;
  struct Case {
    const char* member;
    const char* value;
  };
  const Case cases[] = {
      {"description", "Runs it."},
      {"is_active", "false"},
      {"is_superuser", "true"},
      {"is_staff", "true"},
      {"can_inbox", "false"},
      {"allow_rest_access", "true"},
      {"organization", "Acme"},
      {"memberships", R"(["WHITE","RED"])"},
      {"id", id.c_str()},
  };
  for (const Case& c : cases) EXPECT_EQ(json_member(user, c.member), c.value) << c.member;
}

TEST_F(SoltraUsers, AreChangedFieldByFieldAndShownAtOnce) {
  const std::string id = create("joe");
  struct Case {
    const char* member;
    const char* sent;
    const char* shown;
  };
  const Case cases[] = {
      {"username", R"("jim")", "jim"},
      {"first_name", R"("joseph")", "joseph"},
      {"first_name", "null", "null"},
      {"last_name", R"("")", ""},
      {"email", R"("jim@example.net")", "jim@example.net"},
      {"description", R"("x")", "x"},
      {"description", R"("")", ""},
      {"is_active", "false", "false"},
      {"is_active", "true", "true"},
      {"is_staff", "true", "true"},
      {"is_superuser", "true", "true"},
      {"is_staff", "false", "false"},
      {"is_superuser", "false", "false"},
      {"can_inbox", "false", "false"},
      {"allow_rest_access", "true", "true"},
      {"organization", R"("Acme")", "Acme"},
      {"organization", "null", "null"},
      {"memberships", R"(["AMBER", "GREEN"])", R"(["GREEN","AMBER"])"},
      {"memberships", "[]", "[]"},
  };
  for (const Case& c : cases) {
    const Reply changed =
        patch(id, std::string(R"({")") + c.member + R"(": )" + c.sent + R"(, "password": "x"})");
    EXPECT_EQ(changed.status, 202) << c.member << changed.body;
    EXPECT_EQ(json_member(changed.body, c.member), c.shown);
    EXPECT_EQ(root().get(path_of(id)).body, changed.body) << c.member;
  }
  EXPECT_EQ(basic("jim").get(path_of(id)).status, 200);  // with the password of before
}

TEST_F(SoltraUsers, KeepRolesThatThisMountDoesNotKnow) {
  const auto reader = world().place({.roles = Role::AdminReader});
  EXPECT_EQ(patch(reader.id, R"({"is_staff": true})").status, 202);
  const std::string user = root().get("/v1/users/" + reader.id).body;
  EXPECT_EQ(json_member(user, "roles"), R"(["admin-reader","staff"])");
}

TEST_F(SoltraUsers, MayBeSentBackAsTheyWereRead) {
  const std::string id = create("own", R"(, "allow_rest_access": true)");
  for (const Client& client : {root(), basic("own")}) {
    std::string user = client.get(path_of(id)).body;
    user.replace(user.find(R"("F")"), 3, R"("G")");
    const Reply changed = client.patch(path_of(id), user);
    EXPECT_EQ(changed.status, 202) << changed.body;
    EXPECT_EQ(json_member(changed.body, "first_name"), "G");
    EXPECT_EQ(patch(id, R"({"first_name": "F"})").status, 202);
  }
}

TEST_F(SoltraUsers, WithoutNameOrAddressMayBeSentBackAsTheyWereRead) {
  const auto managed = world().place({.manager = world().place({}).number, .first_name = "Bob"});
  const Reply made = root().post("/v1/users", R"({"username": "bare"})");
  ASSERT_EQ(made.status, 201) << made.body;
  for (const std::string& id : {managed.id, json_member(made.body, "id")}) {
    std::string user = root().get(path_of(id)).body;
    const std::string before = R"("description":"")";
    user.replace(user.find(before), before.size(), R"("description":"x")");
    const Reply changed = patch(id, user);
    EXPECT_EQ(changed.status, 202) << changed.body;
    EXPECT_EQ(changed.body, user);
    EXPECT_EQ(json_member(root().get("/v1/users/" + id).body, "email"), "null");
    EXPECT_EQ(patch(id, R"({"email": null})").status, 400);
  }
  EXPECT_EQ(patch(managed.id, R"({"username": null})").status, 400);
}

TEST_F(SoltraUsers, AreDeletedWithWhatTheyHad) {
  const std::string id = create("gone", R"(, "allow_rest_access": true)");
  const Made made = make_token(root(), id);
  ASSERT_EQ(token("gone", made.secret).get(path_of(id)).status, 200);
  EXPECT_EQ(root().remove(kUsers + id).status, 204);
  EXPECT_EQ(root().get(path_of(id)).status, 404);
  EXPECT_EQ(root().remove(path_of(id)).status, 404);
  EXPECT_EQ(token("gone", made.secret).get(path_of(id)).status, 401);
  EXPECT_EQ(create("gone").size(), 24U);
}

TEST_F(SoltraUsers, OfOtherMountsAreCompleteHere) {
  const auto manager = world().place({});
  const auto managed = world().place({.manager = manager.number, .first_name = "Bob"});
  const std::string user = root().get(path_of(managed.id)).body;
  EXPECT_EQ(json_member(user, "username"), "");
  EXPECT_EQ(json_member(user, "email"), "");
  EXPECT_EQ(json_member(user, "first_name"), "Bob");
  EXPECT_EQ(items(user).size(), 19U);
  const Reply made = root().post(
      "/v1/users", R"({"username": "v1", "password": ")" + std::string(kPassword) + "\"}");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string other = json_member(made.body, "id");
  ASSERT_EQ(basic("v1").patch("/v1/users/me", R"({"preferences": {"a": 1}})").status, 200);
  const std::string shown = root().get(path_of(other)).body;
  EXPECT_EQ(items(shown).size(), 19U);
  EXPECT_EQ(json_member(shown, "preferences"), R"({"a":1})");
}

TEST_F(SoltraUsers, ShowTheSignInBeforeTheLast) {
  const std::string id = create("sam", R"(, "allow_rest_access": true)");
  const auto previous = [&] {
    return json_member(root().get(path_of(id)).body, "previous_login_date");
  };
  EXPECT_EQ(basic("sam").get(path_of(id)).status, 200);
  EXPECT_EQ(previous(), "null");
  app().clock().advance(std::chrono::hours(2) + std::chrono::microseconds(7));
  EXPECT_EQ(basic("sam").get(path_of(id)).status, 200);
  EXPECT_EQ(previous(), "2026-01-01T00:00:00.000000");
  app().clock().advance(std::chrono::hours(2));
  EXPECT_EQ(basic("sam").get(path_of(id)).status, 200);
  EXPECT_EQ(previous(), "2026-01-01T02:00:00.000007");
}

// What chance and places have: ids, numbers and "me" name users in paths (security.md 9).
TEST_F(SoltraUsers, AreNamedByIdNumberOrMe) {
  const std::string id = create("ann", R"(, "allow_rest_access": true)");
  const std::string number = json_member(root().get("/v1/users/" + id).body, "number");
  EXPECT_EQ(json_member(root().get(path_of(number)).body, "id"), id);
  EXPECT_EQ(json_member(basic("ann").get("/api/users/me/").body, "id"), id);
  EXPECT_EQ(json_member(basic("ann").get(path_of(number)).body, "id"), id);
  for (const char* nobody : {"ann", "0", "007", "ffffffffffffffffffffffff"}) {
    EXPECT_EQ(root().get(path_of(nobody)).status, 404) << nobody;
  }
}

}  // namespace
}  // namespace gatehouse::soltra_edge
