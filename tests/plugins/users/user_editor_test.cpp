// Managed users as their managers make, change and delete them, and as others see them.
// SPDX-License-Identifier: Apache-2.0
#include "managed_fixture.hpp"

namespace gatehouse::users {
namespace {

class UserEditing : public ManagedUsersTest {};

ManagedUserChange first_name(std::string_view name) {
  ManagedUserChange change;
  change.first_name.emplace() = name;
  return change;
}

TEST_F(UserEditing, MakesSomebodyWithoutALoginInTheAccountOfTheManager) {
  around().take_records();
  const UserRecord made = make("Kim");
  EXPECT_EQ(made.username, std::nullopt);
  EXPECT_EQ(made.email, std::nullopt);
  EXPECT_EQ(made.display_name, "Kim");
  EXPECT_EQ(made.timezone, "UTC");
  EXPECT_EQ(made.account, client_);
  EXPECT_EQ(made.manager, mia_);
  EXPECT_TRUE(made.roles.empty());
  EXPECT_EQ(told(), "user.created " + std::to_string(made.number) + " in 3 (managed)\n");
  EXPECT_EQ(count("select count(*) as count from users_credential"), 2) << "admin's and mia's";
  const auto read = as_mia().get(path(made.number));
  EXPECT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(member(read.body, "id"), made.id);
  EXPECT_EQ(member(read.body, "username"), "null");
}

TEST_F(UserEditing, OneNameIsEnoughAndNoneIsNot) {
  struct Case {
    std::optional<std::string> first;
    std::optional<std::string> last;
    std::string_view expected;
  };
  const Case cases[] = {
      {"Kim", std::nullopt, "ok"},
      {std::nullopt, "Lee", "ok"},
      {"Kim", "Lee", "ok"},
      {std::nullopt, std::nullopt, "invalid_fields /first_name"},
      {"", "", "invalid_fields /first_name"},
      {"a\nb", "Lee", "invalid_fields /first_name"},
      {std::string(256, 'x'), std::string(256, 'y'), "invalid_fields /first_name /last_name"},
  };
  for (const Case& c : cases) {
    const ManagedUserDraft draft{c.first, c.last};
    EXPECT_EQ(outcome(edit(&UserEditor::create_managed, mia(), draft)), c.expected)
        << c.first.value_or("-");
  }
}

TEST_F(UserEditing, CountsThoseOfOneManager) {
  EXPECT_EQ(edit(&UserEditor::count_managed, mia()).value(), 0);
  make("Kim");
  make("Lou");
  EXPECT_EQ(edit(&UserEditor::count_managed, mia()).value(), 2);
  EXPECT_EQ(edit(&UserEditor::count_managed, person(1, Role::Admin)).value(), 0);
}

TEST_F(UserEditing, ChangesWhatManagersMayAndTellsTheTrail) {
  const UserRecord kim = make("Kim");
  around().take_records();
  ManagedUserChange all;
  all.first_name.make_null();
  all.last_name.emplace() = "Lee";
  all.timezone.emplace() = "Europe/Berlin";
  all.description.emplace() = "Runs.";
  const auto changed = change(mia(), kim.number, all);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->first_name, std::nullopt);
  EXPECT_EQ(changed->display_name, "Lee");
  EXPECT_EQ(changed->timezone, "Europe/Berlin");
  EXPECT_EQ(changed->description, "Runs.");
  EXPECT_EQ(told(),
            "user.updated " + std::to_string(kim.number) +
                " in 3 first_name last_name timezone description\n");
  ASSERT_TRUE(change(mia(), kim.number, all));
  EXPECT_EQ(told(), "") << "nothing has changed";
}

TEST_F(UserEditing, RefusesAChangeThatBreaksTheRules) {
  const std::int64_t kim = make("Kim").number;
  ManagedUserChange wrong;
  wrong.first_name.make_null();
  wrong.timezone.emplace() = "Mars";
  wrong.description.make_null();
  EXPECT_EQ(outcome(change(mia(), kim, wrong)),
            "invalid_fields /timezone /description /first_name");
  const auto seen_otherwise = [](const UserRecord& current) -> Result<None> {
    return conflict("seen", "{}", current.display_name);
  };
  const auto checked = change(mia(), kim, first_name("Lou"), seen_otherwise);
  ASSERT_EQ(outcome(checked), "seen");
  EXPECT_EQ(checked.error().message, "Kim");
  EXPECT_EQ(outcome(erase(mia(), kim, seen_otherwise)), "seen");
  EXPECT_EQ(member(as_mia().get(path(kim)).body, "first_name"), "Kim");
}

TEST_F(UserEditing, IsForTheManagerAlone) {
  const std::int64_t kim = make("Kim").number;
  const std::int64_t head = create("head", client_, R"(, "roles": ["account-admin"])");
  Principal delegated = person(kim);
  delegated.actor = mia_;
  struct Case {
    Principal who;
    std::int64_t user;
    std::string_view expected;
  };
  const Case cases[] = {
      {person(1, Role::Admin), kim, "not_found"},
      {person(head, Role::AccountAdmin), kim, "not_found"},
      {person(kim), kim, "not_found"},
      {mia(), mia_, "not_found"},
      {mia(), 4711, "not_found"},
      {delegated, kim, "permission_denied"},
  };
  const Handover to{"kim@example.org", "kim"};
  for (const Case& c : cases) {
    EXPECT_EQ(outcome(change(c.who, c.user, first_name("X"))), c.expected) << c.who.user;
    EXPECT_EQ(outcome(erase(c.who, c.user)), c.expected) << c.who.user;
    EXPECT_EQ(outcome(hand_over(c.who, c.user, to)), c.expected) << c.who.user;
  }
  const ManagedUserDraft draft{"X", std::nullopt};
  EXPECT_EQ(outcome(edit(&UserEditor::create_managed, delegated, draft)), "permission_denied");
  EXPECT_EQ(outcome(edit(&UserEditor::count_managed, delegated)), "permission_denied");
  EXPECT_EQ(outcome(edit(&UserEditor::create_managed, person(4711), draft)), "unauthenticated");
}

TEST_F(UserEditing, DeniesWhatRaisesThemAboveTheManager) {
  const std::int64_t risen = make("Kim").number;
  give_roles(risen, Role::Staff);
  EXPECT_EQ(outcome(change(mia(), risen, first_name("X"))), "permission_denied");
  EXPECT_EQ(outcome(erase(mia(), risen)), "permission_denied");
  EXPECT_EQ(outcome(hand_over(mia(), risen, {"kim@example.org", "kim"})), "permission_denied");
}

TEST_F(UserEditing, NobodyGivesThemARole) {
  const std::int64_t kim = make("Kim").number;
  for (const char* roles : {"staff", "consultant", "account-admin"}) {
    const auto refused = admin().patch(path(kim), "{\"roles\": [\"" + std::string(roles) + "\"]}");
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_NE(refused.body.find(R"("pointer":"/roles","code":"managed")"), std::string::npos)
        << refused.body;
  }
  EXPECT_EQ(admin().patch(path(kim), R"({"roles": []})").status, 200);
  EXPECT_EQ(member(admin().get(path(kim)).body, "roles"), "[]");
}

TEST_F(UserEditing, NobodyGivesThemAUsername) {
  const std::int64_t kim = make("Kim").number;
  const auto refused = admin().patch(path(kim), R"({"username": "kim"})");
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_NE(refused.body.find(R"("code":"managed")"), std::string::npos) << refused.body;
  EXPECT_EQ(admin().patch(path(kim), R"({"email": "kim@example.org"})").status, 200);
  EXPECT_EQ(
      member(admin().put(path(kim) + "/password", R"({"new_password": "analytical engine"})").body,
             "code"),
      "no_sign_in");
}

TEST_F(UserEditing, DeletesWithEverythingAndTellsTheTrail) {
  const UserRecord kim = make("Kim");
  ASSERT_TRUE(hand_over(mia(), kim.number, {"kim@example.org", "kim"}));
  around().take_records();
  ASSERT_TRUE(erase(mia(), kim.number));
  EXPECT_EQ(told(), "user.deleted " + std::to_string(kim.number) + " in 3\n");
  EXPECT_EQ(as_mia().get(path(kim.number)).status, 404);
  EXPECT_EQ(count("select count(*) as count from users_handover"), 0);
  EXPECT_EQ(outcome(erase(mia(), kim.number)), "not_found");
}

TEST_F(UserEditing, WhoManagesOthersIsNotDeleted) {
  const std::int64_t kim = make("Kim").number;
  const auto refused = admin().remove(path(mia_));
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(member(refused.body, "code"), "manages_users");
  EXPECT_NE(refused.body.find("manages 1 other:"), std::string::npos) << refused.body;
  ASSERT_TRUE(erase(mia(), kim));
  EXPECT_EQ(admin().remove(path(mia_)).status, 204);
}

TEST_F(UserEditing, AnswersSayWhoTheManagerIsAndTheEtagFollowsTheName) {
  const UserRecord kim = make("Kim");
  const std::string expected = R"("manager":{"id":")" + member(admin().get(path(mia_)).body, "id") +
                               R"(","number":)" + std::to_string(mia_) + R"(,"name":"mia"})";
  const auto before = as_mia().get(path(kim.number));
  EXPECT_NE(before.body.find(expected), std::string::npos) << before.body;
  EXPECT_NE(admin().get("/v1/users").body.find(expected), std::string::npos);
  EXPECT_NE(as_mia().get("/v1/users").body.find(expected), std::string::npos);
  const auto patched = as_mia().patch(path(kim.number), R"({"description": "Runs."})");
  ASSERT_EQ(patched.status, 200) << patched.body;
  EXPECT_NE(patched.body.find(expected), std::string::npos) << patched.body;

  ASSERT_EQ(admin().patch(path(mia_), R"({"first_name": "Mia"})").status, 200);
  const auto after = as_mia().get(path(kim.number));
  EXPECT_NE(after.body.find(R"("name":"Mia"})"), std::string::npos) << after.body;
  EXPECT_NE(after.header("ETag"), patched.header("ETag"));
  EXPECT_EQ(as_mia()
                .with("If-Match", patched.header("ETag"))
                .patch(path(kim.number), R"({"description": "Swims."})")
                .status,
            412);
}

}  // namespace
}  // namespace gatehouse::users
