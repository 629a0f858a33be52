// Users whose api_access is false: what is left to them (security.md 4).
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

class ApiAccess : public UsersTest {
 protected:
  testing::Client without_access(std::int64_t number, Roles roles = {}, std::int64_t actor = 0) {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.roles = roles;
    who.api_access = false;
    who.actor = actor;
    who.method = "basic";
    return app().as(who);
  }
};

TEST_F(ApiAccess, LeavesOnesOwnUserAndNothingElse) {
  const std::int64_t ada = create("ada");
  const std::int64_t bob = create("bob");
  const auto client = without_access(ada);
  EXPECT_EQ(client.get("/v1/users/me").status, 200);
  EXPECT_EQ(client.get("/v1/users/" + std::to_string(ada)).status, 200);
  EXPECT_EQ(client.patch("/v1/users/me", R"({"first_name": "Ada"})").status, 200);
  struct Case {
    std::string_view method;
    std::string target;
    std::string_view body;
  };
  const Case cases[] = {
      {"GET", "/v1/users", ""},
      {"POST", "/v1/users", R"({"username": "eve"})"},
      {"GET", "/v1/users/" + std::to_string(bob), ""},
      {"PATCH", "/v1/users/" + std::to_string(bob), "{}"},
      {"DELETE", "/v1/users/me", ""},
      {"GET", "/v1/roles", ""},
      {"GET", "/v1/users/99999", ""},
  };
  for (const Case& c : cases) {
    const auto reply = client.send(c.method, c.target, c.body);
    EXPECT_EQ(reply.status, 403) << c.method << ' ' << c.target;
    EXPECT_EQ(member(reply.body, "code"), "no_api_access") << reply.body;
  }
}

TEST_F(ApiAccess, DoesNotConcernAdminsAndStaffButTheirDelegates) {
  EXPECT_EQ(without_access(1, Role::Admin).get("/v1/users").status, 200);
  EXPECT_EQ(without_access(900, Role::Staff).get("/v1/users").status, 200);
  EXPECT_EQ(without_access(900, Role::AdminReader).get("/v1/users").status, 403);
  EXPECT_EQ(without_access(900, Role::AccountAdmin).get("/v1/users").status, 403);
  EXPECT_EQ(without_access(1, Role::Admin, 5).get("/v1/users").status, 403);
}

TEST_F(ApiAccess, IsTakenAwayFromTheNextRequestOn) {
  const std::int64_t ada = create("ada", R"(, "password": "enchantress of number")");
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/roles").status, 200);
  const std::string target = "/v1/users/" + std::to_string(ada);
  ASSERT_EQ(admin().patch(target, R"({"api_access": false})").status, 200);
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/roles").status, 403);
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/users/me").status, 200);
  EXPECT_EQ(
      basic("ada", "enchantress of number").patch("/v1/users/me", R"({"api_access": true})").status,
      403)
      << "not by oneself";
  ASSERT_EQ(admin().patch(target, R"({"api_access": true})").status, 200);
  EXPECT_EQ(basic("ada", "enchantress of number").get("/v1/roles").status, 200);
}

}  // namespace
}  // namespace gatehouse::users
