// Who writes which field of whom: contracts/v1.md, "users", as tables.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/storage.hpp>
#include <gatehouse/text.hpp>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

constexpr std::int64_t kAccount = 7;
constexpr Sql kPlace =
    "update users_user set account = :account, manager = :manager, role_bits = :roles, active = "
    "true, locked = false, expires_at = null, password_expires_at = null, api_access = true where "
    "number = :number";

// The columns of the tables below. Consultants reach an account only where the accounts plugin
// tells whose consultancy it is; their rights over clients are in the table of policy_test.cpp.
constexpr std::array<std::string_view, 8> kWriters{"the user",
                                                   "a colleague",
                                                   "the account-admin",
                                                   "a consultant",
                                                   "staff",
                                                   "an admin-reader",
                                                   "an admin",
                                                   "the manager"};

class FieldRights : public UsersTest {
 protected:
  struct Object {
    std::int64_t number = 0;
    Roles roles;
    bool managed = false;
  };

  void SetUp() override {
    UsersTest::SetUp();
    manager_ = create("manager");
    for (const auto& [name, roles] : std::map<std::string, Roles>{
             {"plain", {}}, {"staffed", Role::Staff}, {"admin2", Role::Admin}, {"managed", {}}}) {
      objects_[name] = {create(name), roles, name == "managed"};
      put_back(name);
    }
  }

  // What a change may have moved that rights depend on.
  void put_back(const std::string& name) {
    const Object& object = objects_.at(name);
    const auto manager = object.managed ? std::optional(manager_) : std::nullopt;
    const auto placed = app().storage().write([&](Session& db) {
      return db.run(kPlace, kAccount, manager, std::int64_t{object.roles.bits()}, object.number);
    });
    ASSERT_TRUE(placed);
  }

  testing::Client writer(std::size_t index, const std::string& name) {
    Principal who;
    who.method = "basic";
    who.user = 900 + static_cast<std::int64_t>(index);
    who.account = kAccount;
    switch (index) {
      case 0:
        who.user = objects_.at(name).number;
        who.roles = objects_.at(name).roles;
        break;
      case 2:
        who.roles = Role::AccountAdmin;
        break;
      case 3:
        who.roles = Role::Consultant;
        who.account = kAccount + 1;
        break;
      case 4:
        who.roles = Role::Staff;
        who.account = 0;
        break;
      case 5:
        who.roles = Role::AdminReader;
        who.account = 0;
        break;
      case 6:
        who.roles = Role::Admin;
        who.account = 0;
        break;
      case 7:
        who.user = manager_;
        who.account = 0;
        break;
      default:
        break;
    }
    return app().as(who);
  }

  std::string path(const std::string& name) {
    return "/v1/users/" + std::to_string(objects_.at(name).number);
  }

  std::map<std::string, Object> objects_;
  std::int64_t manager_ = 0;
};

// A column each of kWriters: 2 is 200, 3 is 403, 4 is 404, 5 is 422.
struct Row {
  std::string_view field;
  std::string_view value;  // "{}" becomes the object's name
  std::string_view plain;
  std::string_view staffed;
  std::string_view admin2;
  std::string_view managed;
};
constexpr Row kRows[] = {
    {"username", R"("{}-new")", "24242324", "24343324", "24343324", "24242323"},
    {"email", R"("{}@example.org")", "24242324", "24343324", "24343324", "24242323"},
    {"email", "null", "24242324", "24343324", "24343324", "24242323"},
    {"first_name", R"("Ada")", "24242324", "24343324", "24343324", "24242322"},
    {"last_name", "null", "24242324", "24343324", "24343324", "24242322"},
    {"timezone", R"("Europe/Paris")", "24242324", "24343324", "24343324", "24242322"},
    {"description", R"("x")", "24242324", "24343324", "24343324", "24242322"},
    {"preferences", R"({"a": 1})", "24343334", "24343334", "24343334", "24343333"},
    {"organization", R"("Engines")", "34242324", "34343324", "24343324", "34242323"},
    {"account", "7", "34345354", "34343354", "54343354", "34345353"},
    {"active", "false", "34242324", "34343324", "34343324", "34242323"},
    {"locked", "true", "34343324", "34343324", "24343324", "34343323"},
    {"expires_at", R"("2030-01-01T00:00:00Z")", "34343324", "34343324", "24343324", "34343323"},
    {"expires_at", "null", "34343324", "34343324", "24343324", "34343323"},
    {"password_expires_at", "null", "34343324", "34343324", "24343324", "34343323"},
    {"clearances", R"(["WHITE", "RED"])", "34342324", "34343324", "24343324", "34342323"},
    {"can_inbox", "false", "34342324", "34343324", "24343324", "34342323"},
    {"api_access", "false", "34342324", "34343324", "24343324", "34342323"},
    {"roles", R"(["admin"])", "34343334", "34343334", "24343324", "34343333"},
    {"roles", R"(["staff"])", "34343324", "24343324", "24343324", "34343353"},
    {"roles", R"(["admin-reader"])", "34343324", "34343324", "24343324", "34343353"},
    {"roles", R"(["account-admin"])", "34343324", "34343324", "24343324", "34343353"},
    {"roles", R"(["consultant"])", "34243324", "34343324", "24343324", "34543353"},
};

int status_of(char column) {
  switch (column) {
    case '2':
      return 200;
    case '3':
      return 403;
    case '4':
      return 404;
    default:
      return 422;
  }
}

TEST_F(FieldRights, AFieldIsWrittenByWhoeverTheContractNames) {
  for (const Row& row : kRows) {
    const std::map<std::string, std::string_view> expected{{"plain", row.plain},
                                                           {"staffed", row.staffed},
                                                           {"admin2", row.admin2},
                                                           {"managed", row.managed}};
    for (const auto& [name, columns] : expected) {
      for (std::size_t i = 0; i < kWriters.size(); ++i) {
        const std::string value = format(row.value, name);
        const std::string body = "{\"" + std::string(row.field) + "\": " + value + "}";
        const auto reply = writer(i, name).patch(path(name), body);
        EXPECT_EQ(reply.status, status_of(columns[i]))
            << kWriters[i] << " and " << body << " of " << name << ": " << reply.body;
        if (reply.status == 403 && row.field != "roles") {
          EXPECT_NE(reply.body.find("\\\"" + std::string(row.field) + "\\\""), std::string::npos)
              << "names the field: " << reply.body;
        }
        put_back(name);
      }
    }
  }
}

// What nobody writes is unknown to the body, whoever sends it.
TEST_F(FieldRights, NobodyWritesWhatTheServerKeeps) {
  for (const std::string_view field : {"id",
                                       "number",
                                       "display_name",
                                       "manager",
                                       "created_at",
                                       "updated_at",
                                       "last_login_at",
                                       "previous_login_at",
                                       "last_seen_at",
                                       "email_verified",
                                       "recovery_email",
                                       "password"}) {
    const std::string body = "{\"" + std::string(field) + "\": null}";
    const auto reply = admin().patch(path("plain"), body);
    EXPECT_EQ(reply.status, 422) << body;
    EXPECT_NE(reply.body.find("\"/" + std::string(field) + "\""), std::string::npos) << reply.body;
  }
}

TEST_F(FieldRights, TheRecoveryAddressIsShownToTheUserAndWhoeverAdministersAll) {
  for (const auto& [name, object] : objects_) {
    ASSERT_GT(object.number, 0);
    const auto set = app().storage().write([number = object.number](Session& db) {
      return db.run("update users_user set recovery_email = :address where number = :number",
                    "secret@example.org",
                    number);
    });
    ASSERT_TRUE(set);
  }
  const std::map<std::string, std::string_view> shown{{"plain", "y-n-ynyn"},
                                                      {"staffed", "y-n-nnyn"},
                                                      {"admin2", "y-n-nnyn"},
                                                      {"managed", "y-n-ynyn"}};
  for (const auto& [name, columns] : shown) {
    for (std::size_t i = 0; i < kWriters.size(); ++i) {
      const auto reply = writer(i, name).get(path(name));
      const bool seen = reply.body.find("secret@example.org") != std::string::npos;
      EXPECT_EQ(seen, columns[i] == 'y') << kWriters[i] << " and " << name;
    }
  }
}

TEST_F(FieldRights, ANewUserHasWhatItsMakerMayGive) {
  struct Case {
    std::string_view more;
    std::array<int, 4> expected;  // an admin, staff, an account-admin, a plain user
  };
  const Case cases[] = {
      {"", {201, 201, 201, 403}},
      {R"(, "email": "{}@example.org", "first_name": "A", "last_name": null, "timezone": "UTC")",
       {201, 201, 201, 403}},
      {R"(, "description": "x", "organization": "Engines", "active": false)", {201, 201, 201, 403}},
      {R"(, "locked": true)", {201, 403, 403, 403}},
      {R"(, "expires_at": "2030-01-01T00:00:00Z")", {201, 403, 403, 403}},
      {R"(, "password_expires_at": null)", {201, 403, 403, 403}},
      {R"(, "clearances": ["GREEN"])", {201, 201, 403, 403}},
      {R"(, "can_inbox": false, "api_access": false)", {201, 201, 403, 403}},
      {R"(, "preferences": {"a": 1})", {403, 403, 403, 403}},
      {R"(, "account": null)", {201, 201, 201, 403}},
      {R"(, "account": 7)", {422, 422, 422, 403}},
      {R"(, "account": "65f1c0ffee00000000000001")", {422, 422, 422, 403}},
      {R"(, "roles": ["staff"])", {201, 403, 403, 403}},
      {R"(, "roles": ["account-admin"])", {201, 403, 403, 403}},
      {R"(, "roles": ["consultant"])", {201, 403, 201, 403}},
      {R"(, "roles": ["admin"])", {403, 403, 403, 403}},
      {R"(, "can_inbox": null)", {422, 422, 403, 403}},
  };
  int made = 0;
  for (const Case& c : cases) {
    const std::array<std::size_t, 4> makers{6, 4, 2, 1};
    for (std::size_t i = 0; i < makers.size(); ++i) {
      const std::string name = "new" + std::to_string(++made);
      const std::string body = "{\"username\": \"" + name + "\"" + format(c.more, name) + "}";
      const auto reply = writer(makers[i], "plain").post("/v1/users", body);
      EXPECT_EQ(reply.status, c.expected[i]) << body << " by " << i << ": " << reply.body;
    }
  }
}

TEST_F(FieldRights, AnAccountAdminsNewUserBelongsToTheAccount) {
  const auto made = writer(2, "plain").post("/v1/users", R"({"username": "fresh"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string fresh = made.header("Location");
  EXPECT_EQ(writer(2, "plain").get(fresh).status, 200);
  Principal reads_all;
  reads_all.user = 960;
  reads_all.account = kAccount;
  reads_all.roles = Roles(Role::AccountAdmin) | Role::AdminReader;
  EXPECT_EQ(app().as(reads_all).post("/v1/users", R"({"username": "fresh2"})").status, 201);
  Principal elsewhere;
  elsewhere.user = 950;
  elsewhere.account = kAccount + 5;
  elsewhere.roles = Role::AccountAdmin;
  EXPECT_EQ(app().as(elsewhere).get(fresh).status, 404);
}

TEST_F(FieldRights, ValuesAreKeptAndNullClearsWhatCanBeCleared) {
  const std::string target = path("plain");
  const auto set =
      admin().patch(target,
                    R"({"locked": true, "expires_at": "2030-01-01T00:00:00Z", "password_expires_at":
          "2031-01-01T00:00:00.5+01:00", "clearances": ["GREEN", "RED"], "can_inbox": false,
          "api_access": false, "organization": "Engines"})");
  ASSERT_EQ(set.status, 200) << set.body;
  for (const std::string_view part : {R"("locked":true)",
                                      R"("expires_at":"2030-01-01T00:00:00.000Z")",
                                      R"("password_expires_at":"2030-12-31T23:00:00.500Z")",
                                      R"("clearances":["GREEN","RED"])",
                                      R"("can_inbox":false)",
                                      R"("api_access":false)",
                                      R"("organization":"Engines")"}) {
    EXPECT_NE(set.body.find(part), std::string::npos) << part << " in " << set.body;
  }
  const auto cleared = admin().patch(
      target, R"({"expires_at": null, "password_expires_at": null, "clearances": []})");
  ASSERT_EQ(cleared.status, 200) << cleared.body;
  for (const std::string_view part : {R"("locked":true)",
                                      R"("expires_at":null)",
                                      R"("password_expires_at":null)",
                                      R"("clearances":[])",
                                      R"("organization":"Engines")"}) {
    EXPECT_NE(cleared.body.find(part), std::string::npos) << part << " in " << cleared.body;
  }
}

TEST_F(FieldRights, AllFieldsThatAreWrongAreToldAtOnce) {
  const auto reply = admin().patch(path("plain"),
                                   R"({"locked": null, "clearances": ["RED", "WHITE"], "can_inbox":
      null, "api_access": null, "account": 7, "timezone": "Mars", "preferences": null})");
  EXPECT_EQ(reply.status, 403) << "preferences are the user's own: " << reply.body;
  const auto wrong = admin().patch(path("plain"),
                                   R"({"locked": null, "clearances": ["RED", "WHITE"], "can_inbox":
      null, "api_access": null, "account": 7, "timezone": "Mars"})");
  EXPECT_EQ(wrong.status, 422);
  for (const std::string_view pointer :
       {"/locked", "/clearances", "/can_inbox", "/api_access", "/account", "/timezone"}) {
    EXPECT_NE(wrong.body.find("\"" + std::string(pointer) + "\""), std::string::npos)
        << pointer << " in " << wrong.body;
  }
  for (const std::string_view list :
       {R"(["WHITE", "WHITE"])", R"(["BLUE"])", R"(["RED", "AMBER"])"}) {
    const std::string body = "{\"clearances\": " + std::string(list) + "}";
    EXPECT_EQ(admin().patch(path("plain"), body).status, 422) << body;
  }
}

// Rules grow; who was there before them can still be changed in what they have right.
TEST_F(FieldRights, AUserWhoBreaksANewerRuleStaysPatchable) {
  const auto broken = app().storage().write([&](Session& db) {
    return db.run(
        "update users_user set username = :name, timezone = :zone, description = :text where "
        "number = :number",
        "::old::",
        "Mars/Olympus",
        "\u202e",
        objects_.at("plain").number);
  });
  ASSERT_TRUE(broken);
  EXPECT_EQ(admin().patch(path("plain"), R"({"first_name": "Ada"})").status, 200);
  EXPECT_EQ(admin().patch(path("plain"), R"({"timezone": "Mars/Olympus"})").status, 422);
}

}  // namespace
}  // namespace gatehouse::users
