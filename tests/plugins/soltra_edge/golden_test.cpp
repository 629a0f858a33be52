// Every example of seed document 004, body for body: tests/golden/soltra_edge.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraGolden : public SoltraTest {
 protected:
  // Bob of the document: all that a user can have, and no names.
  std::string make_bob() {
    const std::string id = create("Bob",
                                  R"(, "is_superuser": true, "is_staff": true,
        "allow_rest_access": true, "memberships": ["WHITE", "GREEN", "AMBER", "RED"])");
    root().patch(path_of(id),
                 R"({"first_name": null, "last_name": null, "email": "bob@example.com"})");
    return id;
  }
};

TEST_F(SoltraGolden, Users) {
  const std::string bob = make_bob();
  expect_seed("list_users.json", 200, root().get("/api/users/?username=bob"));
  expect_seed("read_user.json", 200, root().get(path_of(bob)));
  const Reply made = root().post(kUsers, request_body("create_user.request.json"));
  expect_seed("create_user.json", 201, made);
  const std::string path = path_of(json_member(made.body, "id"));
  expect_seed(
      "update_user.json", 202, root().patch(path, request_body("update_user.request.json")));
  const Reply gone = root().remove(path);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
}

TEST_F(SoltraGolden, EveryArgumentOfAUser) {
  const Reply made = root().post(kUsers, request_body("create_user_whole.request.json"));
  expect_seed("create_user_whole.json", 201, made);
  const std::string path = path_of(json_member(made.body, "id"));
  expect_seed("update_user_whole.json",
              202,
              root().patch(path, request_body("update_user_whole.request.json")));
}

TEST_F(SoltraGolden, Tokens) {
  const std::string bob = make_bob();
  const Reply made = root().post(tokens_of(bob), request_body("create_token.request.json"));
  expect_seed("create_token.json", 201, made);
  const std::string path = tokens_of(bob) + json_member(made.body, "id") + "/";
  expect_seed("list_tokens.json", 200, root().get(tokens_of(bob)));
  expect_seed("read_token.json", 200, root().get(path));
  expect_seed(
      "update_token.json", 202, root().patch(path, request_body("update_token.request.json")));
  const Reply gone = root().remove(path);
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
}

TEST_F(SoltraGolden, History) {
  const std::string bob = make_bob();
  EXPECT_EQ(basic("bob").get(path_of(bob)).status, 200);
  expect_seed("history.json", 200, root().get(path_of(bob) + "history/"));
}

}  // namespace
}  // namespace gatehouse::soltra_edge
