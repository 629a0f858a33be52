// Users as dialects make, change and delete them: the rules of /v1/users through the service
// gatehouse.user_editor. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/runtime/passwords.hpp>

#include "managed_fixture.hpp"

namespace gatehouse::users {
namespace {

class EditingByDialects : public ManagedUsersTest {
 protected:
  Principal root() const { return person(1, Role::Admin); }
  UserDraft draft(std::string_view name) const {
    UserDraft made;
    made.username = name;
    made.email = std::string(name) + "@example.org";
    made.account = IdOrNumber{"", client_};
    return made;
  }
  Result<UserRecord> change_one(const Principal& who, std::int64_t user, const UserChange& change) {
    return editor().change(who, {"", user}, change, unseen);
  }
  static UserChange description(std::string_view text) {
    UserChange change;
    change.description.emplace() = text;
    return change;
  }
  static UserChange password(std::string_view text) {
    UserChange change;
    change.password = std::string(text);
    return change;
  }
  int sign_in(std::string_view name, std::string_view password) {
    return basic(name, password).get("/v1/users/me").status;
  }
};

TEST_F(EditingByDialects, MakesAWholeUser) {
  UserDraft all = draft("bob");
  all.first_name = "Bob";
  all.clearances.emplace() = {Clearance::White, Clearance::Amber};
  all.can_inbox.emplace() = false;
  all.password = "enchantress of number";
  const HashingAllowed hashing;
  const auto made = editor().create(root(), all);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->display_name, "Bob");
  EXPECT_EQ(made->account, client_);
  EXPECT_EQ(made->clearances, (std::vector{Clearance::White, Clearance::Amber}));
  EXPECT_FALSE(made->can_inbox);
  EXPECT_EQ(sign_in("bob", "enchantress of number"), 200);
}

TEST_F(EditingByDialects, SaysAllThatIsWrongWithANewUser) {
  UserDraft wrong = draft("a:b");
  wrong.email = "nowhere";
  wrong.timezone = "Mars/X";
  wrong.password = "short";
  const HashingAllowed hashing;
  EXPECT_EQ(outcome(editor().create(root(), wrong)),
            "invalid_fields /username /email /timezone /password");
  EXPECT_EQ(outcome(editor().create(root(), draft("mia"))), "username_taken");
  EXPECT_EQ(outcome(editor().create(mia(), draft("bob"))), "permission_denied");
}

TEST_F(EditingByDialects, ChangesByThePolicy) {
  const auto changed = change_one(root(), mia_, description("Runs."));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->description, "Runs.");
  const std::int64_t bob = create("bob", other_);
  EXPECT_EQ(outcome(change_one(mia(), bob, description("x"))), "not_found");
  UserChange roles;
  roles.roles.emplace() = Role::Admin;
  EXPECT_EQ(outcome(change_one(mia(), mia_, roles)), "permission_denied");
}

TEST_F(EditingByDialects, AsksBeforeAnythingIsChanged) {
  const auto refuse = [](const UserRecord& seen) -> Result<None> {
    return conflict("seen", "{}", seen.username.value_or(""));
  };
  EXPECT_EQ(outcome(editor().change(root(), {"", mia_}, description("x"), refuse)), "seen");
  EXPECT_EQ(outcome(editor().erase(root(), {"", mia_}, refuse)), "seen");
  EXPECT_EQ(member(admin().get(path(mia_)).body, "description"), "");
}

TEST_F(EditingByDialects, APasswordIsSetWithAllElseOrNot) {
  UserChange both = password("correct horse battery");
  both.email.emplace() = "nowhere";
  const HashingAllowed hashing;
  EXPECT_EQ(outcome(change_one(root(), mia_, both)), "invalid_fields /email");
  EXPECT_EQ(sign_in("mia", "enchantress of number"), 200);
  both.email.emplace() = "mia@example.net";
  const auto changed = change_one(root(), mia_, both);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->email, "mia@example.net");
  EXPECT_EQ(sign_in("mia", "enchantress of number"), 401);
  EXPECT_EQ(sign_in("mia", "correct horse battery"), 200);
}

TEST_F(EditingByDialects, APasswordIsSetByWhoMaySetIt) {
  const auto set = [this](const Principal& who, std::int64_t user) {
    const HashingAllowed hashing;
    return outcome(change_one(who, user, password("correct horse battery")));
  };
  const std::int64_t head = create("head", client_, R"(, "roles": ["account-admin"])");
  EXPECT_EQ(set(person(head, Role::AccountAdmin), mia_), "permission_denied");
  EXPECT_EQ(set(mia(), head), "not_found");
  Principal by_token = mia();
  by_token.method = "token";
  EXPECT_EQ(set(by_token, mia_), "recent_sign_in_required");
  EXPECT_EQ(set(mia(), mia_), "ok");
  const auto unhashed = change_one(root(), mia_, password("correct horse battery"));
  EXPECT_EQ(unhashed.error().code, ErrorCode::NeedsHashing);
  EXPECT_EQ(set(root(), make("Kim").number), "no_sign_in");
}

TEST_F(EditingByDialects, APasswordAloneIsAChangeOfTheUserToo) {
  app().clock().advance(std::chrono::seconds(5));
  const HashingAllowed hashing;
  const auto changed = change_one(root(), mia_, password("correct horse battery"));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->updated_at, app().clock().now());
}

TEST_F(EditingByDialects, AnAddressIsChangedWithoutThePasswordButMailStaysWithTheOldOne) {
  Principal by_token = mia();
  by_token.method = "token";
  UserChange change;
  change.email.emplace() = "mia@example.net";
  const auto changed = change_one(by_token, mia_, change);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->email, "mia@example.net");
  EXPECT_EQ(changed->recovery_email, "mia@example.org");
}

TEST_F(EditingByDialects, DeletesByThePolicy) {
  EXPECT_EQ(outcome(editor().erase(mia(), {"", mia_}, unseen)), "permission_denied");
  EXPECT_EQ(outcome(editor().erase(root(), {"", 1}, unseen)), "last_admin");
  EXPECT_EQ(outcome(editor().erase(root(), {"", mia_}, unseen)), "ok");
  EXPECT_EQ(admin().get(path(mia_)).status, 404);
}

}  // namespace
}  // namespace gatehouse::users
