// The example of seed document 003 and the bodies of the other answers.
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/golden_bodies.hpp"
#include "wotkit_fixture.hpp"

namespace gatehouse::wotkit {
namespace {

class WotkitGolden : public WotkitTest {
 protected:
  static void expect(const std::string& name, int status, const testing::Reply& reply) {
    testing::expect_golden("wotkit/" + name, status, reply);
  }
  // A body of tests/golden that is sent.
  static std::string request(const std::string& name) {
    std::ifstream file(std::string(GATEHOUSE_GOLDEN_FOLDER "/wotkit/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(WotkitGolden, ViewingASingleUserAnswersAsInTheExample) {
  const auto named = root().patch(
      "/v1/users/1",
      R"({"username": "sensetecnic", "email": "info@sensetecnic.com", "first_name": "Sense",
          "last_name": "Tecnic"})");
  ASSERT_EQ(named.status, 200) << named.body;
  expect("view_user.json", 200, basic("sensetecnic", kAdminPassword).get(path_of("1")));
}

// Which ids come next, the engines see differently.
testing::Reply without_id(testing::Reply reply) {
  reply.body = std::regex_replace(reply.body, std::regex(R"("id":\d+)"), R"("id":"<number>")");
  return reply;
}

TEST_F(WotkitGolden, Answers) {
  const auto made = admin().post(kUsers, request("create_user_request.json"));
  expect("create_user.json", 201, without_id(made));
  const auto changed = admin().put(path_of("newuser"), request("update_user_request.json"));
  EXPECT_EQ(changed.status, 204);
  EXPECT_EQ(changed.body, "");
  expect("updated_user.json", 200, without_id(admin().get(path_of("newuser"))));
  const std::string users(kUsers);
  expect("list_users.json", 200, without_id(admin().get(users + "?limit=2&text=newuser")));
  expect("list_of_none.json", 200, admin().get(users + "?text=nobody"));
}

}  // namespace
}  // namespace gatehouse::wotkit
