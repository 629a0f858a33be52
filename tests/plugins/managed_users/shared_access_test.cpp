// Who may do what with whose data, as other plugins are told. SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/plugins/managed_users/grants_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

class Access : public GrantsTest {
 protected:
  // "reason number scopes", page by page.
  Names walk(const TestUser& who, AccessListing listing) {
    Names found;
    for (;;) {
      const auto page = app().storage().read(
          [&](Session& db) { return access().list(db, principal(who), listing); });
      if (!page) throw std::runtime_error(page.error().message);
      EXPECT_LE(std::ssize(page->users), listing.limit);
      for (const AccessibleUser& one : page->users) {
        std::string line =
            std::to_string(static_cast<int>(one.reason)) + " " + std::to_string(one.user.number);
        for (const std::string& scope : one.scopes) line += " " + scope;
        found.push_back(line);
      }
      if (!page->next) return found;
      listing.after = page->next;
    }
  }
  // Grants to ada of owners whom there are not, before all that come later.
  void place_useless_grants(std::int64_t count) {
    constexpr Sql kPlace =
        "with recursive k (i) as (select 1 union all select i + 1 from k where i < :count) "
        "insert into managed_users_grant (id, owner, grantee, scopes, made_by, confirmed, "
        "created_at) select 'placed' || i, 5000 + i, cast(:grantee as bigint), 'data:read', "
        "5000 + i, true, 0 from k";
    ASSERT_TRUE(
        app().storage().write([&](Session& db) { return db.run(kPlace, count, ada_.number); }));
  }
};

TEST_F(Access, KnowsAllScopesInTheirOrder) {
  EXPECT_EQ(access().all_scopes(), kAll);
}

TEST_F(Access, IsNobodysOfWhoIsNotThereAndNotAboutOneself) {
  const TestUser nobody{999'999, ""};
  EXPECT_EQ(scopes(ada_, nobody), kNone);
  EXPECT_EQ(scopes(nobody, ada_), kNone);
  EXPECT_EQ(scopes(ada_, ada_), kNone);
}

TEST_F(Access, OfManagersIsAllThereIs) {
  EXPECT_EQ(scopes(mia_, kid_), kAll);
  EXPECT_EQ(scopes(kid_, mia_), kNone);
  EXPECT_EQ(scopes(ada_, kid_), kNone);
}

TEST_F(Access, OfManagersIsNoneWhileTheUserIsShutOut) {
  const std::string user = "/v1/users/" + number(kid_);
  const AccessListing managed{.self = false, .shared = false, .after = {}};
  ASSERT_EQ(admin().patch(user, R"({"active": false})").status, 200);
  EXPECT_EQ(scopes(mia_, kid_), kNone);
  EXPECT_EQ(walk(mia_, managed), Names{"2 " + number(kid_)});
  ASSERT_EQ(admin().patch(user, R"({"active": true})").status, 200);
  EXPECT_EQ(scopes(mia_, kid_), kAll);
  EXPECT_EQ(walk(mia_, managed), Names{"2 " + number(kid_) + " data:read data:write"});
}

TEST_F(Access, IsAnsweredFromMemoryUntilAGrantChanges) {
  const std::string path = grant(ada_, grace_);
  EXPECT_EQ(scopes_from_memory(grace_, ada_), kRead);
  EXPECT_EQ(scopes_from_memory(mia_, ada_), kNone);

  grant(ada_, mia_, R"(["data:write"])");
  EXPECT_EQ(scopes(mia_, ada_), Names{"data:write"});
  EXPECT_EQ(scopes(grace_, ada_), kRead);
  ASSERT_EQ(as(ada_).remove(path).status, 204);
  EXPECT_EQ(scopes(grace_, ada_), kNone);
  EXPECT_EQ(scopes(mia_, ada_), Names{"data:write"});
}

TEST_F(Access, FromMemoryEndsByTheClock) {
  grant(ada_, grace_, R"(["data:read"])", R"(, "expires_at": "2026-01-01T00:01:00Z")");
  EXPECT_EQ(scopes_from_memory(grace_, ada_), kRead);
  app().clock().advance(std::chrono::minutes(1));
  EXPECT_EQ(scopes_from_memory(grace_, ada_), kNone);
}

TEST_F(Access, FromMemoryEndsWithAHandoverAndWithItsPeople) {
  const std::string path = grant_by(mia_, kid_, grace_);
  grant(ada_, grace_);
  remember(grace_, kid_);
  remember(grace_, ada_);
  hand_over(kid_, mia_);
  EXPECT_EQ(scopes(grace_, kid_), kNone);
  ASSERT_EQ(as(kid_).post(path + "/confirm", "").status, 204);
  EXPECT_EQ(scopes(grace_, kid_), kRead);
  ASSERT_EQ(admin().remove("/v1/users/" + number(grace_)).status, 204);
  EXPECT_EQ(scopes(grace_, kid_), kNone);
  EXPECT_EQ(scopes(grace_, ada_), kNone);
}

TEST_F(Access, ListsOneselfThenWhomOneManagesThenWhoShares) {
  const TestUser lou = add_managed("Lou", mia_);
  add_managed("Max", ada_);
  grant(grace_, mia_, R"(["data:write"])");
  grant(ada_, mia_);
  const std::string self = "1 " + number(mia_) + " data:read data:write";
  const Names managed = {"2 " + number(kid_) + " data:read data:write",
                         "2 " + number(lou) + " data:read data:write"};
  const Names shared = {"3 " + number(grace_) + " data:write", "3 " + number(ada_) + " data:read"};
  Names all = {self};
  all.insert(all.end(), managed.begin(), managed.end());
  all.insert(all.end(), shared.begin(), shared.end());
  for (std::int64_t limit = 1; limit <= 6; ++limit) {
    EXPECT_EQ(walk(mia_, {.after = {}, .limit = limit}), all) << limit;
    EXPECT_EQ(walk(mia_, {.managed = false, .shared = false, .after = {}, .limit = limit}),
              Names{self});
    EXPECT_EQ(walk(mia_, {.self = false, .shared = false, .after = {}, .limit = limit}), managed);
    EXPECT_EQ(walk(mia_, {.self = false, .managed = false, .after = {}, .limit = limit}), shared);
  }
}

TEST_F(Access, ListsNobodyToWhoActsForSomebody) {
  Principal who = principal(mia_);
  who.actor = ada_.number;
  const auto page = app().storage().read([&](Session& db) { return access().list(db, who, {}); });
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::PermissionDenied);
}

// Shut out are more than a page's worth, and yet the page is full.
TEST_F(Access, FillsItsPagesPastWhoIsShutOut) {
  Names expected;
  for (int i = 0; i < 6; ++i) {
    const TestUser other = add_user("other" + std::to_string(i));
    grant(other, ada_);
    if (i % 3 == 2) {
      expected.push_back("3 " + number(other) + " data:read");
    } else {
      admin().patch("/v1/users/" + number(other), R"({"active": false})");
    }
  }
  EXPECT_EQ(walk(ada_, {.self = false, .managed = false, .after = {}, .limit = 1}), expected);
  EXPECT_EQ(walk(ada_, {.self = false, .managed = false, .after = {}, .limit = 2}), expected);
}

// So that no page costs more, however many who share are shut out.
TEST_F(Access, LooksThroughAThousandGrantsForAPageAndNoMore) {
  place_useless_grants(2'500);
  grant(grace_, ada_);
  const auto page_after = [&](const std::string& cursor) {
    return as(ada_).get("/v1/shared-with-me" + (cursor.empty() ? "" : "?cursor=" + cursor));
  };
  std::string cursor;
  for (int i = 0; i < 2; ++i) {
    const auto page = page_after(cursor);
    EXPECT_EQ(numbers(page, "user"), kNone);
    cursor = json_member(page.body, "next");
    ASSERT_NE(cursor, "null");
  }
  const auto last = page_after(cursor);
  EXPECT_EQ(numbers(last, "user"), Names{number(grace_)});
  EXPECT_EQ(json_member(last.body, "next"), "null");
  EXPECT_EQ(walk(ada_, {.self = false, .managed = false, .after = {}, .limit = 1}),
            Names{"3 " + number(grace_) + " data:read"});
}

}  // namespace
}  // namespace gatehouse::managed_users
