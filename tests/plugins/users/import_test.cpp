// `import users` and `export users`: what is stored, what is refused and where, and that one reads
// what the other writes. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/storage.hpp>
#include <gatehouse/testing/harness.hpp>

#include "plugins/users/passwords/credential_repository.hpp"
#include "tests/plugins/users/users_fixture.hpp"

namespace gatehouse::users {
namespace {

using Lines = std::vector<std::string>;

// "secret horse" by bcrypt, and by PBKDF2 with far too few iterations.
constexpr std::string_view kBcrypt = "$2b$10$abcdefghijklmnopqrstuucR.7W0sXQ0yodaJsCzs6Z8QVfAYj8le";
constexpr std::string_view kWeak =
    "pbkdf2_sha256$1000$Xh3jJ2Dx8aVb$tEOjalfSyXPvfOsvpeFXhIiPGw5SSOe7v6/XFvy7jCU=";

class ImportTest : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    std::string folder = ::testing::TempDir() + "import-XXXXXX";  // tests run side by side
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const Lines& lines) {
    const std::string path = (folder_ / "users.ndjson").string();
    std::ofstream file(path, std::ios::binary);
    for (const std::string& line : lines) file << line << '\n';
    return path;
  }
  testing::CommandRun import(const Lines& lines, std::string_view more = "") {
    return app().run("import users " + write(lines) + std::string(more));
  }
  static std::string text_of(const testing::CommandRun& run) {
    std::string text;
    for (const std::string& line : run.output) text += line + "\n";
    for (const std::string& line : run.errors) text += line + "\n";
    return text;
  }
  Lines exported(std::string_view more = "") {
    return app().run("export users" + std::string(more)).output;
  }
  std::int64_t count() { return static_cast<std::int64_t>(exported().size()); }
  std::string stored_hash(std::string_view username) {
    const auto hash = app().storage().read([&](Session& db) {
      return db.get<std::string>(
          Sql("select password_hash from users_credential join users_user on number = user_number "
              "where username_key = :name"),
          username);
    });
    return hash ? *hash : "";
  }

  std::filesystem::path folder_;
};

std::string user(std::string_view name, std::string_view more = "") {
  return R"({"username": ")" + std::string(name) + "\"" + std::string(more) + "}";
}

TEST_F(ImportTest, StoresWhatALineSays) {
  const auto run = import(
      {R"({"id": "65f1c0ffee00000000000001", "number": 4711, "username": "Ada",)"
       R"( "email": "Ada@Example.org", "email_verified": true, "recovery_email": null,)"
       R"( "first_name": "Ada", "last_name": "Lovelace", "timezone": "Europe/London",)"
       R"( "description": "Engines", "preferences": {"a": 1}, "organization": "Analytical",)"
       R"( "roles": ["staff"], "active": false, "locked": true,)"
       R"( "expires_at": "2030-01-01T00:00:00Z", "password_expires_at": "2031-01-01T00:00:00Z",)"
       R"( "clearances": ["GREEN", "RED"], "can_inbox": false, "api_access": false,)"
       R"( "created_at": "1999-01-01T00:00:00.123456Z", "updated_at": "2001-01-01T00:00:00Z",)"
       R"( "last_login_at": "2002-01-01T00:00:00Z", "previous_login_at": "2001-06-01T00:00:00Z",)"
       R"( "last_seen_at": "2002-01-02T00:00:00Z"})",
       user("bob")});
  ASSERT_EQ(run.exit_code, 0) << text_of(run);
  const auto admin = as(1, Role::Admin);
  const std::string ada = admin.get("/v1/users/4711").body;
  for (const std::string_view part :
       {R"("id":"65f1c0ffee00000000000001")",
        R"("username":"Ada")",
        R"("email":"Ada@Example.org","email_verified":true)",
        R"("recovery_email":null)",
        R"("timezone":"Europe/London","description":"Engines")",
        R"("preferences":{"a":1},"organization":"Analytical")",
        R"("roles":["staff"],"active":false,"locked":true)",
        R"("expires_at":"2030-01-01T00:00:00.000Z")",
        R"("clearances":["GREEN","RED"],"can_inbox":false)",
        R"("api_access":false,"created_at":"1999-01-01T00:00:00.123Z")",
        R"("updated_at":"2001-01-01T00:00:00.000Z")",
        R"("last_login_at":"2002-01-01T00:00:00.000Z")",
        R"("last_seen_at":"2002-01-02T00:00:00.000Z")"}) {
    EXPECT_NE(ada.find(part), std::string::npos) << part << " in " << ada;
  }
  // The numbers go on from there.
  const std::string bob = admin.get("/v1/users/4712").body;
  EXPECT_NE(bob.find(R"("username":"bob")"), std::string::npos) << bob;
  EXPECT_NE(bob.find(R"("timezone":"UTC")"), std::string::npos) << bob;
}

TEST_F(ImportTest, WhoeverCameWithAHashSignsInAndItBecomesOurs) {
  const auto run = import({user("ada", R"(, "password_hash": ")" + std::string(kBcrypt) + "\""),
                           user("bob", R"(, "password_hash": ")" + std::string(kWeak) + "\""),
                           user("cyd", R"(, "password": "secret horse")"),
                           user("dan")});
  ASSERT_EQ(run.exit_code, 0) << text_of(run);
  EXPECT_TRUE(stored_hash("ada").starts_with("bcrypt:10~$2b$10$")) << stored_hash("ada");
  EXPECT_TRUE(stored_hash("bob").starts_with("over:19456:2:pbkdf2-sha256:1000~"))
      << stored_hash("bob");
  EXPECT_TRUE(stored_hash("cyd").starts_with("$argon2id$")) << stored_hash("cyd");
  for (const char* name : {"ada", "bob", "cyd"}) {
    EXPECT_EQ(basic(name, "wrong horse").get("/v1/users/me").status, 401) << name;
    EXPECT_EQ(basic(name, "secret horse").get("/v1/users/me").status, 200) << name;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!stored_hash(name).starts_with("$argon2id$") &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_TRUE(stored_hash(name).starts_with("$argon2id$")) << stored_hash(name);
    EXPECT_EQ(basic(name, "secret horse").get("/v1/users/me").status, 200) << name;
  }
  EXPECT_EQ(basic("dan", "").get("/v1/users/me").status, 401);
}

TEST_F(ImportTest, UnknownNamesCostWhatImportedHashesCost) {
  ASSERT_EQ(import({user("ada", R"(, "password_hash": ")" + std::string(kBcrypt) + "\""),
                    user("bob", R"(, "password_hash": ")" + std::string(kBcrypt) + "\""),
                    user("cyd", R"(, "password_hash": ")" + std::string(kWeak) + "\"")})
                .exit_code,
            0);
  const auto costs =
      app().storage().read([](Session& db) { return CredentialRepository::count_costs(db); });
  ASSERT_TRUE(costs);
  Lines found;
  for (const StoredCost& each : *costs) found.push_back(each.cost + std::to_string(each.users));
  EXPECT_EQ(
      found,
      (Lines{
          "$argon2id$v=19$m=19456,t=2,p=1$1", "bcrypt:10~2", "over:19456:2:pbkdf2-sha256:1000~1"}));
}

TEST_F(ImportTest, NothingIsStoredWhileALineIsWrong) {
  struct Case {
    std::string line;
    std::string_view expected;
  };
  const Case cases[] = {
      {"not json", ":2: "},
      {"[]", ":2: "},
      {R"({})", ":2: /username is required."},
      {user("ada", R"(, "nickname": "x")"), ":2: /nickname "},
      {user("ada", R"(, "display_name": "x")"), ":2: /display_name "},
      {user("ada", R"(, "account": 1)"), ":2: /account "},
      {user("a b/c"), ":2: /username "},
      {user("1234"), ":2: /username "},
      {user("ada", R"(, "email": "nowhere")"), ":2: /email "},
      {user("ada", R"(, "recovery_email": "nowhere")"), ":2: /recovery_email "},
      {user("ada", R"(, "timezone": "Mars/Base")"), ":2: /timezone "},
      {user("ada", R"(, "preferences": [1])"), ":2: /preferences is not a JSON object."},
      {user("ada", R"(, "roles": ["king"])"), ":2: /roles/0 "},
      {user("ada", R"(, "id": "65f1c0ffee")"), ":2: /id "},
      {user("ada", R"(, "id": "650000000000000000000001")"), ":2: /id "},
      {user("ada", R"(, "number": 0)"), ":2: /number "},
      {user("ada", R"(, "number": 9223372032559808512)"), ":2: /number "},
      {user("ada", R"(, "clearances": ["RED", "WHITE"])"), ":2: /clearances is not in the order"},
      {user("ada", R"(, "clearances": ["RED", "RED"])"), ":2: /clearances is not in the order"},
      {user("ada", R"(, "created_at": "yesterday")"), ":2: /created_at "},
      {user("ada", R"(, "password": "2 few")"), ":2: /password "},
      {user("ada", R"(, "password_hash": "*")"), ":2: /password_hash is no hash"},
      {user("ada", R"(, "password_hash": "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/")"), "MD5"},
      {user("ada", R"(, "password_hash": "$2b$10$short")"), ":2: /password_hash begins like"},
      {user("ada", R"(, "password": "secret horse", "password_hash": "*")"),
       "beside a password_hash"},
      {user("admin"), ":2: Somebody has this username already."},
      {user("ada", R"(, "email": "ADMIN@localhost")"), ":2: Somebody has this e-mail address"},
      {user("ada", R"(, "number": 1)"), ":2: Somebody else has this number"},
      {user("FIRST"), ":2: has a name, id or number of line 1."},
      {user("x", R"(, "email": "First")"), ":2: "},
      {user("ada", R"(, "description": ")" + std::string(70'000, 'x') + "\""),
       ":2: is longer than"}};
  for (const Case& each : cases) {
    const auto run = import({user("first"), each.line});
    EXPECT_EQ(run.exit_code, 1) << each.line;
    const std::string text = text_of(run);
    EXPECT_NE(text.find(each.expected), std::string::npos) << each.line << ": " << text;
    EXPECT_NE(text.find("Nothing was stored."), std::string::npos) << text;
    EXPECT_EQ(count(), 1) << each.line;
  }
}

// After the highest number that JavaScript reads come numbers that an export holds, too.
TEST_F(ImportTest, NumbersAreTakenAlmostUpToTheirLast) {
  for (const std::string_view number : {"9007199254740991", "9223372032559808511"}) {
    const std::string last(number.substr(10));
    const auto run =
        import({user("a" + last, R"(, "number": )" + std::string(number)), user("b" + last)});
    ASSERT_EQ(run.exit_code, 0) << text_of(run);
  }
  const std::string lines = text_of(app().run("export users"));
  for (const std::string_view part : {R"("number":9007199254740991,)",
                                      R"("number":9007199254740992,)",
                                      R"("number":9223372032559808511,)",
                                      R"("number":9223372032559808512,)"}) {
    EXPECT_NE(lines.find(part), std::string::npos) << part << " in " << lines;
  }
}

TEST_F(ImportTest, AddressesMayRepeatWhereTheSettingSaysSo) {
  testing::Harness<UsersPlugin> shared("users", testing::Settings{{"unique_email", "false"}});
  const auto import_there = [&](const Lines& lines) {
    return shared.run("import users " + write(lines)).exit_code;
  };
  constexpr std::string_view kEmail = R"(, "email": "Family@Example.org")";
  EXPECT_EQ(import_there({user("ada", kEmail), user("bob", kEmail)}), 0);
  EXPECT_EQ(import_there({user("cyd", kEmail)}), 0);
  EXPECT_EQ(import_there({user("family@example.org")}), 1) << "somebody's address";
  EXPECT_EQ(import_there({user("dan@example.org")}), 0);
  EXPECT_EQ(import_there({user("dan", R"(, "email": "dan@example.org")")}), 1) << "a username";
  EXPECT_EQ(import_there({user("eve"), user("EVE")}), 1);
  EXPECT_EQ(shared.run("export users").output.size(), 5U);  // with the admin
}

TEST_F(ImportTest, TellsAllThatIsWrongWithALineAndWithSeveral) {
  const auto run = import({user("", R"(, "email": "x", "timezone": "x")"), "", user("a b:")});
  const std::string text = text_of(run);
  for (const std::string_view part :
       {":1: /username ", ":1: /email ", ":1: /timezone ", ":3: /username "}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  Lines many(100, "{}");
  EXPECT_EQ(import(many).errors.size(), 22U);  // 20, how many more, and that nothing was stored
}

TEST_F(ImportTest, ADryRunStoresNothing) {
  const auto run = import({user("ada"), user("bob")}, " --dry-run");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.output, Lines{"2 users could be imported."});
  EXPECT_EQ(count(), 1);
}

TEST_F(ImportTest, MayBeRepeatedWhereLinesHaveIds) {
  const std::string ada = user("ada", R"(, "id": "65f1c0ffee00000000000001")");
  ASSERT_EQ(import({ada}).exit_code, 0);
  const auto again = import({ada, user("bob", R"(, "id": "65f1c0ffee00000000000002")")});
  EXPECT_EQ(again.exit_code, 0) << text_of(again);
  EXPECT_NE(text_of(again).find("Imported 1 users"), std::string::npos) << text_of(again);
  EXPECT_NE(text_of(again).find("1 were there already"), std::string::npos) << text_of(again);
  EXPECT_EQ(count(), 3);
  const auto other = import({user("cyd", R"(, "id": "65f1c0ffee00000000000001")")});
  EXPECT_NE(text_of(other).find("Somebody else has this id"), std::string::npos);
  EXPECT_EQ(import({user("dan"), user("eve")}, " --from 2").exit_code, 0);
  EXPECT_EQ(count(), 4);
}

TEST_F(ImportTest, IdsAndNumbersOfTheDeletedAreNeverGivenAgain) {
  ASSERT_EQ(import({user("ada", R"(, "id": "65f1c0ffee00000000000001", "number": 100)")}).exit_code,
            0);
  ASSERT_EQ(as(1, Role::Admin).remove("/v1/users/100").status, 204);
  for (const std::string_view more :
       {R"(, "number": 100)", R"(, "id": "65f1c0ffee00000000000001")"}) {
    const auto run = import({user("bob", more)});
    EXPECT_EQ(run.exit_code, 1) << more;
    EXPECT_NE(text_of(run).find("who was deleted"), std::string::npos) << text_of(run);
  }
  ASSERT_EQ(import({user("bob", R"(, "number": 50)"), user("cyd")}).exit_code, 0);
  EXPECT_EQ(as(1, Role::Admin).get("/v1/users/50").status, 200);
  // Which one is next is the engine's affair.
  const auto cyd = as(1, Role::Admin).get("/v1/users?text=cyd");
  EXPECT_GT(std::stoll(member(cyd.body, "number")), 100) << cyd.body;
}

TEST_F(ImportTest, AnExportReadsBackAsTheSameUsers) {
  ASSERT_EQ(import({user("ada",
                         R"(, "id": "65f1c0ffee00000000000001", "number": 77, "email": "a@b.org",)"
                         R"( "recovery_email": null, "preferences": {"x": [1, "é"]},)"
                         R"( "created_at": "1999-01-01T00:00:00.000002Z", "password_hash": ")" +
                             std::string(kBcrypt) + "\""),
                    user("bob",
                         R"(, "created_at": "1999-01-01T00:00:00.000001Z", "password_hash": ")" +
                             std::string(kWeak) + "\"")})
                .exit_code,
            0);
  const Lines first = exported(" --with-hashes");
  ASSERT_EQ(first.size(), 3U);
  EXPECT_NE(first[1].find(R"("password_hash":")" + std::string(kBcrypt)), std::string::npos)
      << first[1];
  EXPECT_EQ(first[0].find(kWeak), std::string::npos) << "the weak hash stays inside";
  for (const std::string& line : exported()) EXPECT_EQ(line.find("password_hash"), line.npos);

  // Into another database, without its first admin.
  ASSERT_TRUE(app().storage().write([](Session& db) -> Result<None> {
    for (const Sql& sql : {Sql("delete from users_user"),
                           Sql("delete from sqlite_sequence", "delete from users_deleted")}) {
      GATEHOUSE_CHECK(db.run(sql));
    }
    return None{};
  }));
  const auto run = import(first);
  ASSERT_EQ(run.exit_code, 0) << text_of(run);
  EXPECT_EQ(exported(" --with-hashes"), first);
  EXPECT_EQ(basic("ada", "secret horse").get("/v1/users/me").status, 200);
  EXPECT_EQ(basic("bob", "secret horse").get("/v1/users/me").status, 200);
  EXPECT_EQ(basic("admin", kAdminPassword).get("/v1/users/me").status, 200);
}

TEST_F(ImportTest, AnExportedFileIsForItsOwnerAloneAndNeverWrittenOver) {
  const std::string path = (folder_ / "out.ndjson").string();
  const auto run = app().run("export users " + path);
  EXPECT_EQ(run.exit_code, 0) << text_of(run);
  EXPECT_EQ(run.output, Lines{"Exported 1 users."});
  const auto permissions = std::filesystem::status(path).permissions();
  EXPECT_EQ(permissions & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto size = std::filesystem::file_size(path);
  EXPECT_EQ(app().run("export users " + path).exit_code, 1);
  EXPECT_EQ(std::filesystem::file_size(path), size);
}

// Pages are 1,000 users, batches 250.
TEST_F(ImportTest, ManyUsersAreThereOnce) {
  Lines lines;
  for (int i = 0; i < 2'100; ++i) {
    lines.push_back(user("user-" + std::to_string(i), R"(, "created_at": "2000-01-01T00:00:00Z")"));
  }
  const auto run = import(lines);
  ASSERT_EQ(run.exit_code, 0) << text_of(run);
  const Lines all = exported();
  ASSERT_EQ(all.size(), 2'101U);
  for (int i = 0; i < 2'100; ++i) {
    const std::string name = "\"user-" + std::to_string(i) + "\"";
    EXPECT_NE(all[static_cast<std::size_t>(i)].find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace gatehouse::users
