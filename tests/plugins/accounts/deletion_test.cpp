// What stands against deleting an account, and what is left of one.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

class AccountDeletion : public AccountsTest {};

TEST_F(AccountDeletion, TakesTheAccountWithItsRoles) {
  const std::int64_t engines = create("Engines", R"(, "roles": ["a", "b"])");
  const auto reply = admin().remove(path(engines));
  EXPECT_EQ(reply.status, 204) << reply.body;
  EXPECT_EQ(admin().get(path(engines)).status, 404);
  EXPECT_EQ(admin().remove(path(engines)).status, 404);
  EXPECT_EQ(names_in(admin(), "role=a"), "");
  const auto left = app().storage().read([](Session& db) {
    return db.get<std::int64_t>("select count(*) as count from accounts_account_role");
  });
  EXPECT_EQ(*left, 0);
  EXPECT_NE(create("Engines"), engines);
}

TEST_F(AccountDeletion, IsVetoedByWhoeverUsesTheAccount) {
  const std::int64_t engines = create("Engines", R"(, "roles": ["a"])");
  users().by_account[engines] = 1;
  const auto reply = admin().remove(path(engines));
  EXPECT_EQ(reply.status, 409) << reply.body;
  EXPECT_EQ(code_of(reply), "in_use");
  EXPECT_EQ(names_in(admin(), "role=a"), "Engines,");
  users().by_account.clear();
  EXPECT_EQ(admin().remove(path(engines)).status, 204);
}

TEST_F(AccountDeletion, NeverTakesTheDefaultAccount) {
  const Account standard = read(1);
  EXPECT_EQ(standard.name, "Default");
  EXPECT_EQ(standard.id.size(), 24U);
  EXPECT_EQ(standard.id.find_first_not_of("0123456789abcdef"), standard.id.npos);
  EXPECT_NE(standard.id.find_first_of("abcdef"), standard.id.npos);
  EXPECT_GT(standard.created_at, app().clock().now()) << "the database's own time, of today";
  const auto refused = admin().remove(path(1));
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(code_of(refused), "default_account");
  EXPECT_EQ(admin().remove("/v1/accounts/" + standard.id).status, 409);
  // Its name is not what makes it so.
  EXPECT_EQ(admin().patch(path(1), R"({"name": "Everybody"})").status, 200);
  EXPECT_EQ(code_of(admin().remove(path(1))), "default_account");
  const std::int64_t named = create("Default");
  EXPECT_EQ(admin().remove(path(named)).status, 204);
  // Who may not delete hears nothing of it.
  EXPECT_EQ(as(1, Role::AccountAdmin).remove(path(1)).status, 403);
}

TEST_F(AccountDeletion, NumbersAreNeverGivenAgain) {
  const std::int64_t first = create("a");
  const std::int64_t last = create("b");
  EXPECT_GT(last, first);
  admin().remove(path(last));
  admin().remove(path(first));
  EXPECT_GT(create("c"), last);
  const auto gone = app().storage().read([](Session& db) {
    return db.list<std::int64_t>("select number from accounts_deleted order by number");
  });
  EXPECT_EQ(*gone, (std::vector<std::int64_t>{first, last}));
}

TEST_F(AccountDeletion, EachInstallationHasADefaultAccountOfItsOwn) {
  const std::string id = read(1).id;
  begin({});
  EXPECT_NE(read(1).id, id);
}

}  // namespace
}  // namespace gatehouse::accounts
