// The examples of the API documents of FlexMeasures: their requests, and the bodies of all answers.
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include "flexmeasures_fixture.hpp"
#include "tests/plugins/golden_bodies.hpp"

namespace gatehouse::flexmeasures {
namespace {

class FlexMeasuresGolden : public FlexMeasuresTest {
 protected:
  // Account 2, consultancy of account 3, in which are the user of the examples and an
  // account-admin.
  void SetUp() override { begin(); }
  // With the settings of config/gatehouse.flexmeasures.yaml.
  void begin() {
    begin_with({.settings = {{"reveal_unknown_email", "true"}, {"max_unpaged_rows", "3"}},
                .policy = {{"members_may_edit_account", "true"}},
                .users = {{"throttle.per_user", "4"}}});
  }
  // With the safe defaults.
  void begin_safely() {
    begin_with({.settings = {{"max_unpaged_rows", "3"}}, .users = {{"throttle.per_user", "4"}}});
  }
  void begin_with(const Given& given) {
    start(given);
    const std::int64_t consultancy = world().make_account("Consultancy", 0);
    account_ = world().make_account("Test Account", 0);
    ASSERT_EQ(consultancy, 2);
    prosumer_ = place(account_, Roles(Role::Admin) | Role::Staff);
    head_ = place(account_, Role::AccountAdmin);
    member_ = place(world().default_account());
    prosumer_client_.emplace(as(prosumer_));
    ASSERT_EQ(prosumer_client_
                  ->patch(user(prosumer_),
                          R"({"email": "test_prosumer@seita.nl", "username": "Test Prosumer User",)"
                          R"( "timezone": "Europe/Amsterdam"})")
                  .status,
              200);
    ASSERT_EQ(world()
                  .root()
                  .patch("/v1/accounts/" + std::to_string(account_),
                         R"({"roles": ["Prosumer", "Supplier"]})")
                  .status,
              200);
  }

  const testing::Client& prosumer() { return *prosumer_client_; }

  static std::string request(const std::string& name) {
    std::ifstream file(GATEHOUSE_GOLDEN_FOLDER "/flexmeasures/requests/" + name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void expect(const std::string& name, int status, testing::Reply reply) {
    const std::regex token(R"("auth_token":"\w+")");
    reply.body = std::regex_replace(reply.body, token, R"("auth_token":"<token>")");
    testing::expect_golden("flexmeasures/" + name, status, reply);
  }

  void expect_errors() {
    as(member_);
    const std::string one = user(head_);
    expect("400.json", 400, prosumer().patch(one, "{\"active\": false,}"));
    expect(
        "400_duplicate.json", 400, as(head_).patch(one, R"({"username": "test prosumer user"})"));
    expect("401.json", 401, anonymous().get("/api/v3_0/users"));
    expect(
        "401_password.json", 401, anonymous().post(kTokenPath, credentials(email_of(head_), "x")));
    expect("403.json", 403, as(head_).get(account(2)));
    expect("404.json", 404, prosumer().get("/api/v3_0/nothing"));
    expect("404_account.json", 404, prosumer().get(account(999)));
    expect("404_user.json", 404, prosumer().get("/api/v3_0/users/999"));
    expect("405.json", 405, prosumer().remove(one));
    expect("413.json", 413, prosumer().patch(one, std::string(70'000, ' ')));
    expect("422_body.json", 422, prosumer().patch(one, R"({"id": 1, "active": 7})"));
    expect("422_consultancy.json",
           422,
           prosumer().patch(account(account_), R"({"consultancy_account_id": 999})"));
    expect("422_query.json", 422, prosumer().get("/api/v3_0/accounts?page=0"));
    expect("503.json", 503, prosumer().get("/api/v3_0/users"));
    for (int i = 0; i < 2; ++i) anonymous().post(kTokenPath, credentials("y@seita.nl", "x"));
    expect("429.json",
           429,
           anonymous()
               .with("X-Forwarded-For", "192.0.2.9")
               .post(kTokenPath, credentials("y@seita.nl", "x")));
  }

  std::int64_t account_ = 0;
  identity::Person prosumer_, head_, member_;
  std::optional<testing::Client> prosumer_client_;
};

TEST_F(FlexMeasuresGolden, Users) {
  expect("user.json", 200, prosumer().get(user(prosumer_)));
  const std::string list = "/api/v3_0/users?account_id=" + std::to_string(account_);
  expect("users.json", 200, prosumer().get(list));
  expect("users_page.json", 200, prosumer().get(list + "&page=1"));
  expect("user_patch.json", 200, prosumer().patch(user(head_), request("user_patch.json")));
  expect("users_inactive.json", 200, prosumer().get(list + "&include_inactive=true"));
  expect("user_auditlog.json", 200, prosumer().get(user(head_, "/auditlog")));
  expect("user_auditlog_page.json", 200, prosumer().get(user(head_, "/auditlog?page=1")));
}

TEST_F(FlexMeasuresGolden, Accounts) {
  expect("account_patch.json",
         200,
         prosumer().patch(account(account_), request("account_patch.json")));
  expect("account.json", 200, prosumer().get(account(account_)));
  expect("accounts.json", 200, as(head_).get("/api/v3_0/accounts"));
  expect("accounts_page.json", 200, as(head_).get("/api/v3_0/accounts?page=1"));
  expect("account_auditlog.json", 200, prosumer().get(account(account_, "/auditlog")));
}

TEST_F(FlexMeasuresGolden, SigningIn) {
  expect("request_auth_token.json",
         200,
         anonymous().post(kTokenPath, request("request_auth_token.json")));
  expect("versions.json", 200, anonymous().get("/api/"));
  expect("password_reset.json", 200, prosumer().patch(user(head_, "/password-reset"), ""));
}

// Every error of contracts/flexmeasures.md, 1.1, but those of the settings.
TEST_F(FlexMeasuresGolden, Errors) {
  expect_errors();
  expect("404_email.json", 404, anonymous().post(kTokenPath, credentials("x@seita.nl", "x")));
  EXPECT_EQ(as(member_).patch(account(1), "{}").status, 200);
}

TEST_F(FlexMeasuresGolden, ErrorsWithTheSafeDefaults) {
  begin_safely();
  expect_errors();
  expect("401_password.json", 401, anonymous().post(kTokenPath, credentials("x@seita.nl", "x")));
  expect("403.json", 403, as(member_).patch(account(1), "{}"));
}

}  // namespace
}  // namespace gatehouse::flexmeasures
