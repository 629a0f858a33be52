// Handing a managed user over, from the manager's side. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "managed_users_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

class Handovers : public ManagedUsersTest {
 protected:
  testing::Reply take_over(const std::string& code) {
    return app().anonymous().post(
        "/v1/password-resets/confirm",
        "{\"code\": \"" + code + "\", \"new_password\": \"enchantress of number\"}");
  }
};

TEST_F(Handovers, UntilTheInvitationIsAcceptedNothingChanges) {
  const Managed bob = make(ada());
  const auto before = ada().get(bob.path());
  const auto invited = ada().post(bob.path() + "/handover", kToBob);
  EXPECT_EQ(invited.status, 202) << invited.body;
  EXPECT_EQ(invited.body, "");
  EXPECT_NE(mailed_code("bob@example.org"), "");
  EXPECT_EQ(ada().get(bob.path()).body, before.body);
  EXPECT_EQ(json_member(ada().get(bob.as_user()).body, "username"), "null");
}

TEST_F(Handovers, WhoeverAcceptsIsTheUserAndTheManagerIsNobody) {
  const Managed bob = make(ada());
  ASSERT_EQ(ada().post(bob.path() + "/handover", kToBob).status, 202);
  const auto taken = take_over(mailed_code("bob@example.org"));
  EXPECT_EQ(taken.status, 204) << taken.body;
  const auto whole = admin().get(bob.as_user());
  EXPECT_EQ(json_member(whole.body, "number"), bob.number);
  EXPECT_EQ(json_member(whole.body, "username"), "bob");
  EXPECT_EQ(json_member(whole.body, "email"), "bob@example.org");
  EXPECT_EQ(json_member(whole.body, "manager"), "null");
  EXPECT_EQ(ada().get(bob.path()).status, 404);
  EXPECT_EQ(ada().remove(bob.path()).status, 404);
  EXPECT_EQ(ada().post(bob.path() + "/delegated-token", "").status, 404);
  EXPECT_EQ(names_on(ada().get(kPath)), "");
}

TEST_F(Handovers, IsReadAndWithdrawnByTheManager) {
  const Managed bob = make(ada());
  const std::string path = bob.path() + "/handover";
  EXPECT_EQ(ada().get(path).status, 404);
  EXPECT_EQ(ada().remove(path).status, 404);
  ASSERT_EQ(ada().post(path, kToBob).status, 202);
  const std::string code = mailed_code("bob@example.org");
  const auto waiting = ada().get(path);
  EXPECT_EQ(waiting.status, 200) << waiting.body;
  EXPECT_EQ(json_member(waiting.body, "username"), "bob");
  for (const auto& other : {eve(), admin(), as(std::stoll(bob.number))}) {
    EXPECT_EQ(other.get(path).status, 404);
    EXPECT_EQ(other.remove(path).status, 404);
  }
  EXPECT_EQ(ada().remove(path).status, 204);
  EXPECT_EQ(ada().get(path).status, 404);
  EXPECT_EQ(take_over(code).status, 422);
}

TEST_F(Handovers, NeedTheStateThatWasSeen) {
  const Managed bob = make(ada());
  const std::string path = bob.path() + "/handover";
  EXPECT_EQ(ada().with("If-Match", "\"x\"").post(path, kToBob).status, 412);
  EXPECT_EQ(ada().get(path).status, 404);
  const std::string seen = ada().get(bob.path()).header("ETag");
  EXPECT_EQ(ada().with("If-Match", seen).post(path, kToBob).status, 202);
}

TEST_F(Handovers, TakeThePasswordAndAPermissionOfTheirOwn) {
  const std::string path = make(ada()).path() + "/handover";
  Principal who = principal(ada_);
  who.method = "token";
  const auto refused = app().as(who).post(path, kToBob);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(json_member(refused.body, "code"), "recent_sign_in_required");
  who.method = "basic";
  who.scopes = {"managed_users:read", "managed_users:write"};
  EXPECT_EQ(app().as(who).post(path, kToBob).status, 403);
  EXPECT_EQ(app().as(who).get(path).status, 403);
  EXPECT_EQ(app().as(who).remove(path).status, 403);
}

TEST_F(Handovers, TooManyInAnHourAreRefused) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(ada().post(make(ada()).path() + "/handover", kToBob).status, 202) << i;
  }
  const auto refused = ada().post(make(ada()).path() + "/handover", kToBob);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(json_member(refused.body, "code"), "too_many_handovers");
  EXPECT_EQ(refused.header("Retry-After"), "360");
  EXPECT_EQ(eve().post(make(eve()).path() + "/handover", kToBob).status, 202);
}

TEST_F(Handovers, ASecondInvitationVoidsTheFirst) {
  const Managed bob = make(ada());
  ASSERT_EQ(ada().post(bob.path() + "/handover", kToBob).status, 202);
  const std::string first = mailed_code("bob@example.org");
  const char* const other = R"({"email": "robert@example.org", "username": "robert"})";
  ASSERT_EQ(ada().post(bob.path() + "/handover", other).status, 202);
  EXPECT_EQ(take_over(first).status, 422);
  EXPECT_EQ(take_over(mailed_code("robert@example.org")).status, 204);
}

TEST_F(Handovers, NamesThatAreTakenOrNoneAreRefused) {
  const std::string path = make(ada()).path() + "/handover";
  const auto code = [&](const char* body) {
    return json_member(ada().post(path, body).body, "code");
  };
  EXPECT_EQ(code(R"({"email": "new@example.org", "username": "EVE"})"), "username_taken");
  EXPECT_EQ(code(R"({"email": "Eve@example.org", "username": "bob"})"), "email_taken");
  const auto wrong = ada().post(path, R"({"email": "nowhere", "username": "me"})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_NE(wrong.body.find("\"/email\""), std::string::npos) << wrong.body;
  EXPECT_NE(wrong.body.find("\"/username\""), std::string::npos) << wrong.body;
}

}  // namespace
}  // namespace gatehouse::managed_users
