// Who grants what to whom, and how it ends. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/managed_users/grants_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

using Grants = GrantsTest;

TEST_F(Grants, AreMadeByTheOwnerAndShownToBoth) {
  const auto made =
      as(ada_).post("/v1/users/me/grants", body_for(grace_, R"(["data:write", "data:read"])"));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = json_member(made.body, "id");
  EXPECT_EQ(made.header("Location"), "/v1/users/me/grants/" + id);
  EXPECT_EQ(json_member(made.body, "scopes"), R"(["data:read","data:write"])");
  EXPECT_EQ(json_member(made.body, "confirmed"), "true");
  EXPECT_EQ(json_member(made.body, "expires_at"), "null");
  EXPECT_EQ(json_member(json_member(made.body, "made_by"), "id"), ada_.id);

  const auto read = as(ada_).get(made.header("Location"));
  EXPECT_EQ(read.body, made.body);
  EXPECT_EQ(read.header("ETag"), made.header("ETag"));
  EXPECT_EQ(as(grace_).get(ada_.grants() + "/" + id).body, made.body);
  EXPECT_EQ(numbers(as(ada_).get("/v1/users/me/grants"), "grantee"), Names{number(grace_)});
  EXPECT_EQ(sharing_with(grace_), Names{number(ada_)});
  EXPECT_EQ(sharing_with(ada_), kNone);
  EXPECT_EQ(scopes(grace_, ada_), kAll);
  EXPECT_EQ(scopes(ada_, grace_), kNone);
}

TEST_F(Grants, AreUnknownToStrangers) {
  const std::string path = grant(ada_, grace_);
  for (const std::string& target : {ada_.grants(), path}) {
    EXPECT_EQ(as(mia_).get(target).status, 404) << target;
  }
  EXPECT_EQ(as(mia_).remove(path).status, 404);
  EXPECT_EQ(as(mia_).post(path + "/confirm", "").status, 404);
  EXPECT_EQ(as(mia_).post(ada_.grants(), body_for(mia_)).status, 404);
  // The grantee's right is about their own grant.
  EXPECT_EQ(as(grace_).get(ada_.grants()).status, 404);
  EXPECT_EQ(as(grace_).post(ada_.grants(), body_for(mia_)).status, 404);
  EXPECT_EQ(scopes(grace_, ada_), kRead);
}

TEST_F(Grants, AreNotMadeByAdminsForOthers) {
  EXPECT_EQ(admin().post(ada_.grants(), body_for(grace_)).status, 403);
  EXPECT_EQ(admin().post(kid_.grants(), body_for(grace_)).status, 403);
}

TEST_F(Grants, TellAllThatIsWrongAtOnce) {
  const auto reply =
      as(ada_).post(ada_.grants(),
                    R"({"grantee": "65f1c0ffee0000000000dead", "expires_at": "2026-01-01T00:00:00Z",
          "scopes": ["data:read", "data:fly", "data:read"]})");
  EXPECT_EQ(field_errors(reply),
            (Names{"/grantee unknown_user",
                   "/scopes/1 unknown_scope",
                   "/scopes/2 repeated",
                   "/expires_at past"}));
  EXPECT_EQ(field_errors(as(ada_).post(ada_.grants(), body_for(grace_, "[]"))),
            Names{"/scopes empty"});
  EXPECT_EQ(rows(), 0);
}

TEST_F(Grants, KnowTheScopesOfTheConfiguration) {
  start({{"scopes", "notes:see, data:read"}});
  EXPECT_EQ(field_errors(as(ada_).post(ada_.grants(), body_for(grace_, R"(["data:write"])"))),
            Names{"/scopes/0 unknown_scope"});
  grant(ada_, grace_, R"(["data:read", "notes:see"])");
  EXPECT_EQ(scopes(grace_, ada_), (Names{"notes:see", "data:read"}));
}

// Numbers can be tried one after another, and the answer would have the name.
TEST_F(Grants, TakeNumbersOnlyOfUsersWhoMayBeRead) {
  const auto by_number = [&](const testing::Client& client, std::int64_t number) {
    return client.post("/v1/users/me/grants",
                       R"({"scopes": ["data:read"], "grantee": )" + std::to_string(number) + "}");
  };
  const Names unknown{"/grantee unknown_user"};
  EXPECT_EQ(field_errors(by_number(as(ada_), grace_.number)), unknown);
  EXPECT_EQ(field_errors(by_number(as(ada_), 999'999)), unknown);
  EXPECT_EQ(field_errors(by_number(as(ada_), kid_.number)), unknown);
  EXPECT_EQ(by_number(admin(), grace_.number).status, 201);
}

TEST_F(Grants, AreGivenToNobodyWhoHasNoUseForThem) {
  const auto by = [&](const TestUser& actor, const TestUser& owner, const TestUser& grantee) {
    return field_errors(as(actor).post(owner.grants(), body_for(grantee)));
  };
  EXPECT_EQ(by(ada_, ada_, ada_), Names{"/grantee is_owner"});
  EXPECT_EQ(by(mia_, mia_, kid_), Names{"/grantee cannot_act"});
  EXPECT_EQ(by(mia_, kid_, kid_), Names{"/grantee is_owner"});
  EXPECT_EQ(by(mia_, kid_, mia_), Names{"/grantee is_manager"});
  // Whom somebody else manages is none of ada's business.
  EXPECT_EQ(by(ada_, ada_, kid_), Names{"/grantee unknown_user"});
}

TEST_F(Grants, AreMadeByManagersForWhomTheyManage) {
  const std::string path = grant_by(mia_, kid_, grace_);
  const auto read = as(mia_).get(path);
  EXPECT_EQ(json_member(json_member(read.body, "made_by"), "id"), mia_.id);
  EXPECT_EQ(json_member(json_member(read.body, "owner"), "name"), "Kim");
  EXPECT_EQ(scopes(grace_, kid_), kRead);
  EXPECT_EQ(scopes(mia_, kid_), kAll);
  EXPECT_EQ(as(mia_).remove(path).status, 204);
  EXPECT_EQ(scopes(grace_, kid_), kNone);
}

TEST_F(Grants, AreOneForEachTwo) {
  const std::string path = grant(ada_, grace_);
  const auto second = as(ada_).post(ada_.grants(), body_for(grace_, R"(["data:write"])"));
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(code_of(second), "already_granted");
  ASSERT_EQ(as(ada_).remove(path).status, 204);
  grant(ada_, grace_, R"(["data:write"])");
  EXPECT_EQ(scopes(grace_, ada_), Names{"data:write"});
}

TEST_F(Grants, EndByTheClock) {
  const std::string path =
      grant(ada_, grace_, R"(["data:read"])", R"(, "expires_at": "2026-01-01T00:01:00Z")");
  app().clock().advance(std::chrono::seconds(59));
  EXPECT_EQ(scopes(grace_, ada_), kRead);
  app().clock().advance(std::chrono::seconds(1));
  EXPECT_EQ(scopes(grace_, ada_), kNone);
  EXPECT_EQ(sharing_with(grace_), kNone);
  EXPECT_EQ(numbers(as(ada_).get(ada_.grants()), "grantee"), kNone);
  EXPECT_EQ(as(ada_).get(path).status, 404);
  EXPECT_EQ(as(grace_).get(path).status, 404);
  EXPECT_EQ(as(ada_).remove(path).status, 404);
  EXPECT_EQ(rows(), 1);
  // Another one takes its place.
  grant(ada_, grace_);
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(scopes(grace_, ada_), kRead);
}

TEST_F(Grants, AreDroppedWhenTheyHaveExpired) {
  grant(ada_, grace_, R"(["data:read"])", R"(, "expires_at": "2026-01-01T00:01:00Z")");
  grant(ada_, mia_);
  app().run_jobs();
  EXPECT_EQ(rows(), 2);
  app().clock().advance(std::chrono::minutes(1));
  app().run_jobs();
  EXPECT_EQ(rows(), 1);
}

TEST_F(Grants, StopAtTheLimit) {
  start({{"grants_per_user", "1"}});
  const std::string path =
      grant(ada_, grace_, R"(["data:read"])", R"(, "expires_at": "2026-01-01T00:01:00Z")");
  const auto second = as(ada_).post(ada_.grants(), body_for(mia_));
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(code_of(second), "too_many_grants");
  // What has expired does not count, and others have their own.
  app().clock().advance(std::chrono::minutes(1));
  grant(ada_, mia_);
  grant(grace_, mia_);
}

TEST_F(Grants, StopAtTheLimitWhenAllComeAtOnce) {
  start({{"grants_per_user", "3"}});
  std::vector<TestUser> grantees;
  grantees.reserve(8);
  for (int i = 0; i < 8; ++i) grantees.push_back(add_user("grantee" + std::to_string(i)));
  const auto client = as(ada_);
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(grantees.size());
  for (const TestUser& grantee : grantees) {
    threads.emplace_back([&] {
      const int status = client.post(ada_.grants(), body_for(grantee)).status;
      made += status == 201 ? 1 : 0;
      refused += status == 409 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 3);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(rows(), 3);
}

TEST_F(Grants, AreOneForEachTwoWhenAllComeAtOnce) {
  const auto client = as(ada_);
  std::atomic<int> made = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(6);
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const int status = client.post(ada_.grants(), body_for(grace_)).status;
      made += status == 201 ? 1 : 0;
      refused += status == 409 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(refused, 5);
}

TEST_F(Grants, AreTakenBackByOwnersAndAdminsAndGivenBackByGrantees) {
  for (const auto& client : {as(ada_), as(grace_), admin()}) {
    const std::string path = grant(ada_, grace_);
    const std::string named = ada_.grants() + path.substr(path.rfind('/'));
    EXPECT_EQ(as(ada_, Role::AdminReader).get(named).status, 200);
    EXPECT_EQ(as(mia_, Role::AdminReader).remove(named).status, 403);
    EXPECT_EQ(client.remove(named).status, 204);
    EXPECT_EQ(as(ada_).remove(named).status, 404);
    EXPECT_EQ(as(grace_).remove(named).status, 404);
    EXPECT_EQ(scopes(grace_, ada_), kNone);
  }
}

TEST_F(Grants, ObeyIfMatch) {
  const std::string path = grant(ada_, grace_);
  EXPECT_EQ(as(ada_).with("If-Match", "\"other\"").remove(path).status, 412);
  const std::string tag = as(ada_).get(path).header("ETag");
  EXPECT_EQ(as(ada_).with("If-None-Match", tag).get(path).status, 304);
  EXPECT_EQ(as(ada_).with("If-Match", tag).remove(path).status, 204);
}

TEST_F(Grants, AreNotMadeByWhoseCredentialHasEnded) {
  Principal who = principal(ada_);
  who.epoch = 77;
  EXPECT_EQ(app().as(who).post(ada_.grants(), body_for(grace_)).status, 401);
  ASSERT_EQ(admin().patch("/v1/users/" + number(ada_), R"({"active": false})").status, 200);
  EXPECT_EQ(as(ada_).post(ada_.grants(), body_for(grace_)).status, 401);
}

// Nobody is shared with by so many that they cannot be deleted.
TEST_F(Grants, GoWithWhomThousandsShareWith) {
  constexpr Sql kPlace =
      "with recursive k (i) as (select 1 union all select i + 1 from k where i < 2500) "
      "insert into managed_users_grant (id, owner, grantee, scopes, made_by, confirmed, "
      "created_at) "
      "select 'placed' || i, 5000 + i, cast(:grantee as bigint), 'data:read', 5000 + i, true, 0 "
      "from k";
  grant(ada_, mia_);
  ASSERT_TRUE(app().storage().write([&](Session& db) { return db.run(kPlace, grace_.number); }));
  grant(ada_, grace_);
  remember(grace_, ada_);
  ASSERT_EQ(rows(), 2502);
  ASSERT_EQ(admin().remove("/v1/users/" + number(grace_)).status, 204);
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(scopes(grace_, ada_), kNone);
  EXPECT_EQ(scopes(mia_, ada_), kRead);
}

// security.md 3: the grantee could act as the user, beyond the scopes and the life of the token.
TEST_F(Grants, AreNotMoreThanTheCredentialTheyAreMadeWith) {
  Principal who = principal(ada_);
  who.method = "token";
  who.expires_at = app().clock().now() + std::chrono::hours(1);
  const auto made_by = [&](const std::string& more) {
    const auto reply =
        app().as(who).post(ada_.grants(), body_for(grace_, R"(["data:read"])", more));
    if (reply.status != 201) return code_of(reply);
    EXPECT_EQ(as(ada_).remove(reply.header("Location")).status, 204);
    return json_member(reply.body, "expires_at");
  };
  EXPECT_EQ(made_by(""), "2026-01-01T01:00:00.000Z");
  EXPECT_EQ(made_by(R"(, "expires_at": "2026-01-01T00:30:00Z")"), "2026-01-01T00:30:00.000Z");
  EXPECT_EQ(made_by(R"(, "expires_at": "2026-01-01T01:00:01Z")"), "exceeds_credential");
  who.scopes = {"managed_users:read", "managed_users:write"};
  EXPECT_EQ(made_by(""), "permission_denied");
  who.scopes = onlooker().everybodys();
  EXPECT_EQ(made_by(""), "2026-01-01T01:00:00.000Z");
  // A session has shown the password.
  who.scopes.reset();
  who.signed_in_at = app().clock().now();
  EXPECT_EQ(made_by(""), "null");
}

TEST_F(Grants, AreTakenBackWithWhateverCredential) {
  Principal who = principal(ada_);
  who.scopes = {"managed_users:write"};
  EXPECT_EQ(app().as(who).remove(grant(ada_, grace_)).status, 204);
  who = principal(grace_);
  who.scopes = {"managed_users:write"};
  const std::string path = grant(ada_, grace_);
  EXPECT_EQ(app().as(who).remove(ada_.grants() + path.substr(path.rfind('/'))).status, 204);
}

TEST_F(Grants, AreNotConfirmedByLessThanTheyAreMadeBy) {
  const std::string path = grant_by(mia_, kid_, grace_);
  hand_over(kid_, mia_);
  Principal who = principal(kid_);
  who.scopes = {"managed_users:write"};
  EXPECT_EQ(code_of(app().as(who).post(path + "/confirm", "")), "permission_denied");
  who.scopes.reset();
  who.expires_at = app().clock().now() + std::chrono::hours(1);
  EXPECT_EQ(code_of(app().as(who).post(path + "/confirm", "")), "exceeds_credential");
  EXPECT_EQ(scopes(grace_, kid_), kNone);
  EXPECT_EQ(as(kid_).post(path + "/confirm", "").status, 204);
}

TEST_F(Grants, GoWithTheirPeople) {
  grant(ada_, grace_);
  grant(grace_, mia_);
  grant(mia_, grace_);
  grant(mia_, ada_);
  onlooker().take_trail();
  ASSERT_EQ(admin().remove("/v1/users/" + number(grace_)).status, 204);
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(scopes(ada_, mia_), kRead);
  EXPECT_EQ(sharing_with(mia_), kNone);
  // In the trails of those who had given them.
  EXPECT_EQ(onlooker().take_trail(),
            (Names{"grant.revoked " + number(ada_),
                   "grant.revoked " + number(mia_),
                   "user.deleted " + number(grace_)}));
}

// security.md 7.
TEST_F(Grants, OfTheManagerGiveNothingAfterAHandoverUntilTheyAreConfirmed) {
  const std::string path = grant_by(mia_, kid_, grace_);
  const TestUser other = add_managed("Lou", mia_);
  grant_by(mia_, other, grace_);
  onlooker().take_trail();
  hand_over(kid_, mia_);
  EXPECT_EQ(onlooker().take_trail(), Names{"grant.suspended " + number(kid_)});
  EXPECT_EQ(scopes(grace_, kid_), kNone);
  EXPECT_EQ(scopes(grace_, other), kRead);
  EXPECT_EQ(sharing_with(grace_), Names{number(other)});
  EXPECT_EQ(json_member(as(kid_).get(path).body, "confirmed"), "false");
  EXPECT_EQ(as(mia_).post(path + "/confirm", "").status, 404);
  EXPECT_EQ(as(grace_).post(path + "/confirm", "").status, 404);
  EXPECT_EQ(admin().post(path + "/confirm", "").status, 403);

  EXPECT_EQ(as(kid_).post(path + "/confirm", "").status, 204);
  EXPECT_EQ(onlooker().take_trail(), Names{"grant.confirmed " + number(kid_)});
  EXPECT_EQ(scopes(grace_, kid_), kRead);
  EXPECT_EQ(sharing_with(grace_), (Names{number(kid_), number(other)}));
  const auto again = as(kid_).post(path + "/confirm", "");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code_of(again), "not_suspended");
  EXPECT_EQ(as(kid_).post(kid_.grants() + "/65f1c0ffee0000000000dead/confirm", "").status, 404);
}

TEST_F(Grants, OfTheManagerGiveNothingAfterAHandoverThatNobodyHeardOf) {
  const std::string path = grant_by(mia_, kid_, grace_);
  remember(grace_, kid_);
  hand_over_unheard(kid_);
  EXPECT_EQ(scopes(grace_, kid_), kNone);
  EXPECT_EQ(sharing_with(grace_), kNone);
  EXPECT_EQ(json_member(as(kid_).get(path).body, "confirmed"), "false");
  EXPECT_EQ(as(kid_).post(path + "/confirm", "").status, 204);
  EXPECT_EQ(scopes(grace_, kid_), kRead);
  EXPECT_EQ(sharing_with(grace_), Names{number(kid_)});
}

TEST_F(Grants, OfTheManagerNeedNoConfirmationUntilTheHandover) {
  const std::string path = grant_by(mia_, kid_, grace_);
  EXPECT_EQ(json_member(as(mia_).get(path).body, "confirmed"), "true");
  EXPECT_EQ(scopes(grace_, kid_), kRead);
}

TEST_F(Grants, OfTheManagerAreNotTheManagersToConfirm) {
  const std::string path = grant_by(mia_, kid_, grace_);
  EXPECT_EQ(as(mia_).post(path + "/confirm", "").status, 403);
}

TEST_F(Grants, OfWhoIsShutOutGiveNothingMeanwhile) {
  grant(ada_, grace_);
  const std::string user = "/v1/users/" + number(ada_);
  ASSERT_EQ(admin().patch(user, R"({"active": false})").status, 200);
  EXPECT_EQ(scopes(grace_, ada_), kNone);
  EXPECT_EQ(sharing_with(grace_), kNone);
  ASSERT_EQ(admin().patch(user, R"({"active": true})").status, 200);
  EXPECT_EQ(scopes(grace_, ada_), kRead);
  EXPECT_EQ(sharing_with(grace_), Names{number(ada_)});
}

TEST_F(Grants, AreToldOfInTheTrailOfTheOwner) {
  const auto told_of = [&](const std::string& more) {
    const std::string path = grant(ada_, grace_, R"(["data:write", "data:read"])", more);
    as(grace_).remove(path);
    Names lines = {path.substr(path.rfind('/') + 1) + " to " + number(grace_)};
    for (const AuditRecord& record : onlooker().trail.take()) {
      EXPECT_EQ(record.event.user, ada_.number);
      lines.push_back(record.event.action + " " + record.event.detail);
    }
    return lines;
  };
  Names told = told_of("");
  std::string detail = told[0] + ": data:read data:write";
  EXPECT_EQ(told, (Names{told[0], "grant.created " + detail, "grant.revoked " + detail}));
  told = told_of(R"(, "expires_at": "2026-01-01T00:01:00Z")");
  detail = told[0] + ": data:read data:write, until 2026-01-01T00:01:00.000Z";
  EXPECT_EQ(told, (Names{told[0], "grant.created " + detail, "grant.revoked " + detail}));
}

TEST_F(Grants, ComeInPages) {
  std::vector<TestUser> others;
  for (int i = 0; i < 5; ++i) {
    others.push_back(add_user("other" + std::to_string(i)));
    grant(ada_, others.back());
    grant(others.back(), ada_);
  }
  const auto walk = [&](const std::string& path, const char* party) {
    Names found;
    std::string cursor;
    while (cursor != "null") {
      const auto page =
          as(ada_).get(path + "?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const std::string& one : numbers(page, party)) found.push_back(one);
      cursor = json_member(page.body, "next");
    }
    return found;
  };
  Names oldest_first;
  for (const TestUser& other : others) oldest_first.push_back(number(other));
  EXPECT_EQ(walk("/v1/shared-with-me", "user"), oldest_first);
  EXPECT_EQ(walk(ada_.grants(), "grantee"), Names(oldest_first.rbegin(), oldest_first.rend()));
  EXPECT_EQ(as(ada_).get("/v1/shared-with-me?cursor=x").status, 400);
}

TEST_F(Grants, AreMadeOnceHoweverOftenTheyAreSentWithAKey) {
  const auto client = as(ada_).with("Idempotency-Key", "once");
  const auto first = client.post(ada_.grants(), body_for(grace_));
  const auto second = client.post(ada_.grants(), body_for(grace_));
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(second.body, first.body);
}

}  // namespace
}  // namespace gatehouse::managed_users
