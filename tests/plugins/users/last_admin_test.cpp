// The last admin who can sign in for good stays, whatever is tried at once (security.md 5).
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "users_fixture.hpp"

namespace gatehouse::users {
namespace {

class LastAdmin : public UsersTest {
 protected:
  std::int64_t make_admin(std::string_view name) {
    const auto made =
        app().run("user create " + std::string(name) + " --admin", {"bug in the relay"});
    EXPECT_EQ(made.exit_code, 0);
    return std::stoll(
        member(admin().get("/v1/users?username=" + std::string(name)).body, "number"));
  }
  static std::string path(std::int64_t number) { return "/v1/users/" + std::to_string(number); }
};

constexpr std::string_view kWaysOut[] = {
    R"({"active": false})",
    R"({"roles": []})",
    R"({"roles": ["staff"]})",
    R"({"locked": true})",
    R"({"expires_at": "2001-01-01T00:00:00Z"})",
    R"({"expires_at": "2999-01-01T00:00:00Z"})",
    R"({"password_expires_at": "2999-01-01T00:00:00Z"})",
    R"({"active": false, "roles": [], "locked": true})",
};

TEST_F(LastAdmin, CannotBeSwitchedOffInAnyWay) {
  for (const std::string_view body : kWaysOut) {
    const auto reply = admin().patch("/v1/users/1", body);
    EXPECT_EQ(reply.status, 409) << body << ": " << reply.body;
    EXPECT_EQ(member(reply.body, "code"), "last_admin") << body;
  }
  EXPECT_EQ(admin().remove("/v1/users/1").status, 409);
  EXPECT_EQ(admin().patch("/v1/users/1", R"({"active": true, "locked": false})").status, 200);
  EXPECT_EQ(basic("admin", kAdminPassword).get("/v1/users/me").status, 200);
}

// Whoever cannot sign in today, or will not be able to one day, does not count as another admin.
TEST_F(LastAdmin, IsNotReplacedByOneWhoCannotSignInForGood) {
  int made = 0;
  for (const std::string_view body : kWaysOut) {
    const std::int64_t other = make_admin("grace" + std::to_string(++made));
    ASSERT_EQ(admin().patch(path(other), body).status, 200) << body;
    EXPECT_EQ(admin().remove("/v1/users/1").status, 409) << "with the other one " << body;
    ASSERT_EQ(admin().remove(path(other)).status, 204) << body;
  }
}

TEST_F(LastAdmin, IsLeftWhenTwoGoAtOnce) {
  for (int round = 0; round < 20; ++round) {
    const std::int64_t other = make_admin("grace" + std::to_string(round));
    const auto one = as(1, Role::Admin);
    const auto two = as(other, Role::Admin);
    int statuses[2] = {0, 0};
    {
      std::vector<std::thread> both;
      both.emplace_back(
          [&] { statuses[0] = two.patch("/v1/users/1", R"({"locked": true})").status; });
      both.emplace_back([&] { statuses[1] = one.remove(path(other)).status; });
      for (std::thread& thread : both) thread.join();
    }
    const bool locked = statuses[0] == 200;
    const bool removed = statuses[1] == 204;
    EXPECT_NE(locked, removed) << statuses[0] << " and " << statuses[1];
    if (locked) {
      EXPECT_EQ(two.patch("/v1/users/1", R"({"locked": false})").status, 200);
    }
    if (!removed) {
      EXPECT_EQ(one.remove(path(other)).status, 204);
    }
  }
}

}  // namespace
}  // namespace gatehouse::users
