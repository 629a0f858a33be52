// Users made, changed and deleted (seed document 003, "Creating/Registering a User", "Updating a
// User", "Deleting a User"). SPDX-License-Identifier: Apache-2.0
#include "wotkit_fixture.hpp"

namespace gatehouse::wotkit {
namespace {

class WotkitChanging : public WotkitTest {
 protected:
  int sign_in(std::string_view name, std::string_view password) {
    return basic(name, password).get("/v1/users/me").status;
  }
  // The fields that moreInfo names, each after a blank.
  static std::string faults_of(const testing::Reply& reply) {
    const std::string more_info = more_info_of(reply);
    std::string names;
    for (const auto& [name, text] : identity::json_parts(more_info)) {
      names += " " + std::string(name);
    }
    return names;
  }
  static std::string named(std::string_view field, std::string_view value) {
    return "{\"" + std::string(field) + "\": " + std::string(value) + "}";
  }
};

TEST_F(WotkitChanging, MakesAUserWhoCanSignIn) {
  const auto made = admin().post(kUsers, body_of("newuser"));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = identity::json_member(made.body, "id");
  EXPECT_EQ(made.header("Location"), path_of(id));
  EXPECT_EQ(admin().get(path_of("newuser")).body, made.body);
  EXPECT_EQ(identity::json_member(made.body, "timeZone"), "UTC");
  EXPECT_EQ(sign_in("newuser", kPassword), 200);
}

TEST_F(WotkitChanging, MakesUsersCompleteInAllDialects) {
  create("newuser");
  const std::string user = root().get("/v1/users/" + shown("newuser", "id")).body;
  EXPECT_EQ(identity::json_member(user, "display_name"), "Ada Lovelace");
  EXPECT_EQ(identity::json_member(user, "api_access"), "true");
  EXPECT_EQ(identity::json_member(user, "clearances"), R"(["WHITE"])");
  EXPECT_NE(identity::json_member(user, "account"), "null");
}

TEST_F(WotkitChanging, TakesATimeZone) {
  start({}, {.plugins = {{"users", {{"default_timezone", "Asia/Tokyo"}}}}});
  create("berlin", R"(, "timeZone": "Europe/Berlin")");
  create("null", R"(, "timeZone": null)");
  EXPECT_EQ(shown("berlin", "timeZone"), "Europe/Berlin");
  EXPECT_EQ(shown("null", "timeZone"), "UTC");
}

TEST_F(WotkitChanging, EveryFieldOfANewUserObeysItsRule) {
  const std::string fifty(50, 'a');
  struct Case {
    std::string field;
    std::string value;  // JSON; "": absent
    bool good;
  };
  const Case cases[] = {
      {"username", R"("abcd")", true},
      {"username", R"("éééé")", true},
      {"username", '"' + fifty + '"', true},
      {"username", R"("abc")", false},
      {"username", R"("éé")", false},
      {"username", '"' + fifty + "a\"", false},
      {"username", R"("12345")", false},
      {"username", R"("with:colon")", false},
      {"username", "3", false},
      {"username", "", false},
      {"firstname", R"(" ")", true},
      {"firstname", '"' + fifty + '"', true},
      {"firstname", R"("")", false},
      {"firstname", '"' + fifty + "a\"", false},
      {"firstname", "", false},
      {"lastname", R"(" ")", true},
      {"lastname", R"("")", false},
      {"lastname", "null", false},
      {"lastname", "", false},
      {"email", R"("nowhere")", false},
      {"email", "", false},
      {"password", R"("12345678")", false},
      {"password", R"("short")", false},
      {"password", "", false},
      {"timeZone", R"("Mars/Olympus")", false},
      {"timeZone", "7", false},
  };
  int made = 0;
  for (const Case& c : cases) {
    std::string body;
    const std::string unique = "user" + std::to_string(++made);
    for (const auto& [field, value] : {std::pair("username", '"' + unique + '"'),
                                       {"firstname", R"("Ada")"},
                                       {"lastname", R"("Lovelace")"},
                                       {"email", '"' + unique + "@example.org\""},
                                       {"password", '"' + std::string(kPassword) + '"'},
                                       {"timeZone", R"("UTC")"}}) {
      const std::string& sent = c.field == field ? c.value : value;
      if (sent.empty()) continue;
      body += (body.empty() ? "{\"" : ",\"") + std::string(field) + "\":" + sent;
    }
    const auto reply = admin().post(kUsers, body + "}");
    EXPECT_EQ(reply.status, c.good ? 201 : 400) << c.field << " " << c.value << reply.body;
    EXPECT_EQ(faults_of(reply), c.good ? "" : " " + c.field) << c.value << reply.body;
  }
}

TEST_F(WotkitChanging, ANameOfBlanksIsNone) {
  create("blank", R"(, "timeZone": "UTC")");
  EXPECT_EQ(admin().put(path_of("blank"), R"({"lastname": " "})").status, 204);
  EXPECT_EQ(shown("blank", "lastname"), "");
  EXPECT_EQ(admin().put(path_of("blank"), R"({"lastname": " "})").status, 204);
  EXPECT_EQ(admin().put(path_of("blank"), admin().get(path_of("blank")).body).status, 204);
}

TEST_F(WotkitChanging, ANewUserHasNoOtherFields) {
  for (const char* field : {"id", "enabled", "accountNonLocked", "roles", "password_hash"}) {
    const auto reply =
        admin().post(kUsers, body_of("newuser", ", \"" + std::string(field) + "\": true"));
    EXPECT_EQ(reply.status, 400) << field;
    EXPECT_EQ(message_of(reply), "Extraneous field.") << field;
    EXPECT_EQ(faults_of(reply), " " + std::string(field));
  }
  EXPECT_EQ(admin().get(path_of("newuser")).status, 404);
}

TEST_F(WotkitChanging, ASecondUserOfThatNameIsAConflict) {
  create("newuser");
  const auto twice = admin().post(kUsers, body_of("NewUser"));
  EXPECT_EQ(twice.status, 409);
  EXPECT_NE(message_of(twice).find("already exists"), std::string::npos);
}

TEST_F(WotkitChanging, ASecondUserOfThatAddressIsABadFieldUnlessAllowed) {
  const std::string same = R"({"username": "other", "firstname": "A", "lastname": "B", "email":
      "NEWUSER@example.org", "password": "enchantress of number"})";
  create("newuser");
  auto reply = admin().post(kUsers, same);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(faults_of(reply), " email");
  create("third");
  reply = admin().put(path_of("third"), R"({"email": "newuser@example.org"})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(faults_of(reply), " email");

  start({}, faithful());
  create("newuser");
  EXPECT_EQ(admin().post(kUsers, same).status, 201);
}

TEST_F(WotkitChanging, TakesWeakPasswordsWhereTheyAreAllowed) {
  start({}, faithful());
  create("newuser");
  EXPECT_EQ(admin().put(path_of("newuser"), R"({"password": "password"})").status, 204);
  EXPECT_EQ(sign_in("newuser", "password"), 200);
  EXPECT_EQ(admin().put(path_of("newuser"), R"({"password": "7 chars"})").status, 400);
}

TEST_F(WotkitChanging, ChangesOnlyWhatIsSent) {
  create("newuser");
  struct Case {
    const char* field;
    const char* value;
  };
  const Case cases[] = {{"firstname", "Firstname Changed"},
                        {"lastname", "Lastname Changed"},
                        {"email", "new_email@address.com"},
                        {"timeZone", "America/Vancouver"}};
  for (const Case& c : cases) {
    const std::string before = admin().get(path_of("newuser")).body;
    const auto reply =
        admin().put(path_of("newuser"), named(c.field, '"' + std::string(c.value) + '"'));
    EXPECT_EQ(reply.status, 204) << reply.body;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(shown("newuser", c.field), c.value);
    for (const Case& other : cases) {
      if (other.field == c.field) continue;
      EXPECT_EQ(shown("newuser", other.field), identity::json_member(before, other.field));
    }
  }
  EXPECT_EQ(admin().put(path_of("newuser"), "{}").status, 204);
  EXPECT_EQ(sign_in("newuser", kPassword), 200);
}

TEST_F(WotkitChanging, NullIsAsIfItWereNotThere) {
  create("newuser");
  const std::string before = admin().get(path_of("newuser")).body;
  const auto reply =
      admin().put(path_of("newuser"),
                  R"({"id": null, "username": null, "enabled": null, "password": null,
          "firstname": null, "lastname": null, "email": null, "timeZone": null})");
  EXPECT_EQ(reply.status, 204) << reply.body;
  EXPECT_EQ(admin().get(path_of("newuser")).body, before);
}

TEST_F(WotkitChanging, WhatWasReadCanBeSentBack) {
  const std::string id = create("newuser");
  std::string body = admin().get(path_of("newuser")).body;
  EXPECT_EQ(admin().put(path_of("newuser"), body).status, 204);
  body.replace(body.find("\"Ada\""), 5, "\"Augusta\"");
  EXPECT_EQ(admin().put(path_of(id), body).status, 204);
  EXPECT_EQ(admin().get(path_of("newuser")).body, body);
  // What other dialects made may break the rules of this one.
  const std::string longer(60, 'x');
  const auto patched =
      root().patch("/v1/users/" + id, R"({"first_name": ")" + longer + R"(", "last_name": null})");
  ASSERT_EQ(patched.status, 200) << patched.body;
  body = admin().get(path_of("newuser")).body;
  EXPECT_EQ(admin().put(path_of("newuser"), body).status, 204);
}

TEST_F(WotkitChanging, WhatCannotBeChangedIsRefusedAndNothingChanges) {
  create("newuser");
  struct Case {
    const char* field;
    const char* value;
    const char* said;
  };
  const Case cases[] = {
      {"username", R"("changed_user_name")", "Cannot change username"},
      {"username", R"("NewUser")", "Cannot change username"},
      {"id", "7", "Cannot change id"},
      {"enabled", "false", "Cannot change enabled"},
      {"accountNonExpired", "false", "Cannot change accountNonExpired"},
      {"accountNonLocked", "false", "Cannot change accountNonLocked"},
      {"credentialsNonExpired", "false", "Cannot change credentialsNonExpired"},
      {"roles", R"(["admin"])", "roles is not known here"},
  };
  const std::string before = admin().get(path_of("newuser")).body;
  for (const Case& c : cases) {
    const auto reply = admin().put(
        path_of("newuser"),
        R"({"firstname": "Changed", ")" + std::string(c.field) + "\": " + c.value + "}");
    EXPECT_EQ(reply.status, 400) << c.field;
    EXPECT_EQ(message_of(reply), "Extraneous field.") << c.field;
    EXPECT_NE(reply.body.find(c.said), reply.body.npos) << reply.body;
    EXPECT_EQ(faults_of(reply), " " + std::string(c.field));
    EXPECT_EQ(admin().get(path_of("newuser")).body, before) << c.field;
  }
}

TEST_F(WotkitChanging, EveryFieldOfAChangeObeysItsRule) {
  create("newuser");
  struct Case {
    const char* field;
    std::string value;
  };
  const std::string long_name = '"' + std::string(51, 'a') + '"';
  const Case cases[] = {{"firstname", R"("")"},
                        {"firstname", long_name},
                        {"firstname", R"("\u0007")"},
                        {"lastname", R"("")"},
                        {"lastname", long_name},
                        {"lastname", "7"},
                        {"email", R"("nowhere")"},
                        {"email", R"("")"},
                        {"timeZone", R"("Mars/Olympus")"},
                        {"timeZone", R"("")"},
                        {"password", R"("short")"},
                        {"password", "12345678"}};
  for (const Case& c : cases) {
    const auto reply = admin().put(path_of("newuser"), named(c.field, c.value));
    EXPECT_EQ(reply.status, 400) << c.field << " " << c.value;
    EXPECT_EQ(message_of(reply), "Invalid request.") << c.field << " " << c.value;
    EXPECT_EQ(faults_of(reply), " " + std::string(c.field)) << c.value;
  }
}

TEST_F(WotkitChanging, ANewPasswordEndsTheOldAndIsTold) {
  create("newuser");
  const auto session = app().anonymous().post(
      "/v1/sessions", R"({"username": "newuser", "password": ")" + std::string(kPassword) + "\"}");
  ASSERT_EQ(session.status, 201) << session.body;
  const auto by_session = app().anonymous().with(
      "Authorization", "Bearer " + identity::json_member(session.body, "access_token"));
  ASSERT_EQ(by_session.get("/v1/users/me").status, 200);
  const std::size_t mails = app().mails().size();
  EXPECT_EQ(admin().put(path_of("newuser"), R"({"password": "another sea of stones"})").status,
            204);
  EXPECT_EQ(sign_in("newuser", kPassword), 401);
  EXPECT_EQ(sign_in("newuser", "another sea of stones"), 200);
  EXPECT_EQ(by_session.get("/v1/users/me").status, 401);
  ASSERT_EQ(app().mails().size(), mails + 1);
  EXPECT_EQ(app().mails().back().to, "newuser@example.org");
}

TEST_F(WotkitChanging, ANewPasswordEndsTokensWhereThatIsOn) {
  for (const bool ends : {false, true}) {
    start({},
          {.plugins = {{"tokens", {{"password_change_ends_tokens", ends ? "true" : "false"}}}}});
    create("newuser");
    const auto made =
        basic("newuser", kPassword).post("/v1/users/me/tokens", R"({"title": "program"})");
    ASSERT_EQ(made.status, 201) << made.body;
    const auto by_token = app().anonymous().with(
        "Authorization", "Bearer " + identity::json_member(made.body, "token"));
    EXPECT_EQ(admin().put(path_of("newuser"), R"({"password": "another sea of stones"})").status,
              204);
    EXPECT_EQ(by_token.get("/v1/users/me").status, ends ? 401 : 200);
  }
}

TEST_F(WotkitChanging, AdminsSetNobodyElsesPasswordWhereThatIsOff) {
  start({}, {.plugins = {{"users", {{"admin_sets_password", "false"}}}}});
  const std::string other = world().place({}).id;
  constexpr const char* kNew = R"({"password": "another sea of stones"})";
  EXPECT_EQ(admin().put(path_of(other), kNew).status, 403);
  EXPECT_EQ(sign_in(other, identity::kPassword), 200);
  EXPECT_EQ(admin().put(path_of("me"), kNew).status, 204);
  EXPECT_EQ(sign_in("admin", "another sea of stones"), 200);
}

TEST_F(WotkitChanging, DeletesAUserAndFreesTheNameButNotTheId) {
  const std::string id = create("newuser");
  const auto reply = admin().remove(path_of("newuser"));
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
  for (const char* method : {"GET", "DELETE"}) {
    EXPECT_EQ(admin().send(method, path_of("newuser"), "").status, 404);
    EXPECT_EQ(admin().send(method, path_of(id), "").status, 404);
  }
  EXPECT_EQ(admin().put(path_of("newuser"), R"({"firstname": "x"})").status, 404);
  EXPECT_EQ(sign_in("newuser", kPassword), 401);
  EXPECT_GT(std::stoll(create("newuser")), std::stoll(id));
  EXPECT_EQ(admin().remove(path_of(shown("newuser", "id"))).status, 204);
}

TEST_F(WotkitChanging, TheLastAdminStays) {
  const std::string root = std::to_string(1'000'000'000);
  ASSERT_EQ(admin().remove(path_of(root)).status, 204);
  const auto reply = admin().remove(path_of("admin"));
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(admin().get(path_of("admin")).status, 200);
}

TEST_F(WotkitChanging, ChangesAreInTheAuditTrail) {
  create("newuser");
  ASSERT_EQ(admin().put(path_of("newuser"), R"({"firstname": "Changed"})").status, 204);
  ASSERT_EQ(admin().remove(path_of("newuser")).status, 204);
  for (const char* action : {"user.created", "user.updated", "user.deleted"}) {
    const auto events = root().get("/v1/audit-events?action=" + std::string(action)).body;
    EXPECT_NE(events.find("newuser"), events.npos) << action << events;
  }
}

}  // namespace
}  // namespace gatehouse::wotkit
