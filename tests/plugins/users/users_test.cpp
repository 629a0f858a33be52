// The canonical routes of users, the directory, the commands and the first run, without a socket.
// The walk through every documented answer over HTTP is tests/api/test_users.py.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

TEST_F(UsersTest, AFieldIsWrittenByWhoeverMayWriteIt) {
  const std::int64_t ada = create("ada");
  create("bob");
  struct Case {
    std::string_view field;
    std::string_view value;
    std::array<int, 4> expected;  // admin, staff, ada herself, an admin-reader
  };
  const Case cases[] = {
      {"username", R"("ada2")", {200, 200, 200, 403}},
      {"email", R"("ada@example.org")", {200, 200, 200, 403}},
      {"first_name", R"("Ada")", {200, 200, 200, 403}},
      {"last_name", "null", {200, 200, 200, 403}},
      {"timezone", R"("Europe/London")", {200, 200, 200, 403}},
      {"description", R"("x")", {200, 200, 200, 403}},
      {"preferences", R"({"a": 1})", {403, 403, 200, 403}},
      {"organization", R"("Analytical Engines")", {200, 200, 403, 403}},
      {"active", "true", {200, 200, 403, 403}},
      {"roles", R"(["staff"])", {200, 403, 403, 403}},
      {"roles", R"(["admin"])", {403, 403, 403, 403}},
  };
  const std::string target = "/v1/users/" + std::to_string(ada);
  for (const Case& c : cases) {
    const std::array clients{admin(), as(900, Role::Staff), as(ada), as(901, Role::AdminReader)};
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const std::string body = "{\"" + std::string(c.field) + "\": " + std::string(c.value) + "}";
      const auto reply = clients[i].patch(target, body);
      EXPECT_EQ(reply.status, c.expected[i]) << body << " by " << i << ": " << reply.body;
      ASSERT_EQ(admin().patch(target, R"({"roles": []})").status, 200);
    }
  }
}

TEST_F(UsersTest, StrangersAreUnknownAndMembersAreNot) {
  const std::int64_t ada = create("ada");
  const std::int64_t bob = create("bob");
  const std::string target = "/v1/users/" + std::to_string(ada);
  EXPECT_EQ(as(ada).get(target).status, 200);
  EXPECT_EQ(as(bob).get(target).status, 404);
  EXPECT_EQ(as(bob).patch(target, R"({"first_name": "x"})").status, 404);
  EXPECT_EQ(as(bob).remove(target).status, 404);
  EXPECT_EQ(as(ada).remove(target).status, 403);
  EXPECT_EQ(as(900, Role::AdminReader).get(target).status, 200);
  EXPECT_EQ(as(900, Role::AdminReader).remove(target).status, 403);
  EXPECT_EQ(as(ada).post("/v1/users", R"({"username": "eve"})").status, 403);
  const auto list = as(ada).get("/v1/users");
  EXPECT_NE(list.body.find("\"ada\""), std::string::npos);
  EXPECT_EQ(list.body.find("\"bob\""), std::string::npos);
}

TEST_F(UsersTest, ThePreferencesAreKeptAsTheyAre) {
  const std::int64_t ada = create("ada");
  const auto changed =
      as(ada).patch("/v1/users/me", R"({"preferences": {"b": [1, null], "a": "ü"}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_NE(changed.body.find(R"("preferences":{"b":[1,null],"a":"ü"})"), std::string::npos)
      << changed.body;
  EXPECT_EQ(as(ada).patch("/v1/users/me", R"({"preferences": [1]})").status, 422);
  const auto cleared = as(ada).patch("/v1/users/me", R"({"preferences": null})");
  EXPECT_NE(cleared.body.find(R"("preferences":null)"), std::string::npos) << cleared.body;
}

TEST_F(UsersTest, PreferencesAreMergedAtEveryDepth) {
  const std::int64_t ada = create("ada");
  struct Case {
    const char* patch;
    const char* result;
  };
  for (const Case& c : {Case{R"({"ui": {"theme": "dark", "size": 9, "no": null}, "tz": "UTC"})",
                             R"({"ui":{"theme":"dark","size":9},"tz":"UTC"})"},
                        {R"({"ui": {"size": null, "font": "serif"}})",
                         R"({"ui":{"theme":"dark","font":"serif"},"tz":"UTC"})"},
                        {R"({"ui": null})", R"({"tz":"UTC"})"},
                        {R"({"tz": null})", R"({})"}}) {
    const auto changed = as(ada).patch(
        "/v1/users/me", std::string(R"({"preferences": )") + std::string(c.patch) + "}");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_NE(changed.body.find(std::string(R"("preferences":)") + c.result), std::string::npos)
        << changed.body;
  }
}

TEST_F(UsersTest, PreferencesAreMeasuredAfterTheyAreMerged) {
  const std::int64_t ada = create("ada");
  const auto fill = [&](const std::string& name) {
    return as(ada).patch(
        "/v1/users/me",
        R"({"preferences": {")" + name + R"(": ")" + std::string(10'000, 'x') + R"("}})");
  };
  EXPECT_EQ(fill("a").status, 200);
  EXPECT_EQ(fill("a").status, 200);
  const auto full = fill("b");
  EXPECT_EQ(full.status, 422) << full.body;
  EXPECT_NE(full.body.find("/preferences"), std::string::npos) << full.body;
  EXPECT_NE(full.body.find("too_long"), std::string::npos) << full.body;
}

TEST_F(UsersTest, UsernamesAndEmailsShareOneNamespace) {
  create("ada", R"(, "email": "Ada@Example.org")");
  struct Case {
    std::string_view body;
    std::string_view code;
  };
  const Case cases[] = {
      {R"({"username": "ADA"})", "username_taken"},
      {R"({"username": "ada@EXAMPLE.org"})", "username_taken"},
      {R"({"username": "\uff41da"})", "username_taken"},
      {R"({"username": "bob", "email": "ADA@example.ORG"})", "email_taken"},
  };
  for (const Case& c : cases) {
    const auto reply = admin().post("/v1/users", c.body);
    EXPECT_EQ(reply.status, 409) << c.body;
    EXPECT_EQ(member(reply.body, "code"), c.code) << c.body;
  }
  // Nothing of a refused user is left, and one's own names do not stand in one's way.
  const std::int64_t bob = create("bob@example.org", R"(, "email": "Bob@example.org")");
  const std::string target = "/v1/users/" + std::to_string(bob);
  EXPECT_EQ(admin().patch(target, R"({"username": "bob", "email": "bob@example.org"})").status,
            200);
  EXPECT_EQ(admin().patch(target, R"({"username": "BOB"})").status, 200);
  create("bob@example.com");
}

TEST_F(UsersTest, AllThatIsWrongWithValuesIsToldAtOnce) {
  const std::int64_t ada = create("ada");
  struct Case {
    std::string_view body;
    std::set<std::string> pointers;
  };
  const auto pointers_of = [](std::string_view body) {
    std::set<std::string> pointers;
    constexpr std::string_view kKey = "\"pointer\":\"";
    for (std::size_t at; (at = body.find(kKey)) != body.npos;) {
      body.remove_prefix(at + kKey.size());
      pointers.emplace(body.substr(0, body.find('"')));
    }
    return pointers;
  };
  const auto created = admin().post(
      "/v1/users", R"({"username": "longname1", "password": "longname1", "email": "bad"})");
  EXPECT_EQ(created.status, 422);
  EXPECT_EQ(pointers_of(created.body), (std::set<std::string>{"/password", "/email"}));
  const Case cases[] = {
      {R"({"preferences": 1, "timezone": "Mars"})", {"/preferences", "/timezone"}},
      {R"({"timezone": "Mars", "first_name": null, "email": "bad"})", {"/timezone", "/email"}},
      {R"({"username": "..", "last_name": "\u202e", "description": "\u001b"})",
       {"/username", "/last_name", "/description"}},
  };
  for (const Case& c : cases) {
    const auto reply = as(ada).patch("/v1/users/me", c.body);
    EXPECT_EQ(reply.status, 422) << c.body;
    EXPECT_EQ(pointers_of(reply.body), c.pointers) << c.body;
  }
  const auto changed = admin().patch("/v1/users/" + std::to_string(ada),
                                     R"({"timezone": "Mars", "active": null, "roles": null})");
  EXPECT_EQ(pointers_of(changed.body), (std::set<std::string>{"/timezone", "/active", "/roles"}));
}

TEST_F(UsersTest, NumbersAreNeverUsedAgain) {
  const std::int64_t ada = create("ada");
  ASSERT_EQ(admin().remove("/v1/users/" + std::to_string(ada)).status, 204);
  EXPECT_GT(create("ada"), ada);
}

TEST_F(UsersTest, TheLastActiveAdminStays) {
  for (const std::string_view body : {R"({"active": false})", R"({"roles": []})"}) {
    const auto reply = admin().patch("/v1/users/me", body);
    EXPECT_EQ(reply.status, 409) << body;
    EXPECT_EQ(member(reply.body, "code"), "last_admin") << body;
  }
  EXPECT_EQ(admin().remove("/v1/users/1").status, 409);

  const auto made = app().run("user create grace --admin", {"bug in the relay"});
  ASSERT_EQ(made.exit_code, 0) << (made.errors.empty() ? "" : made.errors.front());
  EXPECT_EQ(admin().patch("/v1/users/me", R"({"active": false})").status, 403) << "not by oneself";
  EXPECT_EQ(admin().patch("/v1/users/2", R"({"active": false})").status, 200);
  EXPECT_EQ(admin().remove("/v1/users/1").status, 409) << "an inactive admin is no admin";
  EXPECT_EQ(admin().patch("/v1/users/2", R"({"active": true})").status, 200);
  EXPECT_EQ(admin().remove("/v1/users/1").status, 204);
}

// All items of a walk, page by page, by username.
std::vector<std::string> walk(const testing::Client& client, std::string query) {
  std::vector<std::string> names;
  std::string cursor;
  do {
    const auto reply =
        client.get("/v1/users?" + query + (cursor.empty() ? "" : "&cursor=" + cursor));
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::string_view rest = reply.body;
    for (std::size_t at; (at = rest.find("\"username\":\"")) != rest.npos;) {
      rest.remove_prefix(at + 12);
      names.emplace_back(rest.substr(0, rest.find('"')));
    }
    const std::size_t next = reply.body.rfind("\"next\":\"");
    cursor = next == std::string::npos
                 ? ""
                 : reply.body.substr(next + 8, reply.body.find('"', next + 8) - next - 8);
  } while (!cursor.empty());
  return names;
}

TEST_F(UsersTest, AWalkShowsEveryRowOnceInEveryOrder) {
  // The clock stands still: all users were made in the same instant, so only the tie-break is left.
  std::set<std::string> all{"admin"};
  for (int i = 0; i < 23; ++i) {
    const std::string name = "user" + std::to_string(i);
    create(name, i % 3 == 0 ? ", \"email\": \"" + name + "@example.org\"" : "");
    all.insert(name);
  }
  for (const std::string sort : {"created", "username", "email", "last_login"}) {
    std::vector<std::string> forward = walk(admin(), "limit=5&order=asc&sort=" + sort);
    std::vector<std::string> backward = walk(admin(), "limit=7&sort=" + sort);
    EXPECT_EQ(forward.size(), all.size()) << sort;
    EXPECT_EQ(std::set<std::string>(forward.begin(), forward.end()), all) << sort;
    std::reverse(backward.begin(), backward.end());
    EXPECT_EQ(backward, forward) << sort;
  }
  const auto sorted = walk(admin(), "limit=4&order=asc&sort=username");
  EXPECT_TRUE(std::is_sorted(sorted.begin(), sorted.end()));
}

TEST_F(UsersTest, AWalkGoesOnAfterTheLongestNamesInEveryOrder) {
  // 255 characters of four bytes each, which fold to themselves.
  std::string longest = "x@";
  for (int i = 0; i < 253; ++i) longest += "\U00020000";
  std::string another = longest;
  another[0] = 'y';
  create(longest, ", \"email\": \"" + another + "\"");
  create("z", ", \"email\": \"z" + longest.substr(1) + "\"");
  // Folded, this would be too long for any cursor.
  std::string folds_long = "a@";
  for (int i = 0; i < 250; ++i) folds_long += "\u3316";
  const auto refused =
      admin().post("/v1/users", R"({"username": "w", "email": ")" + folds_long + "\"}");
  EXPECT_EQ(refused.status, 422) << refused.body;
  for (const std::string sort : {"created", "username", "email", "last_login"}) {
    EXPECT_EQ(walk(admin(), "limit=1&order=asc&sort=" + sort).size(), 3U) << sort;
    EXPECT_EQ(walk(admin(), "limit=1&sort=" + sort).size(), 3U) << sort;
  }
}

TEST_F(UsersTest, SearchFoldsCaseAndNeedsEveryWord) {
  create("klaus", R"(, "first_name": "Klaus", "last_name": "Große Straße")");
  create("percent", R"(, "last_name": "100% \\_")");
  create("ada", R"(, "first_name": "Ada", "email": "countess@example.org")");
  struct Case {
    std::string_view text;
    std::vector<std::string> expected;
  };
  const Case cases[] = {
      {"STRASSE", {"klaus"}},
      {"stra%C3%9Fe", {"klaus"}},
      {"gro%C3%9Fe+KLAUS", {"klaus"}},
      {"%22gro%C3%9Fe+stra%22", {"klaus"}},
      {"%22stra%C3%9Fe+gro%22", {}},
      {"%25", {"percent"}},
      {"%5C_", {"percent"}},
      {"ada+countess", {"ada"}},
      {"ada+klaus", {}},
      {"adacountess", {}},
      {"ada%C2%A0countess", {"ada"}},
      {"ada%E3%80%80countess", {"ada"}},
      {"%E2%80%8B", {}},
      {"ada+%C2%AD", {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(walk(admin(), "text=" + std::string(c.text)), c.expected) << c.text;
  }
  EXPECT_EQ(admin().get("/v1/users?text=1+2+3+4+5+6+7+8+9").status, 400);
}

TEST_F(UsersTest, TheDirectoryFindsAndListsWithoutSecrets) {
  const std::int64_t number = create("Ada", R"(, "email": "ada@example.org", "first_name": "Ada")");
  const auto* directory = app().services().find<UserDirectory>();
  ASSERT_NE(directory, nullptr);
  Principal reader;
  reader.user = 1;
  reader.roles = Role::AdminReader;
  const auto checked = app().storage().read([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const auto by_name, directory->find_by_username(db, "ADA"));
    EXPECT_TRUE(by_name && by_name->number == number);
    GATEHOUSE_TRY(const auto by_email, directory->find_by_email(db, "ADA@example.org"));
    EXPECT_TRUE(by_email && by_email->number == number);
    GATEHOUSE_TRY(const auto none, directory->find_by_username(db, "ada@example.org"));
    EXPECT_FALSE(none) << "an e-mail address is no username";
    GATEHOUSE_TRY(const auto by_number, directory->find_by_number(db, number));
    EXPECT_TRUE(by_number && by_number->id == by_name->id);
    GATEHOUSE_TRY(const auto by_id, directory->find_by_id(db, by_name->id));
    EXPECT_TRUE(by_id && by_id->display_name == "Ada");

    UserListing listing;
    listing.sort = UserListing::Sort::Username;
    listing.descending = false;
    listing.offset = 1;
    GATEHOUSE_TRY(const auto page, directory->list(db, reader, listing));
    EXPECT_EQ(page.size(), 1U);
    EXPECT_EQ(page.at(0).username, "admin");
    GATEHOUSE_TRY(const auto count, directory->count(db, reader, listing));
    EXPECT_EQ(count, 2);
    listing.text = "ada";
    GATEHOUSE_TRY(const auto found, directory->count(db, reader, listing));
    EXPECT_EQ(found, 1);
    Principal ada;
    ada.user = number;
    GATEHOUSE_TRY(const auto own, directory->count(db, ada, {}));
    EXPECT_EQ(own, 1) << "lists obey the policy";
    return None{};
  });
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST_F(UsersTest, ListsAndReadsReachTheOwnAccountAndWhomOneManages) {
  const std::int64_t ada = create("ada");
  const std::int64_t bob = create("bob");
  const std::int64_t eve = create("eve");
  const auto place = [&](const Sql& sql, std::int64_t value, std::int64_t number) {
    ASSERT_TRUE(app().storage().write([&](Session& db) { return db.run(sql, value, number); }));
  };
  place("update users_user set account = :account where number = :number", 7, ada);
  place("update users_user set account = :account where number = :number", 8, bob);
  place("update users_user set manager = :manager where number = :number", ada, eve);

  Principal head;
  head.user = 900;
  head.account = 7;
  head.roles = Role::AccountAdmin;
  const auto account_admin = app().as(head);
  EXPECT_EQ(walk(account_admin, "order=asc"), std::vector<std::string>{"ada"});
  EXPECT_EQ(account_admin.get("/v1/users/" + std::to_string(ada)).status, 200);
  EXPECT_EQ(account_admin.get("/v1/users/" + std::to_string(bob)).status, 404);
  EXPECT_EQ(walk(as(ada), "order=asc"), (std::vector<std::string>{"ada", "eve"}));
  const std::string managed = "/v1/users/" + std::to_string(eve);
  EXPECT_EQ(as(ada).patch(managed, R"({"first_name": "Eve"})").status, 200);
  EXPECT_EQ(as(ada).patch(managed, R"({"username": "mine"})").status, 403);
  EXPECT_EQ(as(bob).get(managed).status, 404);
}

// The users plugin with a listener that keeps whoever is named "kept".
class UsersWithListener final : public Plugin {
 public:
  void configure(Config& config) override { users_.configure(config); }
  Migrations migrations() const override { return users_.migrations(); }
  void wire(Context& host) override {
    users_.wire(host);
    host.events().subscribe<UserDeleted>(
        [&host](Session& db, const UserDeleted& event) -> Result<None> {
          const auto* directory = host.services().find<UserDirectory>();
          GATEHOUSE_TRY(const auto user, directory->find_by_number(db, event.number));
          if (user && user->username == "kept") return conflict("in_use", "Needed elsewhere.");
          return None{};
        });
  }
  void start(Context& host) override { users_.start(host); }

 private:
  UsersPlugin users_;
};

TEST(UserEvents, AListenerSeesTheUserAndCanKeepIt) {
  testing::Harness<UsersWithListener> app("users");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  Principal who;
  who.user = 1;
  who.roles = Role::Admin;
  const auto admin = app.as(who);
  ASSERT_EQ(admin.post("/v1/users", R"({"username": "kept"})").status, 201);
  ASSERT_EQ(admin.post("/v1/users", R"({"username": "gone"})").status, 201);
  const auto vetoed = admin.remove("/v1/users/2");
  EXPECT_EQ(vetoed.status, 409);
  EXPECT_NE(vetoed.body.find(R"("code":"in_use")"), std::string::npos) << vetoed.body;
  EXPECT_EQ(admin.get("/v1/users/2").status, 200);
  EXPECT_EQ(admin.remove("/v1/users/3").status, 204);
  EXPECT_EQ(admin.get("/v1/users/3").status, 404);
}

TEST(FirstAdmin, IsMadeWithAPasswordThatIsShownOnceAndWorks) {
  testing::Harness<UsersPlugin> app("users");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  ASSERT_EQ(app.shown().size(), 1U);
  const std::string shown = app.shown().front();
  EXPECT_NE(shown.find("\"admin\""), std::string::npos);
  for (const auto& record : app.log().records()) {
    EXPECT_EQ(record.text.find(shown.substr(shown.find("password \"") + 10, 22)), std::string::npos)
        << "a password in the log: " << record.event;
  }
  EXPECT_EQ(app.log().count("first_password_unchanged"), 1);
  EXPECT_EQ(app.metrics().value("users_first_password_unchanged"), 1);
}

TEST(FirstAdmin, TakesAPasswordFromTheEnvironmentAndUnsetsIt) {
  setenv("GATEHOUSE_ADMIN_PASSWORD", "correct horse battery", 1);
  testing::Harness<UsersPlugin> app("users");
  ASSERT_TRUE(app.mistakes().empty()) << app.mistakes().front();
  EXPECT_EQ(std::getenv("GATEHOUSE_ADMIN_PASSWORD"), nullptr);
  EXPECT_TRUE(app.shown().empty());
}

TEST(FirstAdmin, RefusesAPasswordThatBreaksTheRulesAndTwoSources) {
  struct Case {
    const char* password;
    const char* file;
    std::string_view says;
  };
  const Case cases[] = {
      {"short", nullptr, "shorter than 8 characters"},
      {"correct horse", "/nowhere", "both set"},
      {nullptr, "/nowhere/at/all", "cannot be read"},
  };
  for (const Case& c : cases) {
    if (c.password != nullptr) setenv("GATEHOUSE_ADMIN_PASSWORD", c.password, 1);
    if (c.file != nullptr) setenv("GATEHOUSE_ADMIN_PASSWORD_FILE", c.file, 1);
    testing::Harness<UsersPlugin> app("users");
    ASSERT_EQ(app.mistakes().size(), 1U) << c.says;
    EXPECT_NE(app.mistakes().front().find(c.says), std::string::npos) << app.mistakes().front();
    EXPECT_EQ(std::getenv("GATEHOUSE_ADMIN_PASSWORD"), nullptr);
    EXPECT_EQ(std::getenv("GATEHOUSE_ADMIN_PASSWORD_FILE"), nullptr);
  }
}

TEST_F(UsersTest, CommandsCreateListAndSetPasswords) {
  const auto made = app().run("user create ada --email ada@example.org", {"enchantress of number"});
  ASSERT_EQ(made.exit_code, 0);
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/users/me").status, 200);

  const auto twice = app().run("user create ADA", {"enchantress of number"});
  EXPECT_EQ(twice.exit_code, 1);
  ASSERT_EQ(twice.errors.size(), 1U);
  EXPECT_NE(twice.errors.front().find("username"), std::string::npos);
  const auto weak = app().run("user create bob", {"bob"});
  EXPECT_EQ(weak.exit_code, 1);
  ASSERT_EQ(weak.errors.size(), 1U);
  EXPECT_NE(weak.errors.front().find("shorter than 8"), std::string::npos);
  EXPECT_EQ(app().run("user passwd nobody", {"enchantress of number"}).exit_code, 1);

  const auto listed = app().run("user list --text ada");
  ASSERT_EQ(listed.output.size(), 2U);
  EXPECT_NE(listed.output.back().find("ada@example.org\tactive\t-"), std::string::npos);
  EXPECT_EQ(app().run("user list").output.size(), 3U);
}

TEST(UsersSettings, AreJudged) {
  testing::Harness<UsersPlugin> app(
      "users", {{"default_timezone", "Mars/Olympus"}, {"remembered_passwords", "-1"}});
  EXPECT_EQ(app.mistakes().size(), 2U);
}

}  // namespace
}  // namespace gatehouse::users
