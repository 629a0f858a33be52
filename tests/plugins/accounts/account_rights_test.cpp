// Who may do what with which account: every route and field by everybody.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include "accounts_fixture.hpp"

namespace gatehouse::accounts {
namespace {

// Engines is looked after by Keeper, and Stranger by Other.
class AccountRights : public AccountsTest {
 protected:
  void SetUp() override {
    AccountsTest::SetUp();
    build();
  }
  void build() {
    other_ = create("Other");
    keeper_ = create("Keeper");
    engines_ = create("Engines", R"(, "roles": ["a"])" + consultancy(keeper_));
    stranger_ = create("Stranger", consultancy(other_));
  }

  struct Caller {
    std::string_view name;
    Principal who;
  };
  std::vector<Caller> callers() const {
    Principal delegated = member_of(engines_, Role::Admin);
    delegated.actor = 7;
    return {{"admin", member_of(stranger_, Role::Admin)},
            {"admin without account", member_of(0, Role::Admin)},
            {"staff", member_of(stranger_, Role::Staff)},
            {"admin-reader", member_of(0, Role::AdminReader)},
            {"member", member_of(engines_)},
            {"account-admin", member_of(engines_, Role::AccountAdmin)},
            {"consultant of the client itself", member_of(engines_, Role::Consultant)},
            {"consultant", member_of(keeper_, Role::Consultant)},
            {"account-admin of the consultancy", member_of(keeper_, Role::AccountAdmin)},
            {"consultant of another", member_of(other_, Role::Consultant)},
            {"stranger", member_of(stranger_)},
            {"stranger with account-admin", member_of(stranger_, Role::AccountAdmin)},
            {"nobody's", member_of(0, Roles(Role::AccountAdmin) | Role::Consultant)},
            {"delegated", delegated}};
  }

  std::int64_t other_ = 0;
  std::int64_t keeper_ = 0;
  std::int64_t engines_ = 0;
  std::int64_t stranger_ = 0;
};

TEST_F(AccountRights, EachRouteAndFieldAnswersWhatItsTableSays) {
  // Columns: read, create, delete; then PATCH of name, roles, consultancy_account, primary_color,
  // secondary_color, logo_url; then PATCH of nothing.
  constexpr std::size_t kColumns = 10;
  const std::array<std::array<int, kColumns>, 14> expected = {{
      {200, 201, 204, 200, 200, 200, 200, 200, 200, 200},  // admin
      {200, 201, 204, 200, 200, 200, 200, 200, 200, 200},  // admin without account
      {200, 201, 204, 200, 403, 403, 200, 200, 200, 200},  // staff
      {200, 403, 403, 403, 403, 403, 403, 403, 403, 200},  // admin-reader
      {200, 403, 403, 403, 403, 403, 403, 403, 403, 200},  // member
      {200, 403, 403, 200, 403, 403, 200, 200, 200, 200},  // account-admin
      {200, 403, 403, 403, 403, 403, 403, 403, 403, 200},  // consultant of the client itself
      {200, 403, 403, 200, 403, 403, 200, 200, 200, 200},  // consultant
      {404, 403, 404, 404, 404, 404, 404, 404, 404, 404},  // account-admin of the consultancy
      {404, 403, 404, 404, 404, 404, 404, 404, 404, 404},  // consultant of another
      {404, 403, 404, 404, 404, 404, 404, 404, 404, 404},  // stranger
      {404, 403, 404, 404, 404, 404, 404, 404, 404, 404},  // stranger with account-admin
      {404, 403, 404, 404, 404, 404, 404, 404, 404, 404},  // nobody's
      {403, 403, 403, 403, 403, 403, 403, 403, 403, 403},  // delegated
  }};
  constexpr std::array<std::string_view, 7> kPatches = {R"({"name": "Motors"})",
                                                        R"({"roles": ["b"]})",
                                                        R"({"consultancy_account": null})",
                                                        R"({"primary_color": "#abc"})",
                                                        R"({"secondary_color": "#abc"})",
                                                        R"({"logo_url": "http://a"})",
                                                        "{}"};
  const std::size_t count = callers().size();
  ASSERT_EQ(count, expected.size());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t column = 0; column < kColumns; ++column) {
      const Caller caller = callers()[i];
      const testing::Client client = app().as(caller.who);
      testing::Reply reply;
      if (column == 0) reply = client.get(path(engines_));
      if (column == 1) reply = client.post("/v1/accounts", R"({"name": "New"})");
      if (column == 2) reply = client.remove(path(engines_));
      if (column >= 3) reply = client.patch(path(engines_), kPatches[column - 3]);
      EXPECT_EQ(reply.status, expected[i][column])
          << caller.name << ", column " << column << ": " << reply.body;
      if (column >= 3 && reply.status == 403 && caller.who.actor == 0) {
        const std::string_view patch = kPatches[column - 3];
        const std::string field(patch.substr(2, patch.find('"', 2) - 2));
        EXPECT_NE(reply.body.find("\\\"" + field + "\\\""), reply.body.npos) << reply.body;
      }
      // As it was before.
      if (column == 1 && reply.status == 201) admin().remove(reply.header("Location"));
      if (column == 2 && reply.status == 204) {
        engines_ = create("Engines", R"(, "roles": ["a"])" + consultancy(keeper_));
      }
      if (column >= 3) {
        const auto restored = admin().patch(
            path(engines_),
            R"({"name": "Engines", "roles": ["a"], "primary_color": null, "secondary_color": null,
                "logo_url": null)" +
                consultancy(keeper_) + "}");
        ASSERT_EQ(restored.status, 200) << restored.body;
      }
    }
  }
}

TEST_F(AccountRights, OnlyAdminsChooseRolesAndConsultancyOfANewAccount) {
  const auto staff = as(0, Role::Staff);
  for (const std::string& more :
       {std::string(R"("roles": ["a"])"), "\"consultancy_account\": " + std::to_string(keeper_)}) {
    const std::string body = R"({"name": "New", )" + more + "}";
    const auto refused = staff.post("/v1/accounts", body);
    EXPECT_EQ(refused.status, 403) << refused.body;
    EXPECT_NE(refused.body.find("\\\"" + more.substr(1, more.find('"', 1) - 1) + "\\\""),
              refused.body.npos)
        << refused.body;
    const auto made = admin().post("/v1/accounts", body);
    EXPECT_EQ(made.status, 201) << made.body;
    admin().remove(made.header("Location"));
  }
  // What is empty is no choice.
  EXPECT_EQ(staff
                .post("/v1/accounts",
                      R"({"name": "New", "roles": [], "consultancy_account": null,
                          "primary_color": "#abc"})")
                .status,
            201);
}

TEST_F(AccountRights, AMemberMayEditWhereTheSettingSaysSo) {
  begin({{"members_may_edit_account", "true"}});
  build();
  for (const std::string_view patch :
       {R"({"name": "Motors"})", R"({"primary_color": "#abc"})", R"({"logo_url": "http://a"})"}) {
    EXPECT_EQ(as(engines_).patch(path(engines_), patch).status, 200) << patch;
    EXPECT_EQ(as(stranger_).patch(path(engines_), patch).status, 404) << patch;
  }
  EXPECT_EQ(as(engines_).patch(path(engines_), R"({"roles": []})").status, 403);
  EXPECT_EQ(as(engines_).patch(path(engines_), R"({"consultancy_account": null})").status, 403);
  EXPECT_EQ(as(engines_).remove(path(engines_)).status, 403);
}

TEST_F(AccountRights, AListShowsWhatASingleReadShows) {
  for (const Caller& caller : callers()) {
    const testing::Client client = app().as(caller.who);
    if (caller.who.actor != 0) {
      EXPECT_EQ(client.get("/v1/accounts").status, 403);
      continue;
    }
    std::string readable;
    for (const std::int64_t account : {std::int64_t{1}, engines_, keeper_, other_, stranger_}) {
      const auto reply = client.get(path(account));
      if (reply.status == 200) readable += account_in(reply).name + ",";
    }
    EXPECT_EQ(names_in(client), readable) << caller.name;
  }
  EXPECT_EQ(names_in(admin()), "Default,Engines,Keeper,Other,Stranger,");
  EXPECT_EQ(names_in(as(keeper_, Role::Consultant)), "Engines,Keeper,");
  EXPECT_EQ(names_in(as(other_, Role::Consultant)), "Other,Stranger,");
  EXPECT_EQ(names_in(as(keeper_)), "Keeper,");
  EXPECT_EQ(names_in(as(0)), "");
}

TEST_F(AccountRights, WhoHasNoCredentialIsAskedForOne) {
  EXPECT_EQ(app().anonymous().get("/v1/accounts").status, 401);
  EXPECT_EQ(app().anonymous().get(path(1)).status, 401);
  EXPECT_EQ(app().anonymous().post("/v1/accounts", "{}").status, 401);
  EXPECT_EQ(app().anonymous().patch(path(1), "{}").status, 401);
  EXPECT_EQ(app().anonymous().remove(path(1)).status, 401);
}

TEST_F(AccountRights, AScopeLessThanAPermissionIsRefused) {
  Principal reader = member_of(0, Role::Admin);
  reader.scopes = {"accounts:read"};
  EXPECT_EQ(app().as(reader).get(path(engines_)).status, 200);
  EXPECT_EQ(app().as(reader).patch(path(engines_), "{}").status, 403);
  EXPECT_EQ(app().as(reader).post("/v1/accounts", R"({"name": "New"})").status, 403);
  EXPECT_EQ(app().as(reader).remove(path(engines_)).status, 403);
  reader.scopes = {"accounts:write"};
  EXPECT_EQ(app().as(reader).get("/v1/accounts").status, 403);
}

}  // namespace
}  // namespace gatehouse::accounts
