// What the ETag of a user and an Idempotency-Key promise on the canonical routes.
// SPDX-License-Identifier: Apache-2.0
#include "tests/plugins/users/users_fixture.hpp"

namespace gatehouse::users {
namespace {

class UserETag : public UsersTest {
 protected:
  std::string tag() { return admin().get(ada()).header("ETag"); }
  static std::string ada() { return "/v1/users/2"; }
};

TEST_F(UserETag, StandsForTheUsersState) {
  const auto made = admin().post("/v1/users", R"({"username": "ada"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("ETag"), tag());
  EXPECT_EQ(admin().with("If-None-Match", tag()).get(ada()).status, 304);
  app().clock().advance(std::chrono::seconds(1));
  const auto changed = admin().patch(ada(), R"({"first_name": "Ada"})");
  EXPECT_EQ(changed.header("ETag"), tag());
  EXPECT_NE(changed.header("ETag"), made.header("ETag"));
}

TEST_F(UserETag, IsNotMovedByASignIn) {
  create("ada");
  const std::string before = tag();
  const auto seen = app().storage().write([](Session& db) {
    return db.run("update users_user set last_login_at = 1000000 where number = 2");
  });
  ASSERT_TRUE(seen);
  EXPECT_NE(member(admin().get(ada()).body, "last_login_at"), "null");
  EXPECT_EQ(tag(), before);
}

TEST_F(UserETag, AChangeAndADeletionNeedTheStateThatWasSeen) {
  create("ada");
  const std::string seen = tag();
  EXPECT_EQ(admin().with("If-Match", seen).patch(ada(), R"({"first_name": "Ada"})").status, 200);
  const auto late = admin().with("If-Match", seen);
  EXPECT_EQ(late.patch(ada(), R"({"first_name": "Augusta"})").status, 412);
  EXPECT_EQ(late.remove(ada()).status, 412);
  EXPECT_EQ(member(admin().get(ada()).body, "first_name"), "Ada");
  // Who may not see the user hears nothing of states.
  EXPECT_EQ(as(77).with("If-Match", seen).patch(ada(), "{}").status, 404);
  EXPECT_EQ(admin().with("If-Match", tag()).remove(ada()).status, 204);
}

TEST_F(UserETag, AnIdempotencyKeyMakesOneUser) {
  const auto keyed = admin().with("Idempotency-Key", "new-ada");
  const char* const body = R"({"username": "ada", "password": "enchantress of number"})";
  const auto first = keyed.post("/v1/users", body);
  ASSERT_EQ(first.status, 201) << first.body;
  const auto again = keyed.post("/v1/users", body);
  EXPECT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.header("Idempotent-Replay"), "true");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Location"), first.header("Location"));
  EXPECT_EQ(again.header("ETag"), first.header("ETag"));
  EXPECT_EQ(keyed.post("/v1/users", R"({"username": "bob"})").status, 422);
  // A refusal wrote nothing: with the same key, and a name that is free, it is done.
  const auto other = admin().with("Idempotency-Key", "another");
  EXPECT_EQ(other.post("/v1/users", body).status, 409);
  EXPECT_EQ(other.post("/v1/users", R"({"username": "eve"})").status, 201);
}

}  // namespace
}  // namespace gatehouse::users
