// What the fields of an account may be, and how they are kept. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

class AccountFields : public AccountsTest {};

std::string text_of(std::string_view character, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += character;
  return text;
}

TEST_F(AccountFields, StandInTheAnswerAsTheyWereWritten) {
  const std::int64_t keeper = create("Keeper");
  const auto reply = admin().post("/v1/accounts",
                                  R"({"name": "Engines", "roles": ["b", "a", "b"],
      "consultancy_account": )" + std::to_string(keeper) +
                                      R"(, "primary_color": "#AbC",
      "secondary_color": "#00ff7f", "logo_url": "https://example.org/a.svg?x=1#y"})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  const Account made = account_in(reply);
  EXPECT_EQ(reply.header("Location"), "/v1/accounts/" + made.id);
  EXPECT_EQ(made.id.size(), 24U);
  EXPECT_NE(made.id.find_first_of("abcdef"), made.id.npos);
  EXPECT_EQ(made.name, "Engines");
  EXPECT_EQ(made.roles, (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(made.consultancy_account);
  EXPECT_EQ(made.consultancy_account->number, keeper);
  EXPECT_EQ(made.consultancy_account->name, "Keeper");
  EXPECT_EQ(made.consultancy_account->id, read(keeper).id);
  EXPECT_EQ(made.primary_color, "#AbC");
  EXPECT_EQ(made.secondary_color, "#00ff7f");
  EXPECT_EQ(made.logo_url, "https://example.org/a.svg?x=1#y");
  EXPECT_EQ(made.created_at, app().clock().now());
  EXPECT_EQ(made.updated_at, made.created_at);
  EXPECT_EQ(made.user_count, 0);
  for (const std::string& target : {"/v1/accounts/" + made.id, path(made.number)}) {
    EXPECT_EQ(admin().get(target).body, reply.body) << target;
  }
}

TEST_F(AccountFields, OfAnAccountWithANameAloneAreEmpty) {
  const Account made = account_in(admin().post("/v1/accounts", R"({"name": "x",
      "consultancy_account": null, "primary_color": null, "logo_url": null})"));
  EXPECT_TRUE(made.roles.empty());
  EXPECT_FALSE(made.consultancy_account);
  EXPECT_FALSE(made.primary_color);
  EXPECT_FALSE(made.secondary_color);
  EXPECT_FALSE(made.logo_url);
}

TEST_F(AccountFields, AreChangedClearedOrLeftAsThePatchSays) {
  const std::int64_t engines = create("Engines",
                                      R"(, "roles": ["a"], "primary_color": "#abc",
      "secondary_color": "#def", "logo_url": "http://localhost/x")" +
                                          consultancy(create("Keeper")));
  app().clock().advance(std::chrono::seconds(1));
  const Account before = read(engines);
  const Account same = account_in(admin().patch(path(engines), "{}"));
  EXPECT_EQ(same.updated_at, before.updated_at);
  const auto reply = admin().patch(path(engines), R"({"name": "Motors", "primary_color": null,
      "logo_url": null, "consultancy_account": null, "roles": ["c"]})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const Account after = account_in(reply);
  EXPECT_EQ(after.name, "Motors");
  EXPECT_FALSE(after.primary_color);
  EXPECT_EQ(after.secondary_color, "#def");
  EXPECT_FALSE(after.logo_url);
  EXPECT_FALSE(after.consultancy_account);
  EXPECT_EQ(after.roles, std::vector<std::string>{"c"});
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.created_at, before.created_at);
  EXPECT_EQ(after.updated_at, app().clock().now());
  EXPECT_EQ(admin().get(path(engines)).body, reply.body);
}

TEST_F(AccountFields, AreRefusedWhereTheyBreakTheirRules) {
  const std::int64_t engines = create("Engines");
  struct Case {
    std::string_view field;
    std::string value;
    bool good;
  };
  const std::string quote = "\"";
  const Case cases[] = {
      {"name", quote + text_of("ä", 100) + quote, true},
      {"name", quote + text_of("ä", 101) + quote, false},
      {"name", quote + text_of("\u0958", 51) + quote, false},   // two characters each in NFC
      {"name", quote + text_of("\ufdfa", 100) + quote, false},  // eighteen each when folded
      {"name", R"("a  b c")", true},
      {"name", R"("")", false},
      {"name", R"(" a")", false},
      {"name", R"("a\u00a0")", false},
      {"name", R"("a\u0000b")", false},
      {"name", R"("a\nb")", false},
      {"name", R"("a\u202eb")", false},
      {"name", R"("a\u200bb")", false},
      {"name", R"("\u200b")", false},
      {"name", "null", false},
      {"name", "7", false},
      {"roles", R"(["a b", "Prosumer", "prosumer"])", true},
      {"roles", "[" + quote + text_of("x", 80) + quote + "]", true},
      {"roles", "[" + quote + text_of("x", 81) + quote + "]", false},
      {"roles", R"([""])", false},
      {"roles", R"(["a", " b"])", false},
      {"roles", R"(["a\tb"])", false},
      {"roles", "[1]", false},
      {"roles", "null", false},
      {"roles", "[" + text_of("\"a\",", 31) + "\"a\"]", true},
      {"roles", "[" + text_of("\"a\",", 32) + "\"a\"]", false},
      {"primary_color", R"("#09f")", true},
      {"primary_color", R"("#0099FF")", true},
      {"primary_color", R"("#09")", false},
      {"primary_color", R"("#09ff")", false},
      {"primary_color", R"("09f")", false},
      {"primary_color", R"("#09g")", false},
      {"primary_color", R"("red")", false},
      {"primary_color", R"("")", false},
      {"secondary_color", R"("#0099ff0")", false},
      {"secondary_color", R"("#0099ff")", true},
      {"logo_url", R"("http://a")", true},
      {"logo_url", R"("HTTPS://[::1]:8443/%20")", true},
      {"logo_url", quote + "http://a/" + text_of("x", 246) + quote, true},
      {"logo_url", quote + "http://a/" + text_of("x", 247) + quote, false},
      {"logo_url", R"("ftp://a")", false},
      {"logo_url", R"("javascript:alert")", false},
      {"logo_url", R"("//a")", false},
      {"logo_url", R"("http://")", false},
      {"logo_url", R"("http:///x")", false},
      {"logo_url", R"("http://?x")", false},
      {"logo_url", R"("http://u:p@a")", false},
      {"logo_url", R"("http://a b")", false},
      {"logo_url", R"("http://a\\b")", false},
      {"logo_url", R"("http://a\"onerror")", false},
      {"logo_url", R"("http://ä")", false},
      {"logo_url", R"("")", false},
      {"consultancy_account", "0", false},
      {"consultancy_account", "999", false},
      {"consultancy_account", R"("65f1c0ffee00000000000001")", false},
      {"consultancy_account", R"("Default")", false},
      {"consultancy_account", "1", true},
      {"user_count", "1", false},
      {"id", R"("65f1c0ffee00000000000001")", false},
  };
  int number = 0;
  for (const Case& c : cases) {
    const std::string field = "\"" + std::string(c.field) + "\": " + c.value;
    const auto patched = admin().patch(path(engines), "{" + field + "}");
    EXPECT_EQ(patched.status, c.good ? 200 : 422) << field << patched.body;
    const bool names = c.field == "name";
    const auto made =
        admin().post("/v1/accounts",
                     names ? "{" + field + "}"
                           : "{\"name\": \"n" + std::to_string(++number) + "\", " + field + "}");
    // The name that the patch has given is not given again.
    EXPECT_EQ(made.status, c.good ? (names ? 409 : 201) : 422) << field << made.body;
    if (!c.good) {
      const std::string pointer = "\"pointer\":\"/" + std::string(c.field);
      EXPECT_NE(patched.body.find(pointer), patched.body.npos) << field << patched.body;
    }
  }
}

TEST_F(AccountFields, ThatAreWrongAreToldAllAtOnce) {
  const auto reply = admin().post("/v1/accounts", R"({"name": " a", "roles": ["ok", " b"],
      "consultancy_account": 77, "primary_color": "red", "secondary_color": "x",
      "logo_url": "ftp"})");
  EXPECT_EQ(reply.status, 422);
  for (const std::string_view pointer : {"/name",
                                         "/roles/1",
                                         "/consultancy_account",
                                         "/primary_color",
                                         "/secondary_color",
                                         "/logo_url"}) {
    EXPECT_NE(reply.body.find("\"" + std::string(pointer) + "\""), reply.body.npos) << reply.body;
  }
  EXPECT_EQ(reply.body.find("/roles/0"), reply.body.npos);
}

TEST_F(AccountFields, NamesAreUniqueWhateverTheCaseAndTheForm) {
  create("Straße \u00c5");
  const std::int64_t other = create("Other");
  for (const std::string_view name :
       {"Straße \u00c5", "STRASSE \u00e5", "straSSe A\u030a", "\uff33trasse \u212b"}) {
    const std::string body = "{\"name\": \"" + std::string(name) + "\"}";
    const auto made = admin().post("/v1/accounts", body);
    EXPECT_EQ(made.status, 409) << made.body;
    EXPECT_EQ(code_of(made), "name_taken");
    EXPECT_EQ(code_of(admin().patch(path(other), body)), "name_taken") << name;
  }
  EXPECT_EQ(read(other).name, "Other");
  // One's own name in another form is free; it is kept composed.
  EXPECT_EQ(account_in(admin().patch(path(other), R"({"name": "OTH\u0045\u0301R"})")).name,
            "OTH\u00c9R");
  EXPECT_EQ(admin().patch(path(other), R"({"name": "oth\u00e9r"})").status, 200);
}

TEST_F(AccountFields, RolesAreMadeOnFirstUseAndToldApartByCase) {
  const std::int64_t engines = create("Engines", R"(, "roles": ["Prosumer"])");
  create("Motors", R"(, "roles": ["prosumer", "Prosumer", "Cafe\u0301"])");
  EXPECT_EQ(names_in(admin(), "role=Prosumer"), "Engines,Motors,");
  EXPECT_EQ(names_in(admin(), "role=prosumer"), "Motors,");
  EXPECT_EQ(names_in(admin(), "role=Caf%C3%A9"), "Motors,");
  EXPECT_EQ(admin().patch(path(engines), R"({"roles": []})").status, 200);
  EXPECT_EQ(names_in(admin(), "role=Prosumer"), "Motors,");
  const auto count = app().storage().read([](Session& db) {
    return db.get<std::int64_t>("select count(*) as count from accounts_role");
  });
  EXPECT_EQ(*count, 3);
}

TEST_F(AccountFields, CountTheUsersInAnswersAboutOneAccount) {
  const std::int64_t engines = create("Engines");
  users().by_account[engines] = 7;
  EXPECT_EQ(read(engines).user_count, 7);
  EXPECT_EQ(account_in(admin().patch(path(engines), R"({"primary_color": "#abc"})")).user_count, 7);
  const auto list = admin().get("/v1/accounts");
  EXPECT_EQ(list.body.find("user_count"), list.body.npos) << list.body;
}

TEST_F(AccountFields, ChangesAreToldByNameAndOnlyWhereSomethingDiffers) {
  const std::int64_t engines = create("Engines", R"(, "primary_color": "#abc")");
  EXPECT_EQ(heard(), std::vector<std::string>{"account.created 2 name primary_color"});
  admin().patch(
      path(engines),
      R"({"name": "Engines", "primary_color": "#abd", "logo_url": null, "roles": ["x"]})");
  EXPECT_EQ(heard(), std::vector<std::string>{"account.updated 2 roles primary_color"});
  admin().patch(path(engines), R"({"roles": ["x", "x"]})");
  EXPECT_EQ(heard(), std::vector<std::string>{});
  admin().remove(path(engines));
  EXPECT_EQ(heard(), std::vector<std::string>{"account.deleted 2"});
}

TEST_F(AccountFields, AccountsAreFoundByIdAndNumberOnly) {
  create("Engines");
  for (const std::string_view name : {"me",
                                      "0",
                                      "02",
                                      "-2",
                                      "+2",
                                      "2.0",
                                      "99999999999999999999",
                                      "Engines",
                                      "default",
                                      "65F1C0FFEE00000000000001",
                                      "65f1c0ffee00000000000001",
                                      "77"}) {
    const std::string target = "/v1/accounts/" + std::string(name);
    EXPECT_EQ(admin().get(target).status, 404) << name;
    EXPECT_EQ(admin().patch(target, "{}").status, 404) << name;
    EXPECT_EQ(admin().remove(target).status, 404) << name;
  }
}

}  // namespace
}  // namespace gatehouse::accounts
