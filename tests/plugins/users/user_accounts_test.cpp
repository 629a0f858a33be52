// Users in accounts: what is shown, who makes users where, what lists of an account and searches by
// its name find, and how users without an account come to one. SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts_fixture.hpp"
#include "tests/plugins/from_memory.hpp"

namespace gatehouse::users {
namespace {

TEST_F(UsersInAccounts, AUserShowsIdNumberAndNameOfTheAccount) {
  const std::int64_t ada = create("ada", client_);
  const std::string shown = R"("account":{"id":")" + id_of(client_) + R"(","number":)" +
                            std::to_string(client_) + R"(,"name":"Client-Works"})";
  for (const std::string& body : {admin().get(path(ada)).body,
                                  admin().get("/v1/users?username=ada").body,
                                  admin().patch(path(ada), R"({"first_name": "Ada"})").body}) {
    EXPECT_NE(body.find(shown), std::string::npos) << body;
  }
}

// The account comes from memory, and with it the right of who consults for it.
TEST_F(UsersInAccounts, WhoHasLostTheAccountReadsItsUsersNoMore) {
  const std::int64_t ada = create("ada", client_);
  const testing::Client consultant = as(900, Role::Consultant, consultancy_);
  const auto read = [&] { return consultant.get(path(ada)).status; };
  ASSERT_EQ(testing::from_memory(app().metrics(), "accounts.account", read), 200);
  const auto lost =
      admin().patch("/v1/accounts/" + std::to_string(client_), R"({"consultancy_account": null})");
  ASSERT_EQ(lost.status, 200) << lost.body;
  EXPECT_EQ(read(), 404);
}

TEST_F(UsersInAccounts, WhoeverIsMadeWithoutAnAccountBelongsToTheDefaultOne) {
  EXPECT_EQ(account_of(1), kDefault) << "the first admin";
  const auto reply = admin().post("/v1/users", R"({"username": "ada"})");
  EXPECT_NE(reply.body.find(R"("name":"Default")"), std::string::npos) << reply.body;
  ASSERT_EQ(app().run("user create bob", {"enchantress of number"}).exit_code, 0);
  EXPECT_EQ(account_of(3), kDefault);
}

TEST_F(UsersInAccounts, AtTheStartAllWithoutAnAccountAreGivenTheDefaultOne) {
  const std::int64_t ada = create("ada", client_);
  const std::int64_t bob = create("bob", client_);
  ASSERT_TRUE(app().storage().write([&](Session& db) {
    return db.run(Sql("update users_user set account = null where number = :number"), bob);
  }));
  start_again();
  EXPECT_EQ(account_of(bob), kDefault);
  EXPECT_EQ(account_of(ada), client_);
}

// Who makes users where. 0: the body names no account.
TEST_F(UsersInAccounts, UsersAreMadeOnlyWhereTheirMakerAdministers) {
  const Roles nobody;
  struct Case {
    const char* name;
    Roles roles;
    std::int64_t own;
    std::int64_t named;
    int status;
    std::int64_t account;  // where the user is then
  };
  const std::int64_t unknown = 4711;
  const Case cases[] = {
      {"admin, any", Role::Admin, 1, other_, 201, other_},
      {"admin, none named", Role::Admin, client_, 0, 201, 1},
      {"admin, unknown", Role::Admin, 1, unknown, 422, 0},
      {"staff, any", Role::Staff, client_, other_, 201, other_},
      {"staff, none named", Role::Staff, client_, 0, 201, 1},
      {"staff, unknown", Role::Staff, 1, unknown, 422, 0},
      {"account-admin, none named", Role::AccountAdmin, client_, 0, 201, client_},
      {"account-admin, own", Role::AccountAdmin, client_, client_, 201, client_},
      {"account-admin, another", Role::AccountAdmin, client_, other_, 403, 0},
      {"account-admin, unknown", Role::AccountAdmin, client_, unknown, 403, 0},
      {"account-admin of the consultancy, client",
       Role::AccountAdmin,
       consultancy_,
       client_,
       403,
       0},
      {"consultant, client", Role::Consultant, consultancy_, client_, 201, client_},
      {"consultant, none named", Role::Consultant, consultancy_, 0, 403, 0},
      {"consultant, own", Role::Consultant, consultancy_, consultancy_, 403, 0},
      {"consultant, another", Role::Consultant, consultancy_, other_, 403, 0},
      {"consultant of the client, the consultancy",
       Role::Consultant,
       client_,
       consultancy_,
       403,
       0},
      {"admin-reader", Role::AdminReader, client_, client_, 403, 0},
      {"nobody", nobody, client_, client_, 403, 0},
      {"nobody, none named", nobody, client_, 0, 403, 0},
  };
  int made = 0;
  for (const Case& one : cases) {
    const std::string account = one.named == 0 ? "" : ", \"account\": " + std::to_string(one.named);
    const auto reply =
        as(900, one.roles, one.own)
            .post("/v1/users",
                  "{\"username\": \"made" + std::to_string(++made) + "\"" + account + "}");
    EXPECT_EQ(reply.status, one.status) << one.name << reply.body;
    if (reply.status == 201) {
      EXPECT_EQ(account_of(std::stoll(member(reply.body, "number"))), one.account) << one.name;
    }
  }
}

TEST_F(UsersInAccounts, AnAccountIsNamedByIdOrNumberAndWhatIsNoneIsToldWithAllElse) {
  const auto by_id =
      admin().post("/v1/users", R"({"username": "ada", "account": ")" + id_of(other_) + "\"}");
  ASSERT_EQ(by_id.status, 201) << by_id.body;
  EXPECT_EQ(account_of(2), other_);
  const auto wrong = admin().post(
      "/v1/users", R"({"username": "me", "account": "Other-Works", "timezone": "Mars"})");
  EXPECT_EQ(wrong.status, 422);
  for (const char* field : {"/username", "/account", "/timezone"}) {
    EXPECT_NE(wrong.body.find(field), std::string::npos) << field << wrong.body;
  }
}

TEST_F(UsersInAccounts, APatchNeverMoves) {
  const std::int64_t ada = create("ada", client_);
  const std::string body = "{\"account\": " + std::to_string(other_) + "}";
  EXPECT_EQ(admin().patch(path(ada), body).status, 422);
  EXPECT_EQ(as(ada, {}, client_).patch(path(ada), body).status, 403);
  EXPECT_EQ(as(900, Role::AccountAdmin, client_).patch(path(ada), body).status, 403);
  EXPECT_EQ(account_of(ada), client_);
}

TEST_F(UsersInAccounts, AConsultantReachesTheUsersOfClientsLikeTheirAccountAdmin) {
  const std::int64_t ada = create("ada", client_, R"(, "email": "ada@example.org")");
  const std::int64_t head = create("head", client_, R"(, "roles": ["account-admin"])");
  const std::int64_t bob = create("bob", other_);
  const std::int64_t cyd = create("cyd", consultancy_);
  const auto consultant = as(cyd, Role::Consultant, consultancy_);
  EXPECT_EQ(consultant.get(path(ada)).status, 200);
  EXPECT_EQ(consultant.get(path(bob)).status, 404);
  EXPECT_EQ(consultant.get(path(1)).status, 404);
  EXPECT_EQ(consultant.patch(path(ada), R"({"organization": "Engines"})").status, 200);
  EXPECT_EQ(consultant.patch(path(head), R"({"active": false})").status, 200);
  EXPECT_EQ(consultant.patch(path(ada), R"({"roles": ["account-admin"]})").status, 200);
  EXPECT_EQ(consultant.patch(path(ada), R"({"roles": ["account-admin", "consultant"]})").status,
            403);
  EXPECT_EQ(consultant.post(path(ada) + "/password-reset", "").status, 204);
  EXPECT_EQ(names_in(consultant.get("/v1/users?active=any&sort=username&order=asc").body),
            " ada cyd head");
  EXPECT_EQ(consultant.remove(path(ada)).status, 204);
  // One level: who consults for the consultancy does not reach its clients.
  const std::int64_t above = add_account("Above");
  EXPECT_EQ(as(901, Role::Consultant, above).get(path(head)).status, 404);
}

TEST_F(UsersInAccounts, AListOfAnAccountShowsItsUsersToWhoReachesThem) {
  create("ada", client_);
  create("bob", other_);
  const std::int64_t cyd = create("cyd", consultancy_);
  const std::string client = "/v1/users?account=" + std::to_string(client_);
  EXPECT_EQ(names_in(admin().get(client).body), " ada");
  EXPECT_EQ(names_in(admin().get("/v1/users?account=" + id_of(other_)).body), " bob");
  EXPECT_EQ(names_in(as(cyd, Role::Consultant, consultancy_).get(client).body), " ada");
  // In one's own account only oneself is in reach.
  EXPECT_EQ(
      names_in(
          as(cyd, {}, consultancy_).get("/v1/users?account=" + std::to_string(consultancy_)).body),
      " cyd");
  // One out of reach and one that is not there are the same.
  for (const std::string& account :
       {std::to_string(other_), std::string("4711"), std::string("x")}) {
    const auto reply = as(cyd, Role::Consultant, consultancy_).get("/v1/users?account=" + account);
    EXPECT_EQ(reply.status, 400) << account;
    EXPECT_EQ(member(reply.body, "code"), "unknown_account") << reply.body;
  }
}

class AccountSearch : public UsersInAccounts {
 protected:
  std::string found(const Principal& who, const UserListing& listing) {
    UserListing sorted = listing;
    sorted.sort = UserListing::Sort::Username;
    sorted.descending = false;
    const auto& directory = app().services().require<UserDirectory>();
    std::string names;
    const auto read = app().storage().read([&](Session& db) -> Result<None> {
      names.clear();
      GATEHOUSE_TRY(const auto users, directory.list(db, who, sorted));
      for (const UserRecord& user : users) names += " " + user.username.value_or("-");
      GATEHOUSE_TRY(const auto count, directory.count(db, who, sorted));
      EXPECT_EQ(count, static_cast<std::int64_t>(users.size()));
      return None{};
    });
    EXPECT_TRUE(read) << read.error().message;
    return names;
  }
};

TEST_F(AccountSearch, WordsMayBeOfTheAccountsName) {
  create("ada", client_);
  create("worksop", client_);
  create("bob", other_);
  create("eve", consultancy_);
  Principal who;
  who.user = 900;
  who.roles = Role::AdminReader;
  UserListing listing;
  listing.text_in = UserListing::kAnyField | UserListing::kAccountName;
  listing.text = "works";
  EXPECT_EQ(found(who, listing), " ada bob worksop");
  listing.text = "CLIENT ada";
  EXPECT_EQ(found(who, listing), " ada");
  listing.text = "other client";
  EXPECT_EQ(found(who, listing), "");
  listing.text_in = UserListing::kAnyField;
  listing.text = "works";
  EXPECT_EQ(found(who, listing), " worksop");
  listing.text_in = UserListing::kAccountName;
  listing.text = "\u200b";
  EXPECT_EQ(found(who, listing), "");
  // No further than the reader sees.
  listing.text = "works";
  who.roles = Role::Consultant;
  who.account = consultancy_;
  EXPECT_EQ(found(who, listing), " ada worksop");
  listing.text = "";
  listing.account = client_;
  EXPECT_EQ(found(who, listing), " ada worksop");
}

class AccountCommands : public UsersInAccounts {
 protected:
  void SetUp() override {
    UsersInAccounts::SetUp();
    std::string folder = ::testing::TempDir() + "accounts-XXXXXX";  // tests run side by side
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  testing::CommandRun import(const std::vector<std::string>& lines) {
    const std::string path = (folder_ / "users.ndjson").string();
    std::ofstream file(path, std::ios::binary);
    for (const std::string& line : lines) file << line << '\n';
    file.close();
    return app().run("import users " + path);
  }
  static std::string errors_of(const testing::CommandRun& run) {
    std::string text;
    for (const std::string& line : run.errors) text += line + "\n";
    return text;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(AccountCommands, AUserIsCreatedInAnAccountByIdNumberOrName) {
  const std::vector<std::string> password = {"enchantress of number"};
  std::int64_t number = 1;
  for (const std::string& account :
       {std::to_string(client_), id_of(client_), std::string("CLIENT-works")}) {
    const std::string name = "user" + std::to_string(++number);
    const auto run = app().run("user create " + name + " --account " + account, password);
    ASSERT_EQ(run.exit_code, 0) << errors_of(run);
    EXPECT_EQ(account_of(number), client_) << account;
  }
  for (const char* account : {"4711", "Nowhere", "65f1c0ffee00000000000001", "12x"}) {
    const auto run = app().run("user create eve --account " + std::string(account), password);
    EXPECT_EQ(run.exit_code, 1) << account;
    EXPECT_EQ(errors_of(run), "account is no account that there is.\n");
  }
}

TEST_F(AccountCommands, AnImportTakesIdNumberOrName) {
  const auto run = import({R"({"username": "ada", "account": )" + std::to_string(client_) + "}",
                           R"({"username": "bob", "account": ")" + id_of(client_) + "\"}",
                           R"({"username": "cyd", "account": "client-WORKS"})",
                           R"({"username": "dan"})",
                           R"({"username": "eve", "account": null})"});
  ASSERT_EQ(run.exit_code, 0) << errors_of(run);
  const std::vector<std::int64_t> expected = {client_, client_, client_, kDefault, kDefault};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(account_of(static_cast<std::int64_t>(i) + 2), expected[i]) << i;
  }
  const auto wrong = import(
      {R"({"username": "fay", "account": "Nowhere"})", R"({"username": "gus", "account": 4711})"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(errors_of(wrong).find(":1: /account is no account that there is."), std::string::npos);
  EXPECT_NE(errors_of(wrong).find(":2: /account is no account that there is."), std::string::npos);
}

TEST_F(AccountCommands, AnExportReadsBackIntoTheSameAccounts) {
  // A name that looks like an id is written as the id it belongs to.
  const std::int64_t odd = add_account("65f1c0ffee00000000000009");
  create("ada", client_);
  create("bob", odd);
  create("cyd", other_);
  const auto first = app().run("export users").output;
  ASSERT_EQ(first.size(), 4U);
  EXPECT_NE(first[1].find(R"("account":"Client-Works")"), std::string::npos) << first[1];
  ASSERT_TRUE(app().storage().write([](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(db.run(Sql("delete from users_user")));
    return None{};
  }));
  const auto run = import(first);
  ASSERT_EQ(run.exit_code, 0) << errors_of(run);
  EXPECT_EQ(app().run("export users").output, first);
  EXPECT_EQ(account_of(3), odd);
}

}  // namespace
}  // namespace gatehouse::users
