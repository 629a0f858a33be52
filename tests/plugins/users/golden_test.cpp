// The bodies of answers about users. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "accounts_fixture.hpp"
#include "tests/plugins/golden_bodies.hpp"
#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

void expect(const std::string& name, int status, const testing::Reply& reply) {
  testing::expect_golden("users/" + name, status, reply);
}

class Golden : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    ada_ = create("ada", R"(, "email": "Ada@Example.org", "first_name": "Ada", "last_name":
        "Lovelace", "timezone": "Europe/London", "description": "Counts.", "organization":
        "Engines", "roles": ["consultant"], "clearances": ["WHITE", "RED"], "expires_at":
        "2030-01-01T00:00:00Z")");
  }

  std::string ada() const { return "/v1/users/" + std::to_string(ada_); }

  std::int64_t ada_ = 0;
};

TEST_F(Golden, Users) {
  expect("create.json", 201, admin().post("/v1/users", R"({"username": "bob"})"));
  expect("read_by_admin.json", 200, admin().get(ada()));
  expect("read_by_reader.json", 200, as(900, Role::AdminReader).get(ada()));
  expect("change.json",
         200,
         as(ada_).patch("/v1/users/me", R"({"preferences": {"z": [1, {}], "a": "\u00fc\""},
             "email": null})"));
  expect("list.json", 200, admin().get("/v1/users?limit=2"));
  expect("list_of_none.json", 200, admin().get("/v1/users?text=nobody"));
  expect("roles.json", 200, admin().get("/v1/roles"));
}

TEST_F(Golden, SignIns) {
  create("bob", R"(, "password": "enchantress of number")");
  for (const std::string_view password : {"analytical engine", "enchantress of number"}) {
    (void)basic("bob", password).with("User-Agent", "curl/7.88.1").get("/v1/users/me");
  }
  expect("login_history.json", 200, admin().get("/v1/users/3/login-history"));
  expect("login_history_of_none.json", 200, admin().get(ada() + "/login-history"));
}

TEST_F(Golden, Errors) {
  expect("400_json.json", 400, admin().post("/v1/users", "{"));
  expect("400_cursor.json", 400, admin().get("/v1/users?cursor=x"));
  expect("400_account.json", 400, admin().get("/v1/users?account=7"));
  expect("401.json", 401, app().anonymous().get("/v1/users"));
  expect("403.json", 403, as(ada_).remove("/v1/users/me"));
  expect("403_field.json", 403, as(ada_).patch("/v1/users/me", R"({"locked": false})"));
  expect("403_role.json", 403, admin().patch(ada(), R"({"roles": ["admin"]})"));
  expect("404.json", 404, as(900).get(ada()));
  expect("405.json", 405, admin().put(ada(), "{}"));
  expect("409_username.json", 409, admin().post("/v1/users", R"({"username": "ADA"})"));
  expect("409_email.json",
         409,
         admin().post("/v1/users", R"({"username": "bob", "email": "ada@example.ORG"})"));
  expect("409_last_admin.json", 409, admin().remove("/v1/users/me"));
  for (int i = 0; i < 50; ++i) (void)basic("nobody", "analytical engine").get("/v1/users/me");
  expect("429.json", 429, basic("nobody", "analytical engine").get("/v1/users/me"));
  expect("415.json",
         415,
         admin().with("Content-Type", "text/plain").post("/v1/users", R"({"username": "x"})"));
  expect("422_form.json",
         422,
         admin().post("/v1/users", R"({"username": 1, "clearances": ["BLUE"], "x": null})"));
  expect("422_values.json",
         422,
         admin().post("/v1/users", R"({"username": "me", "email": "x", "account": 7, "timezone":
             "Mars", "clearances": ["RED", "WHITE"], "can_inbox": null, "password": "me"})"));
}

TEST_F(UsersInAccounts, BodiesAreThoseOfTheGoldenFiles) {
  const std::int64_t ada = create("ada", client_, R"(, "roles": ["account-admin"])");
  expect("read_in_account.json", 200, admin().get(path(ada)));
  expect("list_of_account.json", 200, admin().get("/v1/users?account=3"));
  expect("400_unknown_account.json", 400, admin().get("/v1/users?account=4711"));
  expect("403_account.json",
         403,
         as(ada, Role::AccountAdmin, client_)
             .post("/v1/users", R"({"username": "bob", "account": 4})"));
  expect("422_account.json", 422, admin().post(path(ada) + "/move", R"({"account": 4711})"));
  expect("422_patch_account.json", 422, admin().patch(path(ada), R"({"account": 4})"));
  expect("409_account_in_use.json", 409, admin().remove("/v1/accounts/3"));
  expect("move.json", 200, admin().post(path(ada) + "/move", R"({"account": 4})"));
}

}  // namespace
}  // namespace gatehouse::users
