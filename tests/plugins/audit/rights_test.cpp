// Who reads what of the trail. SPDX-License-Identifier: Apache-2.0
#include <set>

#include "audit_fixture.hpp"

namespace gatehouse::audit {
namespace {

// One event about each user, in each account: action "u4.a20" is about user 4 in account 20.
class Rights : public AuditTest {
 protected:
  void SetUp() override {
    AuditTest::SetUp();
    for (std::int64_t user = 3; user < 9; ++user) {
      for (std::int64_t account = 20; account < 23; ++account) {
        do_deed({.action = "u" + std::to_string(user) + ".a" + std::to_string(account),
                 .user = user,
                 .account = account,
                 .user_name = "user" + std::to_string(user)});
      }
    }
    do_deed({.action = "u99.a90", .user = 99, .account = 90});  // both are gone by now
  }
  static std::set<std::string> actions(const ShownPage& page) {
    std::set<std::string> all;
    for (const ShownItem& item : page.items) {
      if (item.action.starts_with("u")) all.insert(item.action);
    }
    return all;
  }
};

struct Reader {
  const char* name;
  std::int64_t user;
  Roles roles;
  std::int64_t actor = 0;
};
const Reader kAdmin{"admin", 1, Role::Admin};
const Reader kAdminReader{"admin_reader", 2, Role::AdminReader};
const Reader kStaff{"staff", 3, Role::Staff};
const Reader kMember{"member", 4, {}};
const Reader kAccountAdmin{"account_admin", 5, Role::AccountAdmin};
const Reader kConsultant{"consultant", 5, Role::Consultant};
const Reader kBoth{"account_admin_and_consultant", 5, Roles(Role::AccountAdmin) | Role::Consultant};
const Reader kDelegated{"delegated", 4, Role::Admin, 5};

struct Case {
  Reader reader;
  const char* target;
  int status;
  std::vector<std::string> shown = {};
};

TEST_F(Rights, EachRoleReadsWhatThePolicySays) {
  const std::vector<std::string> all_of_20 = {
      "u3.a20", "u4.a20", "u5.a20", "u6.a20", "u7.a20", "u8.a20"};
  const std::vector<std::string> all_of_21 = {
      "u3.a21", "u4.a21", "u5.a21", "u6.a21", "u7.a21", "u8.a21"};
  const std::vector<std::string> all_of_4 = {"u4.a20", "u4.a21", "u4.a22"};
  const std::vector<std::string> all_of_6 = {"u6.a20", "u6.a21", "u6.a22"};
  const std::vector<Case> cases = {
      {kStaff, "/v1/audit-events", 403},
      {kMember, "/v1/audit-events", 403},
      {kAccountAdmin, "/v1/audit-events", 403},
      {kConsultant, "/v1/audit-events", 403},
      {kDelegated, "/v1/audit-events", 403},

      {kAdmin, "/v1/accounts/20/audit-events", 200, all_of_20},
      {kAdminReader, "/v1/accounts/20/audit-events", 200, all_of_20},
      {kStaff, "/v1/accounts/20/audit-events", 403},
      {kMember, "/v1/accounts/20/audit-events", 403},
      {kAccountAdmin, "/v1/accounts/20/audit-events", 200, all_of_20},
      {kConsultant, "/v1/accounts/20/audit-events", 403},
      {kDelegated, "/v1/accounts/20/audit-events", 403},
      {kMember, "/v1/accounts/21/audit-events", 404},
      {kAccountAdmin, "/v1/accounts/21/audit-events", 404},
      {kConsultant, "/v1/accounts/21/audit-events", 200, all_of_21},
      {kConsultant, "/v1/accounts/22/audit-events", 404},
      {kAdmin, "/v1/accounts/23/audit-events", 404},
      {kAdmin, "/v1/accounts/x/audit-events", 404},
      {kAdmin, "/v1/accounts/0/audit-events", 404},
      {kAdmin, "/v1/accounts/90/audit-events", 200, {"u99.a90"}},
      {kAccountAdmin, "/v1/accounts/90/audit-events", 404},

      {kAdmin, "/v1/users/4/audit-events", 200, all_of_4},
      {kAdminReader, "/v1/users/4/audit-events", 200, all_of_4},
      {kStaff, "/v1/users/4/audit-events", 403},
      {kMember, "/v1/users/4/audit-events", 200, all_of_4},
      {kMember, "/v1/users/me/audit-events", 200, all_of_4},
      {kMember, "/v1/users/5/audit-events", 404},
      {kAccountAdmin, "/v1/users/4/audit-events", 200, {"u4.a20"}},
      {kAccountAdmin, "/v1/users/6/audit-events", 404},
      {kConsultant, "/v1/users/6/audit-events", 200, {"u6.a21"}},
      {kBoth, "/v1/users/6/audit-events", 200, {"u6.a20", "u6.a21"}},
      {kAdmin, "/v1/users/6/audit-events", 200, all_of_6},
      {kConsultant, "/v1/users/8/audit-events", 404},
      {kDelegated, "/v1/users/me/audit-events", 403},
      {kAdmin, "/v1/users/99/audit-events", 200, {"u99.a90"}},
      {kAccountAdmin, "/v1/users/99/audit-events", 404},
      {kAdmin, "/v1/users/98/audit-events", 404},
      {kAdmin, "/v1/users/x/audit-events", 404},
      {kAdmin, "/v1/users/-4/audit-events", 404},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.reader.name) + " " + one.target);
    Principal who = user(one.reader.user, one.reader.roles);
    who.actor = one.reader.actor;
    const auto reply = app().as(who).get(one.target);
    ASSERT_EQ(reply.status, one.status) << reply.body;
    if (one.status != 200) continue;
    EXPECT_EQ(actions(page_of(reply)), std::set<std::string>(one.shown.begin(), one.shown.end()));
  }
  EXPECT_EQ(app().anonymous().get("/v1/audit-events").status, 401);
}

TEST_F(Rights, IdsAreAsGoodAsNumbers) {
  EXPECT_EQ(actions(page_of(admin().get("/v1/users/" + id_of(4) + "/audit-events"))),
            (std::set<std::string>{"u4.a20", "u4.a21", "u4.a22"}));
  EXPECT_EQ(
      actions(page_of(admin().get("/v1/accounts/" + id_of(90 - 70) + "/audit-events"))).size(), 6U);
  EXPECT_EQ(admin().get("/v1/users/" + id_of(98) + "/audit-events").status, 404);
}

TEST_F(Rights, TheServiceBindsAListToItsReaderToo) {
  const auto* trail = app().services().find<AuditTrail>();
  ASSERT_NE(trail, nullptr);
  struct Expected {
    Reader reader;
    std::size_t all;         // without a filter
    std::size_t of_user;     // 6
    std::size_t of_account;  // 20
  };
  for (const Expected& one : {Expected{kAdmin, 20, 3, 6},
                              Expected{kStaff, 3, 0, 1},
                              Expected{kMember, 3, 0, 1},
                              Expected{kAccountAdmin, 8, 1, 6},
                              Expected{kConsultant, 8, 1, 1},
                              Expected{kBoth, 13, 2, 6},
                              Expected{kDelegated, 0, 0, 0}}) {
    SCOPED_TRACE(one.reader.name);
    Principal who = user(one.reader.user, one.reader.roles);
    who.actor = one.reader.actor;
    const auto size = [&](const AuditListing& listing) {
      return app()
          .storage()
          .read([&](Session& db) -> Result<std::size_t> {
            GATEHOUSE_TRY(const auto entries, trail->list(db, who, listing));
            GATEHOUSE_TRY(const auto count, trail->count(db, who, listing));
            EXPECT_EQ(static_cast<std::int64_t>(entries.size()), count);
            return entries.size();
          })
          .value();
    };
    EXPECT_EQ(size({}), one.all);
    AuditListing of_user;
    of_user.user = 6;
    EXPECT_EQ(size(of_user), one.of_user);
    AuditListing of_account;
    of_account.account = 20;
    EXPECT_EQ(size(of_account), one.of_account);
  }
}

TEST_F(Rights, FiltersAreAnded) {
  const auto shown = [&](const std::string& query) {
    return actions(page_of(admin().get("/v1/audit-events?" + query)));
  };
  EXPECT_EQ(shown("action=u4.a20"), std::set<std::string>{"u4.a20"});
  EXPECT_EQ(shown("actor=me").size(), 19U);
  EXPECT_EQ(shown("actor=1&action=u4.a20"), std::set<std::string>{"u4.a20"});
  EXPECT_EQ(shown("actor=" + id_of(1)).size(), 19U);
  EXPECT_TRUE(shown("actor=2").empty());
  EXPECT_TRUE(shown("actor=nobody").empty());
  EXPECT_TRUE(shown("until=2026-01-01T00:00:00Z").empty());
  EXPECT_EQ(shown("since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:01Z").size(), 19U);
  EXPECT_EQ(admin().get("/v1/audit-events?since=yesterday").status, 422);
  EXPECT_EQ(admin().get("/v1/audit-events?limit=1001").status, 422);
  EXPECT_EQ(admin().get("/v1/audit-events?cursor=x").status, 400);
}

class WithoutDirectories : public AuditTest {
 protected:
  WithoutDirectories() : AuditTest(World::Directories::Missing) {}
};

TEST_F(WithoutDirectories, OnesOwnTrailAndAllOfItCanBeReadByNumber) {
  do_deed({.user = 4, .account = 20, .user_name = "ada"});
  EXPECT_EQ(page_of(as(4).get("/v1/users/me/audit-events")).items.size(), 1U);
  EXPECT_EQ(page_of(admin().get("/v1/users/4/audit-events")).items.size(), 1U);
  EXPECT_EQ(page_of(admin().get("/v1/accounts/20/audit-events")).items.size(), 1U);
  EXPECT_EQ(page_of(as(5, Role::AccountAdmin).get("/v1/accounts/20/audit-events")).items.size(),
            1U);
  EXPECT_EQ(as(5).get("/v1/users/4/audit-events").status, 404);
  EXPECT_EQ(events_of("thing.changed").front().account.text,
            R"({"id":null,"number":20,"name":null})");
}

}  // namespace
}  // namespace gatehouse::audit
