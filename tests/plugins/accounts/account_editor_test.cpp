// Accounts as dialects change them: the rules of /v1/accounts through gatehouse.account_editor.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gatehouse/services/account_editor.hpp>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

class Editor : public AccountsTest {
 protected:
  static Principal person(Roles roles, std::int64_t account) {
    Principal who;
    who.user = 7;
    who.account = account;
    who.roles = roles;
    return who;
  }
  static AccountChange named(std::string_view name) {
    AccountChange change;
    change.name.emplace() = name;
    return change;
  }
  static Result<None> unseen(const AccountRecord&) { return None{}; }
  Result<AccountRecord> change(const Principal& who,
                               std::int64_t account,
                               const AccountChange& change) {
    return app().services().require<AccountEditor>().change(who, {"", account}, change, &unseen);
  }
};

TEST_F(Editor, ChangesByTheRulesOfV1) {
  const std::int64_t engines = create("Engines");
  const std::int64_t motors = create("Motors");
  const Principal head = person(Role::AccountAdmin, engines);
  const auto changed = change(head, engines, named("Analytical Engines"));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->number, engines);
  EXPECT_EQ(changed->name, "Analytical Engines");
  EXPECT_EQ(change(head, motors, named("Mine")).error().code, ErrorCode::NotFound);
  EXPECT_EQ(change(person({}, engines), engines, named("Mine")).error().code,
            ErrorCode::PermissionDenied);
  EXPECT_EQ(change(head, engines, named("motors")).error().reason, "name_taken");
  AccountChange link;
  link.consultancy_account.emplace() = {"", motors};
  EXPECT_EQ(change(head, engines, link).error().code, ErrorCode::PermissionDenied);
  AccountChange wrong = named("");
  wrong.primary_color.emplace() = "blue";
  const auto refused = change(head, engines, wrong);
  ASSERT_EQ(refused.error().fields.size(), 2u);
  EXPECT_EQ(refused.error().fields[0].pointer, "/name");
  EXPECT_EQ(refused.error().fields[1].pointer, "/primary_color");
}

TEST_F(Editor, AsksBeforeAnythingIsChanged) {
  const std::int64_t engines = create("Engines");
  const auto refuse = [](const AccountRecord& seen) -> Result<None> {
    return conflict("seen", "{}", seen.name);
  };
  const auto refused = app().services().require<AccountEditor>().change(
      person(Role::Admin, 0), {"", engines}, named("Motors"), refuse);
  EXPECT_EQ(refused.error().message, "Engines");
  EXPECT_EQ(read(engines).name, "Engines");
}

}  // namespace
}  // namespace gatehouse::accounts
