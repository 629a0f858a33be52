// The bodies of answers about accounts. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "accounts_fixture.hpp"
#include "tests/plugins/golden_bodies.hpp"

namespace gatehouse::accounts {
namespace {

class Golden : public AccountsTest {
 protected:
  void SetUp() override {
    AccountsTest::SetUp();
    keeper_ = create("Keeper");
    engines_ = create("Engines",
                      R"(, "roles": ["Prosumer", "a"], "primary_color": "#1a3443",
        "logo_url": "https://example.org/logo.svg")" +
                          consultancy(keeper_));
  }

  static void expect(const std::string& name, int status, const testing::Reply& reply) {
    testing::expect_golden("accounts/" + name, status, reply);
  }

  std::int64_t keeper_ = 0;
  std::int64_t engines_ = 0;
};

TEST_F(Golden, Accounts) {
  expect("create.json", 201, admin().post("/v1/accounts", R"({"name": "Bare"})"));
  expect("read.json", 200, as(engines_).get(path(engines_)));
  expect("change.json",
         200,
         as(engines_, Role::AccountAdmin)
             .patch(path(engines_), R"({"name": "Motors", "primary_color": null})"));
  expect("list.json", 200, admin().get("/v1/accounts?text=e&sort=created&limit=2"));
  expect("list_of_none.json", 200, admin().get("/v1/accounts?text=nothing"));
}

TEST_F(Golden, Errors) {
  expect("400_cursor.json", 400, admin().get("/v1/accounts?cursor=x"));
  expect("400_words.json", 400, admin().get("/v1/accounts?text=1%202%203%204%205%206%207%208%209"));
  expect("403.json", 403, as(engines_).remove(path(engines_)));
  expect("403_field.json", 403, as(engines_).patch(path(engines_), R"({"roles": []})"));
  expect("404.json", 404, as(keeper_).get(path(engines_)));
  expect("409_name.json", 409, admin().post("/v1/accounts", R"({"name": "ENGINES"})"));
  expect("409_default.json", 409, admin().remove(path(1)));
  expect("409_clients.json", 409, admin().remove(path(keeper_)));
  expect(
      "422_form.json", 422, admin().post("/v1/accounts", R"({"name": 1, "roles": "a", "x": 1})"));
  expect("422_values.json",
         422,
         admin().patch(path(keeper_), R"({"name": " x", "roles": ["a", ""], "consultancy_account":
             3, "primary_color": "red", "logo_url": "ftp://a"})"));
}

}  // namespace
}  // namespace gatehouse::accounts
