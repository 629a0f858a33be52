// The bodies of answers about managed users. SPDX-License-Identifier: Apache-2.0
#include <regex>
#include <string>

#include "managed_users_fixture.hpp"
#include "tests/plugins/golden_bodies.hpp"

namespace gatehouse::managed_users {
namespace {

class ManagedUserGolden : public ManagedUsersTest {
 protected:
  static void expect(const std::string& name, int status, testing::Reply reply) {
    const std::regex token(R"("access_token":"[\w-]+\.[\w-]+\.[\w-]+")");
    reply.body = std::regex_replace(reply.body, token, R"("access_token":"<access token>")");
    testing::expect_golden("managed_users/" + name, status, reply);
  }
};

TEST_F(ManagedUserGolden, Answers) {
  const auto made = ada().post(kPath, R"({"first_name": "Bob", "last_name": "Smit"})");
  expect("create.json", 201, made);
  const std::string path = managed(made).path();
  app().clock().advance(std::chrono::minutes(1));
  expect(
      "change.json", 200, ada().patch(path, R"({"last_name": null, "timezone": "Europe/Paris"})"));
  expect("read.json", 200, ada().get(path));
  make(ada(), "Carol");
  expect("list.json", 200, ada().get(std::string(kPath) + "?limit=1"));
  expect("list_of_none.json", 200, eve().get(kPath));
  ASSERT_EQ(ada().post(path + "/handover", kToBob).status, 202);
  expect("handover.json", 200, ada().get(path + "/handover"));
  expect("delegated_token.json", 201, ada().post(path + "/delegated-token", ""));
}

TEST_F(ManagedUserGolden, Errors) {
  start({{"managed_per_user", "1"}});
  const Managed bob = make(ada());
  expect("400_words.json", 400, ada().get(std::string(kPath) + "?text=1+2+3+4+5+6+7+8+9"));
  expect("404.json", 404, eve().get(bob.path()));
  expect("409_limit.json", 409, ada().post(kPath, R"({"first_name": "Carol"})"));
  expect(
      "409_username.json",
      409,
      ada().post(bob.path() + "/handover", R"({"email": "bob@example.org", "username": "eve"})"));
  expect("422_form.json", 422, ada().post(kPath, R"({"last_name": 1, "username": "bob"})"));
  expect("422_values.json",
         422,
         ada().patch(bob.path(), R"({"first_name": "\u0007", "timezone": "Mars/Olympus"})"));
  expect("422_handover.json",
         422,
         ada().post(bob.path() + "/handover", R"({"email": "nowhere", "username": "me"})"));
  start({}, Tokens::Missing);
  expect("409_tokens.json", 409, ada().post(make(ada()).path() + "/delegated-token", ""));
}

}  // namespace
}  // namespace gatehouse::managed_users
